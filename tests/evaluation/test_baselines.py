"""Trivial predictors, and their published figures on Moving MNIST."""

import pytest
import torch

from frameloom.core.errors import DataError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.baselines import MeanOfData, baselines, mean_of_data

PAST = torch.tensor([-1.0, 0.0, 0.5]).view(1, 3, 1, 1, 1).expand(2, 3, 1, 4, 4)


@pytest.mark.parametrize(("name", "value"), [("zeros", -1.0), ("copy last", 0.5), ("mean of past", -0.5 / 3)])
def test_each_predicts_what_its_name_says(name: str, value: float) -> None:
    assert torch.allclose(baselines()[name].predict(PAST, 4), torch.full((2, 4, 1, 4, 4), value))


def test_mean_of_data_is_the_mean_frame_of_training_clips() -> None:
    train = MovingMnist(MovingMnistConfig(frames=3))
    predictor = mean_of_data(train, clips=30, batch=20)
    whole = torch.cat([train.batch(0, 20)["video"], train.batch(1, 20)["video"]])
    assert torch.allclose(predictor.frame, whole.mean(dim=(0, 1)), atol=1e-6)
    past = torch.zeros(2, 3, 1, 64, 64)
    assert torch.equal(predictor.predict(past, 5), predictor.frame.expand(2, 5, 1, 64, 64))
    assert set(baselines(train)) == {"zeros", "copy last", "mean of past", "mean of data"}
    assert isinstance(baselines(train)["mean of data"], MeanOfData)


class Empty:
    count = 0
    shape = (3, 1, 4, 4)


def test_no_training_data_has_no_mean() -> None:
    with pytest.raises(DataError, match="no clips to take the mean of"):
        mean_of_data(Empty())  # type: ignore[arg-type]

"""The oracle sampler keeps to the law: the past goes on as it must, and draws are as far apart as from the truth."""

import pytest
import torch

from frameloom.core.errors import DataError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation.entrants import Clips
from frameloom.evaluation.figures import Spread
from frameloom.evaluation.oracle import oracle_of
from frameloom.evaluation.protocol import find_protocol

SRVP = find_protocol("srvp")


def stochastic(frames: int = 25) -> MovingMnist:
    return MovingMnist(MovingMnistConfig(preset="stochastic", frames=frames), "test")


def test_futures_agree_with_the_truth_until_a_wall_is_met() -> None:
    source = stochastic(frames=12)
    batch = source.batch(3, 40)
    futures = [source.futures(3, 40, past=5, future=7, draw=draw) for draw in range(3)]
    places = batch["positions"].float()
    velocity = places[:, 4] - places[:, 3]
    # A digit that flew straight for four frames and stays clear of the walls has one next place.
    straight = (places[:, 1:5] - places[:, :4] == velocity[:, None]).all(dim=(1, 3))
    clear = ((places[:, 4] + velocity >= 1) & (places[:, 4] + velocity <= 35)).all(dim=2)
    sure = (straight & clear).all(dim=1)
    assert int(sure.sum()) >= 5
    for future in futures:
        assert future.shape == (40, 7, 1, 64, 64)
        assert torch.equal(future[sure, 0], batch["video"][sure, 5])
    assert not torch.equal(futures[0], futures[1])
    assert torch.equal(futures[0], source.futures(3, 40, past=5, future=7, draw=0))


def test_draws_lie_as_far_from_each_other_as_from_the_truth() -> None:
    source = stochastic()
    oracle = oracle_of(source, SRVP, seed=0)
    assert oracle is not None
    video = source.batch(0, 80)["video"]
    spread = Spread(video[:, 5:])
    for draw in range(4):
        spread.add(oracle.predict(Clips(0, 80, video[:, :5], 20), draw))
    found = spread.quantities()
    assert float(found["spread"].mean() / found["miss"].mean()) == pytest.approx(1, abs=0.05)


def test_where_nothing_is_open_there_is_no_sampler() -> None:
    standard = MovingMnist(MovingMnistConfig(frames=20), "test")
    assert oracle_of(standard, find_protocol("openstl"), 0) is None
    assert oracle_of(standard, SRVP, 0) is None
    with pytest.raises(DataError, match="only clips made by the stochastic preset can go on otherwise"):
        standard.futures(0, 2, 5, 5, 0)

"""Who predicts: the same dice for all, and the actions that each is told."""

import pytest
import torch
from torch import Tensor

from frameloom.core.errors import DataError, ModelError
from frameloom.evaluation.entrants import Clips, Contender, draws, with_strangers
from frameloom.evaluation.futures import RANDOM, Chooser
from frameloom.models.base import State


class Told:
    """Predicts the sum of the actions that it is told for the future, as brightness."""

    action_size = 2

    def predict(self, past: Tensor, frames: int, actions: Tensor | None = None) -> Tensor:
        value = torch.zeros(len(past)) if actions is None else actions[:, past.shape[1] - 1 :].sum(dim=(1, 2))
        return value.view(-1, 1, 1, 1, 1).expand(-1, frames, 1, 4, 4)

    def start(self, past: Tensor, actions: Tensor | None = None) -> State:
        return {"past": past}

    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        return state, torch.zeros(len(state["past"]), 1, 4, 4)


class Dice:
    def predict(self, past: Tensor, frames: int) -> Tensor:
        return torch.rand(len(past), frames, *past.shape[2:])


def clips(actions: Tensor | None = None, strangers: Tensor | None = None, index: int = 0) -> Clips:
    return Clips(index, 2, torch.zeros(2, 2, 1, 4, 4), 3, actions, strangers)


def test_a_steered_model_hears_its_own_actions_and_the_check_those_of_others() -> None:
    actions = torch.arange(20.0).view(2, 5, 2)
    told = clips(actions, with_strangers(actions, 2, None))
    own = Contender("m", Told()).predict(told, 0)[:, 0, 0, 0, 0]
    assert own.tolist() == actions[:, 1:].sum(dim=(1, 2)).tolist()
    assert Contender("m", Told(), strange=True).predict(told, 0)[:, 0, 0, 0, 0].tolist() == own.flip(0).tolist()
    assert Contender("m", Told()).predict(clips(), 0).abs().max() == 0
    assert Contender("m", Dice()).predict(told, 0).shape == (2, 3, 1, 4, 4)
    assert (Contender("m", Told()).can_be_steered, Contender("m", Dice()).can_be_steered) == (True, False)
    with pytest.raises(DataError, match="m takes actions of 2 numbers, the clips have 1"):
        Contender("m", Told()).predict(clips(actions[..., :1]), 0)


def test_strangers_come_from_the_clip_before_and_leave_the_past_alone() -> None:
    actions = torch.arange(3.0).view(3, 1, 1).expand(3, 5, 1)
    found = with_strangers(actions, 2, None)[..., 0]
    assert found.tolist() == [[0, 2, 2, 2, 2], [1, 0, 0, 0, 0], [2, 1, 1, 1, 1]]
    later = with_strangers(actions[:1], 1, torch.full((1, 5, 1), 9.0))[..., 0]
    assert later.tolist() == [[9] * 5]
    with pytest.raises(DataError, match="set batch to at least 2"):
        with_strangers(actions[:1], 2, None)


def test_draws_differ_by_number_batch_and_seed_alone() -> None:
    model = Contender("m", Dice(), samples=3, seed=1)
    first = list(draws(model, clips()))
    assert len(first) == 3
    assert all(torch.equal(*pair) for pair in zip(first, draws(model, clips()), strict=True))
    assert not torch.equal(first[0], first[1])
    assert not torch.equal(first[0], next(draws(model, clips(index=1))))
    assert not torch.equal(first[0], next(draws(Contender("m", Dice(), seed=2), clips())))
    assert torch.equal(first[0], next(draws(Contender("other", Dice(), seed=1), clips())))
    assert len(list(draws(Contender("m", Told(), samples=100), clips()))) == 1


def test_clips_that_are_settled_by_chance_are_drawn_as_often_as_those_before() -> None:
    """A batch of later clips may leave a model that draws nothing to draw."""
    assert len(list(draws(Contender("m", Told(), samples=100), clips(), known=3))) == 3
    assert len(list(draws(Contender("m", Dice(), samples=100), clips(), known=1))) == 1


def test_a_prediction_of_another_shape_is_refused() -> None:
    class Short:
        def predict(self, past: Tensor, frames: int) -> Tensor:
            return past[:, :1]

    with pytest.raises(ModelError, match=r"predicted \(2, 1, 1, 4, 4\) where \(2, 3, 1, 4, 4\) was asked for"):
        Contender("m", Short()).predict(clips(), 0)


def test_best_and_worst_are_kept_for_each_clip() -> None:
    chooser = Chooser()
    merits = [[0.0, 5.0], [1.0, 4.0], [-1.0, 6.0], [0.5, 4.5]]
    for number, merit in enumerate(merits):
        chooser.add(torch.full((2, 1, 1, 1, 1), float(number)), torch.tensor(merit))
    assert chooser.best.flatten().tolist() == [1, 2]
    assert chooser.worst.flatten().tolist() == [2, 1]
    assert [int(each[0]) for each in chooser.random] == list(range(RANDOM))


class Patient:
    """Steps with noise, and counts how often it takes in what was seen."""

    def __init__(self) -> None:
        self.starts = 0

    def start(self, past: Tensor) -> State:
        self.starts += 1
        return {"mean": past.mean((1, 2, 3, 4))}

    def step(self, state: State, action: Tensor | None = None) -> tuple[State, Tensor]:
        return state, state["mean"][:, None, None, None] + torch.rand(len(state["mean"]), 1, 4, 4)

    def predict(self, past: Tensor, frames: int) -> Tensor:
        state = self.start(past)
        return torch.stack([self.step(state)[1] for _ in range(frames)], 1)


def test_what_was_seen_is_taken_in_once_for_all_draws_of_a_batch() -> None:
    patient = Patient()
    model = Contender("m", patient, samples=3)
    first, second = clips(), Clips(1, 2, torch.ones(2, 2, 1, 4, 4), 3)
    drawn = [*draws(model, first), *draws(model, second)]
    assert patient.starts == 2
    torch.manual_seed(hash((0, 1, 2)) % 2**63)
    torch.testing.assert_close(drawn[5] * 2 - 1, patient.predict(second.past, 3))

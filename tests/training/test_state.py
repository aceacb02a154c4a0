"""States: whole, exact, and refused when they do not fit."""

from itertools import islice
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import torch

from frameloom.core.errors import TrainingError
from frameloom.training.config import TrainingConfig
from frameloom.training.fit import fit
from frameloom.training.state import TrainingState, random_numbers


def settings(**given: Any) -> TrainingConfig:
    return TrainingConfig.model_validate(
        {"batch": 4, "steps": 4, "precision": "float32", "rate": 0.1, "ema": 0.5, **given}
    )


def make(toys: SimpleNamespace, steps: int, **given: Any) -> TrainingState:
    """Return two players after some steps."""
    torch.manual_seed(0)
    config = settings(**given)
    state = TrainingState(toys.TwoPlayers(), config, seed=7)
    list(islice(fit(state.model, toys.Counting(), config, state), steps))
    return state


def record(state: TrainingState, path: Path) -> dict[str, Any]:
    """Return what a state saves, without the time it took."""
    state.save(path)
    saved: dict[str, Any] = torch.load(path, weights_only=True)
    del saved["elapsed_s"]
    return saved


def assert_same(one: Any, other: Any) -> None:
    """Compare nested records bit for bit."""
    if isinstance(one, dict):
        assert one.keys() == other.keys()
        for key in one:
            assert_same(one[key], other[key])
    elif isinstance(one, torch.Tensor):
        assert one.dtype == other.dtype
        assert torch.equal(one, other)
    else:
        assert one == other


def test_two_and_two_steps_are_four_bit_for_bit(toys: SimpleNamespace, tmp_path: Path) -> None:
    straight = record(make(toys, 4), tmp_path / "straight.pt")
    make(toys, 2).save(tmp_path / "half.pt")
    state = TrainingState(toys.TwoPlayers(), settings())
    state.restore(tmp_path / "half.pt")
    list(fit(state.model, toys.Counting(), settings(), state))
    resumed = record(state, tmp_path / "resumed.pt")
    assert resumed["step"] == 4
    assert {"model", "average", "optimisers", "seed"} <= resumed.keys()
    assert_same(straight, resumed)


def test_resuming_takes_the_rates_of_the_recipe_at_hand(toys: SimpleNamespace, tmp_path: Path) -> None:
    make(toys, 2).save(tmp_path / "state.pt")
    state = TrainingState(toys.TwoPlayers(), settings(betas=(0.5, 0.6), optimiser="adamw", weight_decay=0.25))
    state.restore(tmp_path / "state.pt")
    group = state.optimisers["first"].param_groups[0]
    assert (group["betas"], group["weight_decay"]) == ((0.5, 0.6), 0.25)
    assert state.optimisers["first"].state[state.model.first.weight]["step"] == 2


def test_an_average_may_begin_with_a_resumed_run(toys: SimpleNamespace, tmp_path: Path) -> None:
    make(toys, 2, ema=0.0).save(tmp_path / "state.pt")
    state = TrainingState(toys.TwoPlayers(), settings(ema=0.5))
    state.restore(tmp_path / "state.pt")
    assert torch.equal(state.average.first.weight, state.model.first.weight)


def test_a_state_that_is_not_finite_is_not_written_over_a_good_one(toys: SimpleNamespace, tmp_path: Path) -> None:
    state = make(toys, 1)
    state.save(tmp_path / "state.pt")
    good = (tmp_path / "state.pt").read_bytes()
    with torch.no_grad():
        state.model.first.bias[0] = float("inf")
    with pytest.raises(TrainingError, match=r"step 1: a weight is not finite; lower training.rate"):
        state.save(tmp_path / "state.pt")
    assert (tmp_path / "state.pt").read_bytes() == good


def test_missing_and_damaged_states_are_refused(toys: SimpleNamespace, tmp_path: Path) -> None:
    state, path = make(toys, 1), tmp_path / "state.pt"
    with pytest.raises(TrainingError, match=r"state.pt: there is no saved state to resume; leave out --resume"):
        state.restore(path)
    state.save(path)
    whole = path.read_bytes()
    for damaged in (b"", b"not a state", whole[: len(whole) // 2]):
        path.write_bytes(damaged)
        with pytest.raises(TrainingError, match="damaged or not a saved state"):
            state.restore(path)
    torch.save({"format": 99}, path)
    with pytest.raises(TrainingError, match="not a saved state of format 1"):
        state.restore(path)


def test_code_in_a_state_is_refused(toys: SimpleNamespace, tmp_path: Path) -> None:
    torch.save({"format": 1, "step": print}, tmp_path / "state.pt")
    with pytest.raises(TrainingError, match="damaged or not a saved state"):
        make(toys, 0).restore(tmp_path / "state.pt")


def test_the_state_of_another_model_is_refused(toys: SimpleNamespace, tmp_path: Path) -> None:
    TrainingState(toys.Line(), settings()).save(tmp_path / "state.pt")
    with pytest.raises(TrainingError, match="does not fit this model"):
        make(toys, 0).restore(tmp_path / "state.pt")


def test_random_numbers_are_a_function_of_seed_step_and_rank() -> None:
    cpu = torch.device("cpu")

    def draw(*place: int) -> float:
        with random_numbers(*place, device=cpu):
            return torch.rand(()).item()

    assert draw(1, 2, 3) == draw(1, 2, 3)
    assert len({draw(1, 2, 3), draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4), draw(12, 3, 0), draw(1, 23, 0)}) == 6


@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")
def test_a_state_moves_between_devices(toys: SimpleNamespace, tmp_path: Path) -> None:
    make(toys, 2).save(tmp_path / "state.pt")
    state = TrainingState(toys.TwoPlayers().cuda(), settings())
    state.restore(tmp_path / "state.pt")
    moments = state.optimisers["first"].state[state.model.first.weight]
    assert {tensor.device.type for tensor in moments.values()} == {"cuda"}

import torch
from hypothesis import given
from hypothesis import strategies as st

from frameloom.data.dice import Dice

MASK = 2**64 - 1
GOLDEN = 0x9E3779B97F4A7C15


def mix64(number: int) -> int:
    """As in fig. 17 of the source, in Python's whole numbers."""
    number = ((number ^ (number >> 30)) * 0xBF58476D1CE4E5B9) & MASK
    number = ((number ^ (number >> 27)) * 0x94D049BB133111EB) & MASK
    return number ^ (number >> 31)


def test_uniform_draws_are_the_published_sequence() -> None:
    """Java's SplittableRandom and splitmix64.c start so from state 1234567."""
    published = [6457827717110365317, 3203168211198807973, 9817491932198370423]
    dice = Dice(torch.tensor(1234567))
    assert [dice.uniform(draw).item() for draw in range(3)] == [(number >> 11) * 2.0**-53 for number in published]


@given(seed=st.integers(0, 2**63 - 1), stream=st.integers(0, 9), number=st.integers(0, 2**40), draw=st.integers(0, 99))
def test_wrapped_int64_is_arithmetic_modulo_two_to_the_64(seed: int, stream: int, number: int, draw: int) -> None:
    state = mix64((mix64((seed + stream * GOLDEN) & MASK) + number * GOLDEN) & MASK)
    expected = (mix64((state + (draw + 1) * GOLDEN) & MASK) >> 11) * 2.0**-53
    assert Dice.seeded(seed, stream).split(number).uniform(draw).item() == expected
    assert Dice.seeded(seed, stream).split(torch.tensor([number])).uniform(torch.tensor(draw)).item() == expected


def test_draws_are_uniform_and_unrelated() -> None:
    dice = Dice.seeded(0, 0).split(torch.arange(20_000))
    draws = torch.stack([dice.uniform(draw) for draw in range(4)])
    assert draws.min() >= 0
    assert draws.max() < 1
    assert (draws.mean(1) - 0.5).abs().max() < 5 * (1 / 12) ** 0.5 / 20_000**0.5
    assert (torch.corrcoef(draws) - torch.eye(4)).abs().max() < 5 / 20_000**0.5


def test_whole_numbers_reach_both_ends_evenly() -> None:
    counts = Dice.seeded(3, 1).split(torch.arange(9_000)).whole(0, -4, 4).add(4).bincount()
    assert len(counts) == 9
    assert (counts - 1000).abs().max() < 150

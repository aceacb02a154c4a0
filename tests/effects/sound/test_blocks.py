"""Taking from a stream in any number."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import MediaError
from frameloom.effects.sound.blocks import Supply, regrid, windows
from frameloom.media.sound import Sound, silence

SOUND = np.arange(1, 101, dtype=np.float32).reshape(50, 2)


def pieces_of(sound: Sound, cuts: list[int]) -> list[Sound]:
    return np.split(sound, sorted(cuts))


@given(st.lists(st.integers(0, 50), max_size=6), st.integers(1, 60))
def test_the_grid_keeps_every_sample(cuts: list[int], size: int) -> None:
    blocks = list(regrid(pieces_of(SOUND, cuts), size))
    assert np.array_equal(np.concatenate(blocks), SOUND)
    assert all(len(block) == size for block in blocks[:-1])


@given(st.lists(st.integers(0, 50), max_size=6), st.integers(1, 20), st.integers(0, 30), st.integers(0, 30))
def test_windows_show_what_is_around(cuts: list[int], size: int, before: int, after: int) -> None:
    padded = np.concatenate([silence(before), SOUND, silence(after + size)])
    begin = 0
    for window in windows(pieces_of(SOUND, cuts), size, before, after):
        count = len(window) - before - after
        assert np.array_equal(window, padded[begin : begin + before + count + after])
        begin += count
    assert begin == 50


def test_looking_ahead_takes_nothing() -> None:
    supply = Supply(pieces_of(SOUND, [3, 7]))
    assert np.array_equal(supply.ahead(5), SOUND[:5])
    assert np.array_equal(supply.take(4), SOUND[:4])
    supply.skip(2)
    assert np.array_equal(supply.ahead(99), SOUND[6:])


def test_blocks_are_asked_for_only_when_needed() -> None:
    asked = 0

    def blocks() -> Iterator[Sound]:
        nonlocal asked
        while True:
            asked += 1
            yield SOUND

    supply = Supply(blocks())
    supply.take(50)
    assert asked == 1
    supply.take(51)
    assert asked == 3


def test_nothing_gives_nothing() -> None:
    assert list(regrid([], 4)) == []
    assert list(windows([], 4, 2, 2)) == []
    assert Supply([], channels=2).take(3).shape == (0, 2)


@pytest.mark.parametrize("second", [silence(3, channels=1), np.zeros(3, np.float32)])
def test_other_channels_are_refused(second: Sound) -> None:
    with pytest.raises(MediaError, match=r"sound: block of shape \(3.* in a stream of \(N, 2\)"):
        list(regrid([SOUND, second], 4))

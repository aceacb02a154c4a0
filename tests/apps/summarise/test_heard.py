"""What is heard of a film: the same whatever stretch is listened to at once, and in its place."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.effects.hearing import noise, stereo, voice

from frameloom.apps.summarise.heard import heard_in, loudest
from frameloom.apps.summarise.pieces import Piece
from frameloom.effects.sound.features import FRAMES_PER_S, SILENT_DB, measure_features

SECONDS, PIECE_S = 96, 12
SPOKEN = [(3.0, 5.5), (11.0, 13.0), (23.5, 26.0), (40.0, 44.0), (70.0, 73.0), (83.8, 84.6), (90.0, 94.0)]
"""Over borders of pieces and of stretches."""


def pieces_of(levels: Sequence[NDArray[np.float16]]) -> list[Piece]:
    nothing = np.zeros((PIECE_S, 1), np.float32)
    return [
        Piece(Fraction(n * PIECE_S), Fraction((n + 1) * PIECE_S), (), nothing, nothing.astype(np.float16), one, ())
        for n, one in enumerate(levels)
    ]


@pytest.fixture(scope="module")
def levels() -> list[NDArray[np.float16]]:
    found = measure_features([stereo(voice(SPOKEN, SECONDS) + noise(SECONDS, -62))])
    rows = [found.level_db, found.speech_db, found.flux, found.periodicity, found.pitch_hz]
    return np.split(np.stack(rows, axis=1).astype(np.float16), SECONDS // PIECE_S)


def test_the_stretch_that_is_listened_to_changes_nothing(levels: list[NDArray[np.float16]]) -> None:
    whole = heard_in(pieces_of(levels), Fraction(SECONDS), SECONDS, SECONDS)
    parts = heard_in(pieces_of(levels), Fraction(SECONDS), SECONDS, 25)
    assert (parts.silences, parts.spoken, parts.words) == (whole.silences, whole.spoken, whole.words)
    for row in ("level_db", "flux", "speech"):
        np.testing.assert_array_equal(getattr(parts, row), getattr(whole, row))
    assert len(whole.words) >= len(SPOKEN)
    assert all(any(word.begin < stop and start < word.end for word in whole.words) for start, stop in SPOKEN)


def test_a_piece_without_sound_moves_no_other(levels: list[NDArray[np.float16]]) -> None:
    whole = heard_in(pieces_of(levels), Fraction(SECONDS), SECONDS)
    lost = [levels[0], np.zeros((0, 5), np.float16), *levels[2:]]
    rest = heard_in(pieces_of(lost), Fraction(SECONDS), SECONDS)
    np.testing.assert_array_equal(rest.level_db[2 * PIECE_S + 1 : -1], whole.level_db[2 * PIECE_S + 1 : -1])
    assert (rest.level_db[PIECE_S + 1 : 2 * PIECE_S - 1] == SILENT_DB).all()
    assert rest.words[-1] == whole.words[-1]


def test_a_film_without_sound_is_silent() -> None:
    heard = heard_in(pieces_of([np.zeros((0, 5), np.float16)]), Fraction(PIECE_S), PIECE_S)
    assert (heard.level_db == SILENT_DB).all()
    assert (heard.silences, heard.words) == ((), ())


def test_sound_may_end_before_the_film_or_a_little_after(levels: list[NDArray[np.float16]]) -> None:
    short = heard_in(pieces_of(levels[:2]), Fraction(SECONDS), SECONDS)
    assert (short.level_db[2 * PIECE_S + 1 :] == SILENT_DB).all()
    long = heard_in(pieces_of(levels), Fraction(47, 2), 24)
    assert len(long.level_db) == len(long.speech) == 24


def test_the_loudest_is_a_mean_of_power_over_400_ms() -> None:
    level = np.full(3 * FRAMES_PER_S, SILENT_DB, np.float32)
    level[100:110] = -10  # a tenth of a second of 400 ms: a quarter of the power, 6.02 dB less
    assert loudest(level).max() == pytest.approx(-10 + 10 * np.log10(0.25), abs=0.01)

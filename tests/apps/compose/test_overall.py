"""Titles over a whole film: a beat that becomes longer leaves the pictures of all others as they are."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.compose.overall import begin_overall
from frameloom.apps.compose.pictures import pictures_of
from frameloom.apps.compose.pieces import Piece, pieces_of, track_for
from frameloom.apps.compose.storyboard import Storyboard
from frameloom.apps.compose.theme import read_theme
from frameloom.apps.compose.timing import Laid, lay_out
from frameloom.effects import titles
from frameloom.effects.titles import Ticker
from frameloom.effects.titles.motion import Shown
from frameloom.media.files.formats import VideoFormat

S = Fraction
TICKER = {"design": "ticker", "text": "One bridge\nTwo trains\nThree schools", "heading": "NEWS"}
LABEL = {"design": "label", "text": "LIVE"}


def laid_of(over: Mapping[str, object], lengths: tuple[int, ...] = (2, 2, 2, 2)) -> Laid:
    board = Storyboard.model_validate(
        {
            "template": "news",
            "side": 180,
            "rate": 10,
            "over": [over],
            "beats": [{"scene": {"kind": "title", "title": f"Beat {at}"}, "length": s} for at, s in enumerate(lengths)],
        }
    )
    scenes = [beat.scene for beat in board.beats if beat.scene]
    return lay_out(board, scenes, [None] * len(scenes), read_theme("news-bulletin"), Path())


def keys(laid: Laid) -> list[Path]:
    track, suffix, _ = track_for(Path("film.mp4"), laid, VideoFormat())
    return [piece.path for piece in pieces_of(laid, track, Path("pieces"), suffix)]


def pixels(shown: Shown | None) -> np.ndarray:
    assert shown is not None
    return np.asarray(shown.planes.y)


@pytest.mark.parametrize(
    "over",
    [
        TICKER,
        LABEL,
        {"design": "lower-third", "name": "Mary"},
        {"design": "headline", "text": "Rain", "place": "top"},
        {"design": "caption", "text": "Rain"},
        {"design": "counter", "end": 9, "counting": 1},
    ],
)
def test_a_beat_that_becomes_longer_is_drawn_again_alone(over: dict[str, object]) -> None:
    before, after = laid_of(over), laid_of(over, (2, 5, 2, 2))
    same = [one == other for one, other in zip(keys(before), keys(after), strict=True)]
    # bodies and the seams into them: of the second beat both, and the seam out of it
    assert same == [True, False, False, False, True, True, True]
    for one, other in zip(before.beats[2:], after.beats[2:], strict=True):
        for at in (one.changing, one.frames - 1):
            drawn, again = (next(pictures_of(laid, each, at, at + 1)) for laid, each in ((before, one), (after, other)))
            assert np.array_equal(drawn.y, again.y)


@pytest.mark.parametrize(
    "over", [{"design": "credits", "text": "# Cast"}, {"design": "counter", "end": 9}, {**TICKER, "repeat": False}]
)
def test_what_takes_all_of_a_film_to_pass_follows_its_length(over: dict[str, object]) -> None:
    before, after = keys(laid_of(over)), keys(laid_of(over, (2, 5, 2, 2)))
    assert not set(before) & set(after)


def test_the_messages_of_a_ticker_take_turns_and_their_words_come_and_go_at_cuts() -> None:
    laid = laid_of(TICKER)
    title = laid.storyboard.over[0]
    first, second, _, fourth = (begin_overall(laid, placed, title) for placed in laid.beats)
    assert np.array_equal(pixels(first(S(1))), pixels(fourth(S(1))))  # three messages
    assert not np.array_equal(pixels(first(S(1))), pixels(second(S(1))))
    bare, half, full = (pixels(second(time)) for time in (S(0), S(1, 10), S(3, 10)))
    heading = np.flatnonzero((bare != full).any(axis=0)).min()
    assert bare[:, heading:].std() == 0  # the bar without a word
    assert bare[:, heading:].max() < half.max(where=np.arange(half.shape[1]) >= heading, initial=0) < full.max()
    assert pixels(second(S(2) - S(1, 1000))).max(where=np.arange(bare.shape[1]) >= heading, initial=0) < full.max() / 2
    assert first(S(0)) is None  # the bar itself comes with the film, and goes with it
    last = fourth(S(2) - S(1, 1000))
    assert last is None or np.asarray(last.planes.alpha).max() < 5


def test_a_label_is_seen_to_come_once() -> None:
    laid = laid_of(LABEL)
    first, second, *_ = (begin_overall(laid, placed, laid.storyboard.over[0]) for placed in laid.beats)
    assert first(S(0)) is None
    assert second(S(0)) is second(S(1))


def test_words_of_a_ticker_fill_its_bar_as_far_as_told() -> None:
    bare, filled = (titles.begin(Ticker(text="w" * 300, filled=share), 320, 180, S(9))(S(1, 2)) for share in (0.0, 1.0))
    at = [np.flatnonzero((pixels(one) > 100).any(axis=0)).min() for one in (bare, filled)]
    assert at[1] < 16 < 250 < at[0]


def test_pieces_know_their_places() -> None:
    laid = laid_of(TICKER)
    track, suffix, _ = track_for(Path("film.mp4"), laid, VideoFormat())
    pieces: list[Piece] = pieces_of(laid, track, Path(), suffix)
    ends = [piece.first + piece.count for piece in pieces]
    assert [0, *ends] == [*(piece.first for piece in pieces), laid.frames]


def test_other_words_of_a_ticker_are_other_pieces() -> None:
    assert not set(keys(laid_of(TICKER))) & set(keys(laid_of({**TICKER, "text": "Other news"})))

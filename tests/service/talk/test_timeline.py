"""The timeline of a page: samples without a gap, a cut where it is least heard, and never much ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.talk.live import STEP
from frameloom.apps.talk.utterance import RATE, ROW, Heard, Utterance
from frameloom.media.visemes import VisemeTrack
from frameloom.service.talk.timeline import AHEAD, AHEAD_IDLE, CHUNK, FADE, LATEST_CUT, LEAD, Timeline


def utterance(rows: int, words: int = 0) -> Utterance:
    samples = (np.arange(rows * ROW) % 20_000 + 1).astype(np.int16)
    length = rows * ROW // max(words, 1)
    heard = tuple(Heard("word ", n * length, (n + 1) * length) for n in range(words))
    return Utterance(samples, VisemeTrack(np.zeros((rows, 15), np.float32), np.zeros(rows, np.float32)), heard)


@given(st.lists(st.tuples(st.integers(1, 80), st.integers(0, 3 * RATE)), min_size=1, max_size=5))
def test_sound_comes_without_a_gap_and_no_more_than_a_second_ahead(given_: list[tuple[int, int]]) -> None:
    line, now, starts, ends, heard = Timeline(), 0, [], [], []
    for number, (rows, waits) in enumerate(given_, 1):
        made = utterance(rows)
        start = line.say(number, made, now)
        assert start % ROW == 0
        assert start >= max(now + LEAD, ends[-1] if ends else 0)
        assert start < max(now + LEAD, ends[-1] if ends else 0) + ROW
        starts.append(start)
        ends.append(start + len(made.samples))
        for until in range(now, now + waits + AHEAD, CHUNK):
            for say, sample, samples in line.sounds(until):
                assert sample < until + AHEAD
                heard.append((say, sample, samples))
        now += waits
    for say, sample, samples in line.sounds(ends[-1]):
        heard.append((say, sample, samples))
    for number, (rows, _) in enumerate(given_, 1):
        own = [one for one in heard if one[0] == number]
        assert [sample - starts[number - 1] for _, sample, _ in own] == list(range(0, rows * ROW, CHUNK))
        assert np.array_equal(np.concatenate([samples for *_, samples in own]), utterance(rows).samples)


def test_pictures_keep_to_their_grid_and_skip_what_is_past() -> None:
    line = Timeline()
    found: list[int] = []
    while due := line.pictures(0):
        found += due
    assert found == list(range(0, AHEAD_IDLE, STEP))
    assert line.pictures(10 * RATE + 1)[0] == 10 * RATE


def test_pictures_are_drawn_anew_from_before_the_first_sound() -> None:
    line = Timeline()
    while line.pictures(0):
        pass
    start = line.say(1, utterance(100), 0)
    assert line.pictures(0)[0] == 0
    later = Timeline()
    later.end = RATE // 3
    while later.pictures(0):
        pass
    start = later.say(1, utterance(100), 0)
    assert start - RATE // 10 - STEP < later.pictures(0)[0] <= start - RATE // 10


def rest_of(line: Timeline) -> int:
    """Return where what is still to be sent ends."""
    _, first, samples = list(line.sounds(10 * RATE))[-1]
    return first + len(samples)


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (2400, 3600 + 720),  # a word ends in 80 ms: with it
        (3600 + 720 - LEAD - FADE, 3600 + 720),  # there is just time enough to fade
        (3600 + 720 - LEAD - LATEST_CUT, 3600 + 720),  # it is waited for as long as may be
    ],
)
def test_a_cut_falls_on_the_end_of_a_word_that_is_near(now: int, expected: int) -> None:
    line = Timeline()
    assert line.say(1, utterance(150, 10), 0) == LEAD == 720
    assert line.cut(now) == expected
    assert rest_of(line) == expected
    assert line.say(2, utterance(10), now) == -(-(expected + RATE * 8 // 100) // ROW) * ROW


def test_where_no_word_ends_soon_a_cut_falls_where_least_is_heard() -> None:
    line, made = Timeline(), utterance(150, 1)
    made.samples[30 * ROW : 31 * ROW] = 3
    start = line.say(1, made, 0)
    now = start + 30 * ROW - LEAD - RATE * 8 // 100
    assert line.cut(now) == start + 31 * ROW
    assert rest_of(line) == start + 31 * ROW


@given(st.integers(0, 2 * RATE), st.integers(1, 9), st.integers(1, 30))
def test_a_new_line_is_heard_within_a_quarter_of_a_second(now: int, pieces: int, words: int) -> None:
    line = Timeline()
    for _ in range(pieces):
        line.say(1, utterance(60, words), 0)
    at = line.cut(now)
    start = line.say(2, utterance(10), now)
    assert start - now <= RATE // 4
    assert start >= now + LEAD
    if at is not None:
        assert now + LEAD <= at <= now + LEAD + LATEST_CUT
        assert at <= start


def test_where_nothing_is_said_nothing_is_cut_and_a_pause_is_not_waited_for() -> None:
    line = Timeline()
    assert line.cut(0) is None
    start = line.say(1, utterance(100), 0)
    assert line.cut(start + 50 * ROW) == start + 50 * ROW + LEAD
    assert line.say(2, utterance(10), start + 50 * ROW) == start + 50 * ROW + LEAD
    assert line.cut(10 * RATE) is None


def test_what_is_cut_once_is_not_cut_again() -> None:
    line = Timeline()
    start = line.say(1, utterance(150, 10), 0)
    at = line.cut(start + 1000)
    assert line.cut(start + 1200) is None
    assert rest_of(line) == at


def test_it_says_when_enough_is_spoken_in_advance() -> None:
    line = Timeline()
    line.say(1, utterance(1100), 0)
    assert line.waits(0)
    assert not line.waits(2 * RATE)

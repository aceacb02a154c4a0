"""The timeline of a page: samples without a gap, a word to its end, and never much ahead."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.apps.talk.live import STEP
from frameloom.apps.talk.utterance import RATE, ROW, Heard, Utterance
from frameloom.media.visemes import VisemeTrack
from frameloom.service.talk.timeline import AHEAD, AHEAD_IDLE, CHUNK, LEAD, Timeline, faded


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


@pytest.mark.parametrize(
    ("words", "now", "expected"),
    [
        (10, 2400, 3600 + 720),  # in the first word: to its end
        (10, 3600 + 720 - LEAD + 1, 2 * 3600 + 720),  # too late for it: to the next one's
        (1, 2400, 2400 + LEAD),  # one that is too long is not waited for
    ],
)
def test_a_cut_waits_for_the_end_of_a_word(words: int, now: int, expected: int) -> None:
    line = Timeline()
    start = line.say(1, utterance(150, words), 0)
    assert start == LEAD == 720
    assert line.cut(now) == expected
    rest = list(line.sounds(10 * RATE))
    assert rest[-1][1] + len(rest[-1][2]) == expected
    assert abs(int(rest[-1][2][-1])) == 0
    assert line.say(2, utterance(10), now) >= expected


def test_where_nothing_is_said_nothing_is_cut_and_a_pause_is_not_waited_for() -> None:
    line = Timeline()
    assert line.cut(0) is None
    start = line.say(1, utterance(100), 0)
    assert line.cut(start + 50 * ROW) == start + 50 * ROW + LEAD
    assert line.say(2, utterance(10), start + 50 * ROW) == start + 50 * ROW + LEAD
    assert line.cut(10 * RATE) is None


def test_it_says_when_enough_is_spoken_in_advance() -> None:
    line = Timeline()
    line.say(1, utterance(1100), 0)
    assert line.waits(0)
    assert not line.waits(2 * RATE)


def test_what_is_left_out_is_faded() -> None:
    tone = np.full(2400, 1000, np.int16)
    assert faded(tone, 2401) is tone
    assert faded(tone, 2400)[-1] == 0
    assert faded(tone, 0).tolist() == []
    short = faded(tone, 1000)
    assert (len(short), short[0], short[-1]) == (1000, 1000, 0)
    assert (np.diff(short) <= 0).all()

"""What is to be heard and seen when, on one page's clock, and what of it is due: nothing waits long, nothing piles up.

    say(utterance) --> its first sample           cut(now) --> where it ends: at the next word's end or quiet moment
    sounds(now), pictures(now)                    what is to be sent now, so that the page is ahead by a second at most

All times are samples, so that sound and pictures cannot drift apart.
"""

from collections import deque
from collections.abc import Iterator

import numpy as np

from frameloom.apps.talk.live import STEP
from frameloom.apps.talk.utterance import RATE, ROW, Samples, Utterance

CHUNK = RATE // 10
"""Samples that are sent at once."""
LEAD = RATE * 3 // 100
"""From a decision to its first sample: what the way to the page takes."""
AHEAD, AHEAD_IDLE = RATE, RATE * 2 // 5
"""How much of the future the page has, while something is said and while nothing is."""
MOST_WAITING = 10 * RATE
"""What may be spoken in advance."""
BATCH = 3
"""Pictures that are drawn at one go."""
FADE = RATE * 4 // 100
"""Over which the page lets speech fade that is cut off."""
LATEST_CUT = RATE * 12 // 100
"""Within which it is silent; the end of a word or else the quietest moment is looked for until then."""

_AFTER_CUT = RATE * 8 // 100
"""Silence after speech that was cut off."""
_BEFORE = RATE // 10
"""How long before a sound the mouth begins to move."""


class Timeline:
    """The sound and the pictures of one page."""

    def __init__(self) -> None:
        self.end = 0
        """From where on nothing is said yet."""
        self.number = 0
        """Of the last line that was answered."""
        self._waiting: deque[tuple[int, int, Samples]] = deque()
        self._said: deque[tuple[int, Utterance]] = deque()
        self.picture = 0
        """The first picture that is not drawn yet."""

    def say(self, number: int, utterance: Utterance, now: int) -> int:
        """Take what is said in answer to a line; return its first sample, which begins a row."""
        start = -(-max(self.end, now + LEAD) // ROW) * ROW
        self.number = number
        samples = utterance.samples
        for first in range(0, len(samples), CHUNK):
            self._waiting.append((number, start + first, samples[first : first + CHUNK]))
        while self._said and self._said[0][0] + len(self._said[0][1].samples) < now:
            self._said.popleft()
        self._said.append((start, utterance))
        self.end = start + len(samples)
        self.redraw(max(start - _BEFORE, now))
        return start

    def cut(self, now: int) -> int | None:
        """Say no more from soon on; return from which sample, or None if nothing is said that was not cut already."""
        if self.end <= now or not self._said:
            return None
        soon = now + LEAD
        ends = [start + word.stop for start, one in self._said for word in one.words]
        is_speaking = any(end >= soon for end in ends)
        at = self._pause(ends, soon) if is_speaking else soon
        self._waiting = deque(
            (number, first, samples[: at - first]) for number, first, samples in self._waiting if first < at
        )
        self._said.clear()
        self.end = at + (_AFTER_CUT if is_speaking else 0)
        self.redraw(max(at - _BEFORE, now))
        return at

    def _pause(self, word_ends: list[int], soon: int) -> int:
        """Return where speech can end that has time to fade: with a word, or else where least is heard."""
        first, last = soon + FADE, soon + LATEST_CUT
        word_end = next((end for end in word_ends if first <= end <= last), None)
        if word_end is not None:
            return word_end
        heard = np.zeros(last - first)
        for start, one in self._said:
            begin, stop = max(start, first), min(start + len(one.samples), last)
            if begin < stop:
                heard[begin - first : stop - first] = one.samples[begin - start : stop - start]
        loudness = np.square(heard.reshape(-1, ROW)).sum(1)
        return first + (int(loudness.argmin()) + 1) * ROW

    def redraw(self, sample: int) -> None:
        """Draw what is seen from a sample on anew."""
        self.picture = min(self.picture, sample // STEP * STEP)

    def waits(self, now: int) -> bool:
        """Return whether so much is spoken in advance that more can wait."""
        return self.end - now > MOST_WAITING

    def sounds(self, now: int) -> Iterator[tuple[int, int, Samples]]:
        """Yield the sound that is due: the line that it answers, its first sample, samples."""
        while self._waiting and self._waiting[0][1] < now + AHEAD:
            yield self._waiting.popleft()

    def pictures(self, now: int) -> range:
        """Return the times of the pictures that are due, a few of them."""
        first = max(self.picture, now // STEP * STEP)
        horizon = now + (AHEAD if self.end > now else AHEAD_IDLE)
        due = range(first, min(horizon, first + BATCH * STEP), STEP)
        self.picture = first + len(due) * STEP
        return due

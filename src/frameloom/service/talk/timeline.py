"""What is to be heard and seen when, on one page's clock, and what of it is due: nothing waits long, nothing piles up.

    say(utterance) --> its first sample           cut(now) --> the end of the word that is being said
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
FADE = RATE // 200

_LONGEST_WORD = RATE * 7 // 10
"""A word that would last longer is not waited for."""
_AFTER_CUT = RATE // 8
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
        self._word_ends: deque[int] = deque()
        self.picture = 0
        """The first picture that is not drawn yet."""

    def say(self, number: int, utterance: Utterance, now: int) -> int:
        """Take what is said in answer to a line; return its first sample, which begins a row."""
        start = -(-max(self.end, now + LEAD) // ROW) * ROW
        self.number = number
        samples = utterance.samples
        for first in range(0, len(samples), CHUNK):
            self._waiting.append((number, start + first, samples[first : first + CHUNK]))
        while self._word_ends and self._word_ends[0] < now:
            self._word_ends.popleft()
        self._word_ends += (start + word.stop for word in utterance.words)
        self.end = start + len(samples)
        self.redraw(max(start - _BEFORE, now))
        return start

    def cut(self, now: int) -> int | None:
        """Say no more after the word that is being said; return its end, or None if nothing is being said."""
        if self.end <= now:
            return None
        soon = now + LEAD
        next_end = next((end for end in self._word_ends if end >= soon), None)
        is_speaking = next_end is not None
        at = next_end if next_end is not None and next_end - now <= _LONGEST_WORD else soon
        kept = [one for one in self._waiting if one[1] < at]
        if kept:
            number, first, samples = kept[-1]
            kept[-1] = (number, first, faded(samples, at - first))
        self._waiting = deque(kept)
        self._word_ends.clear()
        self.end = at + (_AFTER_CUT if is_speaking else 0)
        self.redraw(max(at - _BEFORE, now))
        return at

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


def faded(samples: Samples, length: int) -> Samples:
    """Return the first samples, fading at their end; all as they are where they end before."""
    if length > len(samples):
        return samples
    kept = samples[:length].astype(np.float64)
    tail = min(FADE, len(kept))
    if tail:
        kept[-tail:] *= np.linspace(1, 0, tail)
    return kept.astype(np.int16)

"""Pauses that a voice makes and does not tell: its last sound before one lasts on, by its clock, in silence.

    sound     ~~~~~~~~~~~______________~~~~~~        quiet for longer than any closure of lips or tongue
    told      [  l  ][       ŋ        ][ f ][
    settled   [  l  ][ ŋ ]             [ f ][        a stop keeps the last of the quiet: its closure

Where nothing sounds for an eighth of a second nothing is said, and the mouth is at rest.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from frameloom.media.sound import Sound
from frameloom.media.speech.spoken import Phoneme, Spoken

LONGEST_CLOSURE_S = Fraction(1, 8)
CLOSURE_S = Fraction(7, 100)
"""What a stop keeps of a pause before it."""

_QUIET_DB = 40.0
"""Below the loudest parts."""
_LOUDEST_SHARE = 0.95
_STEPS_PER_S = 200
_STOPS = frozenset("pbtdkɡgcɟqɢʈɖʔʦʨʧʤ")

Span = tuple[Fraction, Fraction]


def settled(spoken: Spoken) -> Spoken:
    """Return speech whose phonemes and words keep out of its pauses; one that is left no time is dropped."""
    quiet = pauses(spoken.sound, spoken.rate)
    if not quiet:
        return spoken
    phonemes = tuple(_kept(spoken.phonemes, quiet))
    words = []
    for word in spoken.words:
        own = [one for one in phonemes if one.start < word.stop and one.stop > word.start]
        if own:
            start, stop = max(word.start, own[0].start), min(word.stop, own[-1].stop)
            words.append(replace(word, start=start, stop=stop))
    return Spoken(spoken.sound, spoken.rate, phonemes, tuple(words))


def pauses(sound: Sound, rate: int) -> list[Span]:
    """Return the stretches in which nothing sounds for longer than a closure lasts."""
    step = rate // _STEPS_PER_S
    count = len(sound) // step
    if not count:
        return []
    power = np.square(sound[: count * step, 0].astype(np.float64)).reshape(count, step).mean(1)
    level = 10 * np.log10(np.convolve(power, np.ones(3) / 3, "same") + 1e-12)
    is_quiet = level < np.quantile(level, _LOUDEST_SHARE) - _QUIET_DB
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_quiet, [False]])))
    times = [Fraction(int(edge) * step, rate) for edge in edges]
    spans = list(zip(times[::2], times[1::2], strict=True))
    return [(first, stop) for first, stop in spans if stop - first > LONGEST_CLOSURE_S]


def _kept(phonemes: Sequence[Phoneme], quiet: Sequence[Span]) -> Iterable[Phoneme]:
    for one in phonemes:
        start, stop = one.start, one.stop
        is_stop = one.ipa.lstrip("ˈˌ")[:1] in _STOPS
        for first, last in quiet:
            if start < last and stop > first:  # some of it lies in the pause
                if stop > last:
                    start = max(start, last - CLOSURE_S if is_stop else last)
                elif start < first:
                    stop = first
                else:
                    stop = start
        if stop > start:
            yield Phoneme(one.ipa, start, stop)

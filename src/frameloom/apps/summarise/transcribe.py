"""A film's words, heard once and kept: some minutes of sound at a time, cut where it is quiet.

sound |-------------------.------------|      cut at the quietest moment of the second half of two minutes
words  cache/HASH-said-V-MODEL/00000.json, 00001.json ...; stopped work goes on with the next one
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from pathlib import Path
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.summarise.passes import Step, watch
from frameloom.apps.summarise.reading import Damage, damage_notes, sound_around
from frameloom.apps.summarise.recogniser import LEAST_S, RATE, Recogniser, open_recogniser
from frameloom.apps.summarise.store import Keeper, Store, cache_for
from frameloom.core.errors import MediaError
from frameloom.core.files import spare, whole_file
from frameloom.core.progress import View
from frameloom.core.times import clock
from frameloom.media.files.source import MediaInfo, probe
from frameloom.media.transcript import Word, check_suffix, sentences_of, words_in, write_transcript

VERSION = 1
"""Grows whenever a transcript would come out otherwise."""
LONGEST_S = 120
"""Of sound that is heard in one go."""
QUIET_S = 0.3
"""Length of the moment that is looked for to cut in."""


@dataclass(frozen=True)
class Transcript:
    """What is said in a film."""

    words: tuple[Word, ...]
    damage: tuple[Damage, ...] = ()
    remarks: tuple[str, ...] = ()
    """What else a person should be told of the listening: nothing of it is kept."""


@dataclass(frozen=True)
class WrittenDown:
    """A transcript, and where it went."""

    path: Path
    """What was listened to."""
    transcript: Transcript
    out: Path | None

    @property
    def notes(self) -> list[str]:
        """Return what a person should know of it."""
        nobody = [] if self.transcript.words else ["nobody is heard to speak"]
        made = self.transcript
        return [*damage_notes(self.path, made.damage), *made.remarks, *nobody]

    def text(self) -> str:
        """Return it for people: where it went, or sentence by sentence."""
        words = self.transcript.words
        if self.out is not None:
            return "\n".join([*self.notes, f"{self.out}: {len(words)} words"])
        return "\n".join([*self.notes, *(f"{clock(one.start)}  {one.text}" for one in sentences_of(words))])

    def record(self) -> dict[str, object]:
        """Return it for programs."""
        return {"path": self.out, "words": [word.record() for word in self.transcript.words], "notes": self.notes}


def write_down(
    path: Path, out: Path | None, model: Path | None, cache: Path | None, view: View = "auto"
) -> WrittenDown:
    """Write down what is said in a film or a recording; without a place it is only returned.

    Args:
        path: a file with sound.
        out: a .srt, .vtt, .json or .txt file.
        model: a folder with a model of faster-whisper; by default the one that a package brings.
        cache: as `summarise.SummariseConfig` has it.
        view: how progress is shown.

    Raises:
        MissingDependencyError, ModelError: as `open_recogniser`.
        MediaError, KeyboardInterrupt: as `transcribe`.
        OutputError: the place cannot be written.
    """
    if out is not None:
        spare(out, [path])
        check_suffix(out)
    made = transcribe(path, open_recogniser(model), cache_for(path, cache), view)
    if out is not None:
        write_transcript(out, made.words)
    return WrittenDown(path, made, out)


@dataclass(frozen=True)
class _Stretch:
    start: Fraction
    stop: Fraction
    words: tuple[Word, ...]


def transcribe(path: Path, recogniser: Recogniser, folder: Path | None, view: View = "auto") -> Transcript:
    """Return what is said in a film or a recording; what a cache knows is not heard again.

    Args:
        path: a file with sound.
        recogniser: what writes the words down.
        folder: the cache; None keeps nothing.
        view: how progress is shown.

    Raises:
        MediaError: no sound in the file, or nothing of it can be read.
        OutputError: the cache cannot be written.
        KeyboardInterrupt: stopped; the message says how to go on.
    """
    info = probe(path)
    if info.sound is None:
        raise MediaError(f"{path}: no sound in it, so nobody is heard; give a film or a recording with sound")
    kept = Keeper.of(path, f"said-{VERSION}-{recogniser.name}", folder)
    heard: list[_Stretch] = []
    damage: list[Damage] = []
    watch(_heard(info, recogniser, kept, heard, damage), path, view, kept, heard)
    if kept.store is not None and kept.store.place.is_dir():
        kept.store.use()
    words = tuple(word for stretch in heard for word in stretch.words)
    return Transcript(words, tuple(damage), tuple(filter(None, [kept.why_not])))


def known_words(path: Path, cache: Path | None) -> tuple[Word, ...]:
    """Return the words that were once written down of a film, by whichever recogniser, to its end; else none.

    Raises:
        MediaError: the file cannot be read.
        OutputError: the cache cannot be written.
    """
    if cache is None or not cache.is_dir():
        return ()
    duration = probe(path).duration
    kept = Keeper.of(path, f"said-{VERSION}", cache)
    for place in sorted(cache.glob(f"{kept.store.name}-*")) if kept.store else ():
        heard = list(_known(Store(cache, place.name), duration))
        if heard and heard[-1].stop >= duration:
            return tuple(word for stretch in heard for word in stretch.words)
    return ()


def _known(store: Store, duration: Fraction) -> Iterator[_Stretch]:
    """Yield the stretches that a cache knows, one after the other, until one is missing."""
    at = Fraction(0)
    for number in count():
        found = _find(store, number) if at < duration else None
        if found is None or found.start != at:
            return
        yield found
        at = found.stop


def _heard(
    info: MediaInfo, recogniser: Recogniser, kept: Keeper, heard: list[_Stretch], damage: list[Damage]
) -> Iterator[Step]:
    """Hear what is not known yet, stretch by stretch."""
    heard += _known(kept.store, info.duration) if kept.store else ()
    began, first = monotonic(), heard[-1].stop if heard else Fraction(0)
    if first >= info.duration:
        return
    for start, stop, samples in _stretches(info, first, damage):
        words = recogniser.hear(samples) if samples.any() else ()
        moved = (replace(word, start=_kept(word.start + start), end=_kept(word.end + start)) for word in words)
        heard.append(_Stretch(start, stop, tuple(word for word in moved if word.start < stop)))
        if kept.store is not None:
            with kept.trying(info.path):
                _keep(kept.store, len(heard) - 1, heard[-1])
        yield Step(
            "heard", min(stop, info.duration), info.duration, float(stop - first) / max(monotonic() - began, 1e-6)
        )


def _stretches(
    info: MediaInfo, start: Fraction, damage: list[Damage]
) -> Iterator[tuple[Fraction, Fraction, NDArray[np.float32]]]:
    """Yield the sound from a time on in stretches that end where it is quiet, each with its begin and end."""
    held: list[NDArray[np.float32]] = []
    there, longest = 0, LONGEST_S * RATE
    for block in sound_around(info.path, start, info.duration, damage.append, rate=RATE, channels=1):
        held.append(block[:, 0])
        there += len(block)
        while there >= longest:
            samples = np.concatenate(held)
            cut = longest // 2 + quietest(samples[longest // 2 : longest])
            yield start, start + Fraction(cut, RATE), samples[:cut]
            start += Fraction(cut, RATE)
            held, there = [samples[cut:]], len(samples) - cut
    # the last one goes on to the end of the film, which the sound may not reach
    yield start, max(info.duration, start + LEAST_S), np.concatenate([*held, np.zeros(0, np.float32)])


def _kept(time: Fraction) -> Fraction:
    """Return a time as it is kept, in whole milliseconds."""
    return Fraction(round(time * 1000), 1000)


def quietest(samples: NDArray[np.float32]) -> int:
    """Return the middle of the quietest moment of some sound, as the number of a sample.

    >>> sound = np.ones(16000, np.float32)
    >>> sound[6000:12000] = 0
    >>> 8000 < quietest(sound) < 10000
    True
    """
    width = int(QUIET_S * RATE)
    power = np.concatenate([[0.0], np.cumsum(samples.astype(np.float64) ** 2)])
    return int(np.argmin(power[width:] - power[:-width])) + width // 2 if len(samples) > width else len(samples) // 2


def _find(store: Store, number: int) -> _Stretch | None:
    with suppress(OSError, ValueError, KeyError, TypeError):
        held = json.loads((store.place / f"{number:05}.json").read_text(encoding="utf-8"))
        return _Stretch(Fraction(held["span"][0]), Fraction(held["span"][1]), words_in(held))
    return None


def _keep(store: Store, number: int, stretch: _Stretch) -> None:
    held = {"span": [str(stretch.start), str(stretch.stop)], "words": [word.record() for word in stretch.words]}
    with whole_file(store.place / f"{number:05}.json") as part:
        part.write_text(json.dumps(held, ensure_ascii=False), encoding="utf-8")

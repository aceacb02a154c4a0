"""Reading a film across what is damaged in it: the stretches that can be read, and the damage between them.

    file   |=====good=====|xxxx|========good=======|
    read   Picture ...    Damage  Picture ...

A picture that is damaged spoils those that are made from it: what is lost reaches to the next key frame. Where a file
cannot be read on at all it is tried a second later, then two, four ... until something can be read again: what is lost
then is less than twice what is damaged, and never more than what is left of the film.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Literal

from frameloom.core.errors import MediaError
from frameloom.core.times import clock
from frameloom.media.files.source import Picture, PictureForm, read_pictures, read_sound
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at, silence

FIRST_STEP_S = Fraction(1)
"""How far after damage the next try begins."""


@dataclass(frozen=True)
class Damage:
    """A stretch that could not be read, in seconds of the file."""

    start: Fraction
    stop: Fraction
    of: Literal["pictures", "sound"]


_MOST_TOLD = 3
"""Damaged stretches that a note names; of more it says how many."""


def damage_notes(path: Path, damage: Sequence[Damage]) -> list[str]:
    """Return what is damaged in a film, in words: one note of its pictures, one of its sound."""
    notes = []
    for of in ("pictures", "sound"):
        found = [one for one in damage if one.of == of]
        places = [f"from {clock(one.start)} to {clock(one.stop)}" for one in found[:_MOST_TOLD]]
        if more := len(found) - len(places):
            whole = sum((one.stop - one.start for one in found), Fraction(0))
            places.append(f"in {more} more place{'s' * (more > 1)}, {float(whole):.1f} s in all,")
        if places:
            told = " and ".join([", ".join(places[:-1]), places[-1]] if places[1:] else places)
            notes.append(f"{path}: damaged {told} of its {of}; that is left out")
    return notes


def pictures_around(path: Path, start: Fraction, stop: Fraction, form: PictureForm) -> Iterator[Picture | Damage]:
    """Yield the pictures that come on from start until stop, and each stretch among them that cannot be read.

    Damage begins where the last good picture ends.

    Raises:
        MediaError: there is no such file or stream.
    """
    at = reached = start
    step = Fraction(0)
    while at < stop:
        try:
            with closing(_read(path, at, stop, form)) as pictures:
                for picture in pictures:
                    if picture.time + picture.duration <= reached or (step and picture.time < at):
                        continue  # shown before
                    if step or picture.damaged_from is not None:
                        yield Damage(max(reached, start), picture.time, "pictures")
                        step = Fraction(0)
                    yield picture
                    reached = picture.time + picture.duration
        except MediaError:
            if reached == start == 0 and not _begins(path, form):
                raise
            step = 2 * step or FIRST_STEP_S
            at = max(reached, start) + step
            continue
        break
    if step:
        yield Damage(max(reached, start), stop, "pictures")


def _read(path: Path, start: Fraction, stop: Fraction, form: PictureForm) -> Generator[Picture, None, None]:
    """Yield pictures from start until stop; a generator that closes its file."""
    yield from read_pictures(path, start, stop, form, strict=True)


def _begins(path: Path, form: PictureForm) -> bool:
    """Return whether any of it can be read: what cannot be read at all is an error, not damage."""
    with suppress(MediaError), closing(_read(path, Fraction(0), Fraction(1, 100), form)) as pictures:
        return next(pictures, None) is not None
    return False


def sound_around(
    path: Path,
    start: Fraction,
    stop: Fraction,
    damaged: Callable[[Damage], None],
    *,
    rate: int = SAMPLE_RATE,
    channels: int = 2,
) -> Iterator[Sound]:
    """Yield the sound from start until stop, with silence where it cannot be read; what that is, is told at once."""
    first, last = sample_at(start, rate), sample_at(stop, rate)
    at = first
    step = Fraction(0)
    while at < last:
        begin = at
        try:
            ahead = at if not step else min(at + sample_at(step, rate), last)
            for block in read_sound(path, Fraction(ahead, rate), stop, rate=rate, channels=channels):
                if step:
                    damaged(Damage(Fraction(begin, rate), Fraction(ahead, rate), "sound"))
                    yield from _quiet(ahead - at, rate, channels)
                    at, step = ahead, Fraction(0)
                yield block
                at += len(block)
        except MediaError:
            step = 2 * step or FIRST_STEP_S
            if at + sample_at(step, rate) < last:
                continue
            damaged(Damage(Fraction(at, rate), stop, "sound"))
            yield from _quiet(last - at, rate, channels)
        return


def _quiet(samples: int, rate: int, channels: int) -> Iterator[Sound]:
    while samples > 0:
        yield silence(min(samples, rate), channels)
        samples -= rate

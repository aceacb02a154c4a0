"""A portrait speaks: picture, sound and track of visemes in, video out.

    portrait --> puppet --+
    sound --> track --> behaviour --expressions--> pictures + mark --+--> file
       +-------------------------------------------------------------+

Source of the duty to say so: Regulation (EU) 2024/1689 (AI Act), article 50 (4).
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from time import monotonic

from frameloom.apps.speak.hear import VisemesConfig, hear_visemes
from frameloom.apps.speak.tracks import read_track
from frameloom.apps.talk.behaviour import Behaviour
from frameloom.apps.talk.puppet.acting import behaviour_of, expression_at
from frameloom.apps.talk.puppet.config import PuppetConfig
from frameloom.apps.talk.puppet.expression import Expression
from frameloom.apps.talk.puppet.mark import NOTE, mark_for
from frameloom.apps.talk.puppet.portrait import read_portrait
from frameloom.apps.talk.puppet.puppet import Puppet
from frameloom.core.errors import ConfigError, MediaError
from frameloom.core.files import spare
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.media.files.formats import choose
from frameloom.media.files.sink import write_media
from frameloom.media.files.sound_source import read_sound
from frameloom.media.frames import Written
from frameloom.media.planes import Planes
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.visemes import VisemeTrack

_UNLIKE_S = Fraction(1, 2)
"""How much longer or shorter than the sound a track may be before somebody is told."""
_LINE_S = 5.0
"""Seconds between two lines of progress, where there is no bar."""


@dataclass(frozen=True, eq=False)
class _Drawn:
    """A picture that was drawn, for whoever watches."""

    picture: Planes
    number: int
    count: int
    worth_a_line: bool

    @property
    def progress(self) -> float:
        return self.number / self.count

    @property
    def text(self) -> str:
        return f"picture {self.number} of {self.count}"

    @property
    def record(self) -> Mapping[str, float | int | str]:
        return {"picture": self.number, "of": self.count} if self.worth_a_line else {}


def animate(config: PuppetConfig, track: VisemeTrack | None = None, view: View = "auto") -> Written:
    """Write a video in which a portrait speaks a sound.

    Args:
        config: what and how.
        track: what the mouth does; by default what `config.visemes` says, or what is heard.
        view: how progress is shown.

    Raises:
        ConfigError: without consent, or landmarks by hand do not fit.
        MediaError: portrait or sound cannot be read, no face can be moved, or the format does not fit.
        OutputError: the place cannot be written.
    """
    check_consent(config)
    spare(config.out, [path for path in (config.portrait, config.audio, config.visemes, config.landmarks) if path])
    choose(config.out, config.video, config.sound)  # a place that cannot hold the film is told before all the work
    duration = _duration(config.audio)
    portrait = read_portrait(config)
    puppet = Puppet(portrait.rgb, portrait.mesh)
    if track is None and config.visemes is not None:
        track = read_track(config.visemes)
    if track is None:
        track = hear_visemes(VisemesConfig(input=config.audio))
    notes = (*portrait.notes, *_unlike(track, duration))
    count = math.ceil(duration * config.fps)
    expressions = _expressions(behaviour_of(config, track), config.fps, count)
    drawn = _drawn(speak(puppet, expressions, config), count)
    written = write_media(
        config.out,
        (one.picture for one in showing(drawn, config.out.name, view)),
        read_sound(config.audio),
        rate=config.fps,
        width=puppet.size[0],
        height=puppet.size[1],
        video=config.video,
        audio=config.sound,
        made_by=f"frameloom {version()} puppet; {NOTE}",
        metadata={"description": NOTE},
    )
    return Written(written.path, written.frames, written.width, written.height, (*notes, *written.notes))


def check_consent(config: PuppetConfig) -> None:
    """Refuse to move a face whose owner was not asked.

    Raises:
        ConfigError: says how to give consent.
    """
    if not config.consent:
        raise ConfigError(
            f"{config.portrait}: moves only with consent; if the person shown agrees, or nobody real is shown, "
            "say --i-have-consent or consent = true"
        )


def speak(puppet: Puppet, expressions: Iterable[Expression], config: PuppetConfig) -> Iterator[Planes]:
    """Yield a marked picture for each expression."""
    mark = mark_for(*puppet.size, config.language)
    for expression in expressions:
        yield mark.on(puppet.picture(expression))


def _expressions(behaviour: Behaviour, rate: Fraction, count: int) -> Iterator[Expression]:
    """Yield the expression of each picture, as of the middle of its time."""
    for number in range(count):
        yield expression_at(behaviour, float((number + Fraction(1, 2)) / rate))


def _unlike(track: VisemeTrack, duration: Fraction) -> Iterator[str]:
    """Yield a note if a track lasts another time than the sound, as one of other words does."""
    if abs(track.duration - duration) > _UNLIKE_S:
        yield (
            f"the mouth moves for {float(track.duration):.1f} s, the sound lasts {float(duration):.1f} s; "
            "give the visemes of this very sound"
        )


def _drawn(pictures: Iterator[Planes], count: int) -> Iterator[_Drawn]:
    said = monotonic()
    for number, picture in enumerate(pictures, 1):
        due = number == count or monotonic() - said > _LINE_S
        said = monotonic() if due else said
        yield _Drawn(picture, number, count, due)


def _duration(audio: Path) -> Fraction:
    """Return how long a sound is, in s."""
    samples = sum(len(block) for block in read_sound(audio))
    if not samples:
        raise MediaError(f"{audio}: its sound is empty; give one with speech")
    return Fraction(samples, SAMPLE_RATE)

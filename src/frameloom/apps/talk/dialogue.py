"""A script spoken: what each of the cast says, when, and what its mouth does meanwhile.

    turns --voice, or a recording--> lines, one after the other, with pauses --+--> sound, as blocks
                                                                               +--> a track for each of the cast
                                                                               +--> cues, by the times of the words

Times are counted in samples of the film's sound, so that nothing drifts. Where a voice speaks, mouths follow its own
times; for a recording, what is heard in it, and captions those of its words, if they are given.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache, partial
from pathlib import Path

import numpy as np

from frameloom.apps.recorded import Mono, recording
from frameloom.apps.talk.camera import Said
from frameloom.apps.talk.characterfile import AUTO
from frameloom.apps.talk.cues import breaks_of, cues_of
from frameloom.apps.talk.recording import placed
from frameloom.apps.talk.script import Script, TurnConfig, listener
from frameloom.apps.talk.voice import OwnVoice
from frameloom.core.errors import ConfigError, MediaError
from frameloom.effects.sound.loudness import Target, adjust, plan_for
from frameloom.effects.sound.resample import resampled
from frameloom.media.sound import SAMPLE_RATE, Sound, sample_at
from frameloom.media.speech.spoken import Voice, joined
from frameloom.media.speech.track import track_of
from frameloom.media.speech.voices import open_voice
from frameloom.media.subtitles import Cue
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

LEAD, TAIL = Fraction(1, 2), Fraction(4, 5)
"""Seconds of silence before the first word and after the last."""
LOUDNESS = Target(lufs=-18, most_gain_db=40)
"""Of each line, so that no voice drowns another one: mono, as loud as -15 LUFS on two speakers."""
SOFT_DB = 20.0
"""Gain from which on somebody should be told that noise comes up with a recording."""

Hear = Callable[[Mono], VisemeTrack]
"""Tells what a mouth does of a recording at SAMPLE_RATE."""

Voices = Callable[[str, str], Voice]
"""Opens a voice by its name and language."""

_BLOCK = SAMPLE_RATE


@dataclass(frozen=True, eq=False)
class Line:
    """A turn as it is heard; times in s of the film."""

    number: int
    """Which turn, from 0."""
    turn: TurnConfig
    start: Fraction
    sound: Mono
    track: VisemeTrack
    cues: tuple[Cue, ...]
    breaks: tuple[Fraction, ...]
    """Where a sentence ends."""
    note: str = ""
    """What a person should be told of its sound."""

    @property
    def stop(self) -> Fraction:
        """Return when it ends."""
        return self.start + Fraction(len(self.sound), SAMPLE_RATE)


@dataclass(frozen=True, eq=False)
class Dialogue:
    """A whole script as it is heard."""

    script: Script
    lines: tuple[Line, ...]

    @property
    def duration(self) -> Fraction:
        """Return how long the film is, in s: whole pictures."""
        rate = self.script.setting.rate
        return -(-(self.lines[-1].stop + TAIL) * rate // 1) / rate

    @property
    def turns(self) -> tuple[Said, ...]:
        """Return the turns for the camera."""
        return tuple(
            Said(line.turn.who, line.start, line.stop, listener(self.script, line.number), line.turn.shot, line.breaks)
            for line in self.lines
        )

    @property
    def cues(self) -> tuple[Cue, ...]:
        """Return the subtitles."""
        return tuple(cue for line in self.lines for cue in line.cues)

    def track(self, who: str) -> VisemeTrack:
        """Return what the mouth of one of the cast does over the whole film."""
        rows = -(-self.duration * RATE // 1)
        weights = np.zeros((rows, len(VISEMES)), np.float32)
        weights[:, 0] = 1
        intensity = np.zeros(rows, np.float32)
        for line in self.lines:
            if line.turn.who == who:
                first = round(line.start * RATE)
                count = min(len(line.track.weights), rows - first)
                weights[first : first + count] = line.track.weights[:count]
                intensity[first : first + count] = line.track.intensity[:count]
        return VisemeTrack(weights, intensity)

    def blocks(self) -> Iterator[Sound]:
        """Yield the sound of the film, blocks of a second, (N, 1); exactly as long as its pictures."""
        total = sample_at(self.duration)
        for begin in range(0, total, _BLOCK):
            end = min(begin + _BLOCK, total)
            block = np.zeros((end - begin, 1), np.float32)
            for line in self.lines:
                first = sample_at(line.start)
                low, high = max(first, begin), min(first + len(line.sound), end)
                if low < high:
                    block[low - begin : high - begin, 0] += line.sound[low - first : high - first]
            yield block


def spoken(script: Script, cast: Mapping[str, OwnVoice], hear: Hear, voices: Voices | None = None) -> Iterator[Line]:
    """Yield the lines of a script, one after the other.

    Args:
        script: who says what.
        cast: with which voice each of the cast speaks, and how.
        hear: what tells mouths of a recording.
        voices: opens a voice by its name and language; by default those of `media.speech`.

    Raises:
        ConfigError: a voice is unknown, or does not speak the language or the words; names the turn.
    """
    check_pace(script, cast)
    opened = voices or _opened()
    start = LEAD
    for number, turn in enumerate(script.turns):
        try:
            line = _line(number, turn, cast[turn.who], start, hear, opened)
        except (MediaError, ConfigError) as error:
            raise ConfigError(f"turn {number + 1} ({turn.who}): {error}") from error
        yield line
        pause = Fraction(round(turn.pause * SAMPLE_RATE), SAMPLE_RATE)
        start = _on_row(line.stop + pause)


def check_pace(script: Script, cast: Mapping[str, OwnVoice]) -> None:
    """Say where a pace of a turn and one of a voice are together beyond what voices can do.

    Raises:
        ConfigError: there is such a turn.
    """
    for number, turn in enumerate(script.turns, 1):
        pace = turn.pace * cast[turn.who].manner.pace
        if turn.sound is None and not 0.5 <= pace <= 2:
            raise ConfigError(f"turn {number}: a pace of {pace:g} in all; give 0.5 to 2")


def _on_row(time: Fraction) -> Fraction:
    """Return the next time at which a row of a track begins: mouths keep to the sound exactly."""
    return Fraction(-(-time * RATE // 1), RATE)


def _opened() -> Voices:
    """Return what opens each voice once."""

    @cache
    def opened(name: str, language: str) -> Voice:
        return open_voice(None if name == AUTO else name, language)

    return opened


def _line(number: int, turn: TurnConfig, voice: OwnVoice, start: Fraction, hear: Hear, voices: Voices) -> Line:
    if turn.sound is not None:
        return _recorded(number, turn, turn.sound, voice, start, hear, voices)
    manner = voice.manner.model_copy(update={"pace": turn.pace * voice.manner.pace})
    said = joined(voices(voice.name, manner.language).speak(turn.say, manner))
    sound, _ = _as_loud(resampled(said.sound.mean(axis=1), said.rate, SAMPLE_RATE))
    cues = tuple(cues_of(turn.say, said, start))
    return Line(
        number,
        turn,
        start,
        sound,
        track_of(said),
        cues,
        breaks_of(turn.say, said, start),
    )


def _recorded(
    number: int, turn: TurnConfig, path: Path, voice: OwnVoice, start: Fraction, hear: Hear, voices: Voices
) -> Line:
    """Return a turn that somebody recorded; where its words are given, they are found in it."""
    sound, note = _as_loud(recording(path))
    heard = hear(sound)
    if not turn.say.strip():
        return Line(number, turn, start, sound, heard, (), (), note)
    language = voice.manner.language
    opened = partial(voices, voice.name, language)
    said, track, doubt = placed(path.name, turn.say, sound, heard, language, opened)
    told = "; ".join(filter(None, (note, doubt.removeprefix(f"{path.name}: "))))
    cues, breaks = tuple(cues_of(turn.say, said, start)), breaks_of(turn.say, said, start)
    return Line(number, turn, start, sound, track, cues, breaks, told)


def _as_loud(sound: Mono) -> tuple[Mono, str]:
    """Return a sound at the loudness of all lines, and what a person should be told of it."""
    whole = [sound[:, None]]
    change = plan_for(lambda: whole, LOUDNESS, channels=1)
    note = change.note
    if not note and change.gain_db > SOFT_DB:
        note = f"very soft: raised by {change.gain_db:.0f} dB, and its noise with it"
    return np.concatenate(list(adjust(whole, change)))[:, 0], note

"""Text is said into a file, sentence by sentence; what the mouth does meanwhile is known and may be kept beside it.

text --voice--> sentences --48 kHz, as loud as every voice--> voice.wav        phonemes --> voice.json (the mouth)
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from frameloom.apps.talk.dialogue import LOUDNESS
from frameloom.apps.talk.export import check_format, write_visemes
from frameloom.core.files import check_outputs
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.effects.sound.loudness import adjust, plan_for
from frameloom.effects.sound.resample import resampled
from frameloom.media.files.formats import SoundFormat, choose
from frameloom.media.files.sink import write_media
from frameloom.media.sound import SAMPLE_RATE, Sound
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, Word
from frameloom.media.speech.track import track_of
from frameloom.media.speech.voices import open_voice
from frameloom.media.visemes import VisemeTrack

_LISTENED_S = 10
"""Seconds by which it is known how loud a voice is."""
_LINE_S = 5.0
"""Seconds between two lines of progress, where there is no bar."""


class SayConfig(Manner):
    """What is said, by whom, and where it goes."""

    text: str
    """Any number of sentences."""
    out: Path
    """A file for sound: .wav, .flac, .mp3, .m4a, .opus, .ogg."""
    voice: str | None = None
    """hibari, espeak, espeak:f3, piper; by default hibari for English and espeak for all else."""
    visemes: Path | None = None
    """A file for what the mouth does: .json, or what another program reads; see `apps.talk.export`."""
    audio: SoundFormat = SoundFormat()
    """How the sound is stored."""
    read: tuple[Path, ...] = ()
    """Files that the text was read from: nothing is written over them."""


@dataclass(frozen=True)
class Said:
    """What was said."""

    path: Path
    voice: str
    duration: Fraction
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...]
    visemes: Path | None = None

    def record(self) -> dict[str, Any]:
        """Return it for programs, times in s."""
        words, phonemes = (
            [{"text": name, "start": float(start), "stop": float(stop)} for name, start, stop in every]
            for every in (
                [(one.text, one.start, one.stop) for one in self.words],
                [(one.ipa, one.start, one.stop) for one in self.phonemes],
            )
        )
        duration = float(self.duration)
        told = {"path": self.path, "voice": self.voice, "duration": duration, "words": words, "phonemes": phonemes}
        return {**told, "visemes": self.visemes}


@dataclass(frozen=True)
class _Step:
    """A sentence, and what is told of it."""

    spoken: Spoken
    progress: float
    record: Mapping[str, float | int | str]
    text: str


@dataclass
class _Kept:
    """What is kept of sentences that have gone by: everything but their sound."""

    duration: Fraction = Fraction(0)
    words: list[Word] = field(default_factory=list)
    phonemes: list[Phoneme] = field(default_factory=list)
    tracks: list[VisemeTrack] = field(default_factory=list)


def say(config: SayConfig, view: View = "auto") -> Said:
    """Say a text into a file, while progress is shown.

    Raises:
        MediaError: the text has nothing to speak, the voice does not speak like that, or the format holds no sound.
        MissingDependencyError: the voice is not installed.
        OutputError: a file cannot be written, or both are one, or no format for mouth movements ends like that.
    """
    if config.visemes is not None:
        check_format(config.visemes)
    check_outputs(filter(None, [config.out, config.visemes]), config.read)
    choose(config.out, None, config.audio)
    voice = open_voice(config.voice, config.language)
    manner = Manner(language=config.language, pace=config.pace, pitch=config.pitch)
    kept = _Kept()
    steps = showing(_speaking(voice.speak(config.text, manner), config.text), config.out.name, view)
    blocks = _as_loud(_heard((step.spoken for step in steps), kept))
    made_by = f"frameloom {version()}, voice {voice.name}"
    write_media(config.out, None, blocks, sample_rate=SAMPLE_RATE, channels=1, audio=config.audio, made_by=made_by)
    if config.visemes is not None:
        weights, intensity = (
            np.concatenate([getattr(track, name) for track in kept.tracks]) for name in ("weights", "intensity")
        )
        write_visemes(VisemeTrack(weights, intensity), config.visemes, config.out.name, voice=voice.name)
    return Said(config.out, voice.name, kept.duration, tuple(kept.words), tuple(kept.phonemes), config.visemes)


def _speaking(sentences: Iterable[Spoken], text: str) -> Iterator[_Step]:
    """Yield sentences as steps that tell how far they are, by their letters."""
    total = max(sum(map(str.isalnum, text)), 1)
    done, said = 0, monotonic()
    for spoken in sentences:
        done += sum(map(str.isalnum, "".join(word.text for word in spoken.words)))
        now = monotonic()
        worth_a_line = now - said >= _LINE_S
        said = now if worth_a_line else said
        record = {"letters": done, "of": total} if worth_a_line else {}
        yield _Step(spoken, min(done / total, 1.0), record, f"{done} of {total} letters")


def _as_loud(blocks: Iterator[Sound]) -> Iterator[Sound]:
    """Yield speech as loud as every voice is, by what its first seconds need: it goes on as it comes."""
    begin: list[Sound] = []
    for block in blocks:
        begin.append(block)
        if sum(map(len, begin)) >= _LISTENED_S * SAMPLE_RATE:
            break
    change = plan_for(lambda: begin, LOUDNESS, channels=1)
    yield from adjust(chain(begin, blocks), replace(change, ceiling_dbtp=LOUDNESS.peak_dbtp))


def _heard(sentences: Iterable[Spoken], kept: _Kept) -> Iterator[Sound]:
    """Yield sentences at 48 kHz, each as long as whole rows of visemes, and keep the rest."""
    for spoken in sentences:
        track = track_of(spoken)
        sound = resampled(spoken.sound[:, 0], spoken.rate, SAMPLE_RATE)
        whole = np.zeros((int(track.duration * SAMPLE_RATE), 1), np.float32)
        count = min(len(whole), len(sound))
        whole[:count, 0] = sound[:count]
        begins = kept.duration
        kept.words += [Word(one.text, one.start + begins, one.stop + begins) for one in spoken.words]
        kept.phonemes += [Phoneme(one.ipa, one.start + begins, one.stop + begins) for one in spoken.phonemes]
        kept.tracks.append(track)
        kept.duration += track.duration
        yield whole

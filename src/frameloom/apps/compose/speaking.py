"""Narration: the words of a beat become sound and times, once; what was said is kept.

text, manner --voice--> KEY.wav, KEY.json (times of words and phonemes)
             --no voice--> times alone, by counting characters
text, recording --its own sound, words and phonemes found in it--> the same

Whoever speaks is heard at one loudness.
"""

import hashlib
import json
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from frameloom.apps.aligned import aligned
from frameloom.apps.compose.scenes.presenter import Presenter
from frameloom.apps.compose.storyboard import Beat, Storyboard
from frameloom.apps.recorded import LOUDNESS, RECORDED, levelled, read_recording, recogniser_of
from frameloom.apps.talk.characterfile import AUTO
from frameloom.apps.talk.hearing import listening
from frameloom.apps.talk.voice import OwnVoice
from frameloom.core.errors import MediaError, MissingDependencyError
from frameloom.core.files import whole_file
from frameloom.core.hashes import hash_of
from frameloom.core.provenance import commit, version
from frameloom.media.files.sink import write_media
from frameloom.media.sound import SAMPLE_RATE, Sound
from frameloom.media.speech.english import aloud
from frameloom.media.speech.newsreader import read_aloud
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, joined
from frameloom.media.speech.tokens import Token, placed, read_silently
from frameloom.media.speech.voices import ENGINES, open_voice, speaks
from frameloom.media.visemes import VisemeTrack

if TYPE_CHECKING:
    from frameloom.media.speech.spoken import Voice

Voices = dict[str, "Voice"]
"""Voices that are open, by what was asked for."""

SILENT = "none"
"""The name of a voice that is not heard."""


@dataclass(frozen=True)
class Narration:
    """What is said in a beat; times in s from its first sample."""

    text: str
    tokens: tuple[Token, ...]
    phonemes: tuple[Phoneme, ...]
    duration: Fraction
    sound: Path | None
    """A file of one channel; None where nothing is heard."""
    voice: str


class Speaker:
    """Says the words of beats, and keeps what it said in a folder."""

    def __init__(self, storyboard: Storyboard, home: Path, folder: Path, voices: Voices) -> None:
        """Remember the voices that are open already; what is opened besides is added to them.

        Args:
            storyboard: whose beats.
            home: the folder that its recordings are relative to.
            folder: where what is said is kept.
            voices: those that are open, by what was asked for.
        """
        self.notes: list[str] = []
        self._storyboard, self._home, self._folder = storyboard, home, folder
        self._voices = voices
        presenters = (beat.scene for beat in storyboard.beats)
        self._host = next((scene for scene in presenters if isinstance(scene, Presenter)), None)
        self._mute: set[str] = set()

    def narrate(self, beat: Beat) -> Narration | None:
        """Return what is said in a beat; None where nothing is.

        Raises:
            MediaError: the voice that was asked for is unknown, or does not speak this; a recording cannot be read.
            MissingDependencyError: it is not installed.
        """
        text = beat.say.strip()
        if not any(letter.isalnum() for letter in text):
            return None
        board = self._storyboard
        asked = beat.voice or board.voice
        own = self._own(beat, asked)
        manner = Manner(
            language=beat.language or board.language,
            pace=beat.pace or (own.manner.pace if own and "pace" not in board.model_fields_set else board.pace),
            pitch=beat.pitch or (own.manner.pitch if own and "pitch" not in board.model_fields_set else board.pitch),
        )
        if beat.recording is not None:
            return self._recorded(self._home / beat.recording, text, manner)
        if asked == SILENT or (asked is None and manner.language in self._mute):
            return _silent(text, manner)
        name = own.name if own and own.name != AUTO else asked
        key = _key(text, manner, name)
        kept = _kept(self._folder, key, text)
        if kept is not None:
            return kept
        try:
            voice = self._open(name, manner.language)
        except (MediaError, MissingDependencyError) as error:
            if asked is not None:
                raise
            self._mute.add(manner.language)
            told = f"no voice speaks {manner.language!r} here ({error}); words are timed by their length, and not heard"
            self.notes.append(told)
            return _silent(text, manner)
        try:
            spoken = _say(voice, text, manner)
        except MediaError as error:
            if asked is not None:
                raise
            self.notes.append(f"{text[:40]!r} is timed by its length, and not heard: {error}")
            return _silent(text, manner)
        tokens = placed(text, [(word.text, word.start, word.stop) for word in spoken.words], spoken.duration)
        made = Narration(text, tokens, spoken.phonemes, spoken.duration, self._folder / f"{key}.wav", voice.name)
        return _keep(made, levelled(spoken.sound, spoken.rate), spoken.rate)

    def _recorded(self, path: Path, text: str, manner: Manner) -> Narration:
        """Return what somebody recorded, at the loudness of all recordings, with the times of its words and sounds."""
        language = manner.language
        recogniser = recogniser_of(language)
        speakers = [name for name in ENGINES if speaks(name, language)]
        heard = [hash_of(path), recogniser.name if recogniser else "", *speakers]
        key = _key(text, manner, " ".join([RECORDED, *heard]))
        kept = _kept(self._folder, key, text)
        if kept is not None:
            return kept
        sound = read_recording(path)

        def hear() -> VisemeTrack:
            return listening()(sound[:, 0])

        def say() -> Spoken:
            return _say(self._open(None, language), text, Manner(language=language))

        at = aligned(path.name, text, sound[:, 0], language, hear, say)
        self.notes += [at.note] if at.note else []
        phonemes = () if at.found is None else at.found.phonemes
        duration = Fraction(len(sound), SAMPLE_RATE)
        made = Narration(text, at.tokens, phonemes, duration, self._folder / f"{key}.wav", RECORDED)
        return _keep(made, sound, SAMPLE_RATE)

    def _own(self, beat: Beat, asked: str | None) -> OwnVoice | None:
        """Return the voice of who is seen, else of who is seen first; None where another is asked for, or nobody is."""
        who = beat.scene if isinstance(beat.scene, Presenter) else self._host
        if asked is not None or who is None:
            return None
        return who.voice(self._home, beat.language or self._storyboard.language)

    def _open(self, asked: str | None, language: str) -> "Voice":
        name = asked or f"a voice for {language}"
        if name not in self._voices:
            self._voices[name] = open_voice(asked, language)
        return self._voices[name]


def _say(voice: "Voice", text: str, manner: Manner) -> Spoken:
    words = " ".join(text.split())
    if manner.language.lower().split("-")[0] == "en":
        words = "".join(aloud(one.written) if one.written == one.spoken else one.written for one in read_aloud(words))
    return joined(voice.speak(words, manner))


def _silent(text: str, manner: Manner) -> Narration:
    tokens, duration = read_silently(text, manner.pace)
    return Narration(text, tokens, (), duration, None, SILENT)


def _key(text: str, manner: Manner, voice: str | None) -> str:
    said = json.dumps([text, manner.model_dump(), voice, LOUDNESS.model_dump(), version(), commit()])
    return hashlib.sha256(said.encode()).hexdigest()[:24]


def _keep(made: Narration, sound: Sound, rate: int) -> Narration:
    """Write what was said, (N, 1), where the narration has it, and return the narration."""
    path = made.sound
    if path is None:
        return made
    write_media(path, None, [sound], sample_rate=rate, channels=1)
    record = {
        "voice": made.voice,
        "duration": str(made.duration),
        "tokens": [[one.first, one.stop, str(one.start), str(one.end)] for one in made.tokens],
        "phonemes": [[one.ipa, str(one.start), str(one.stop)] for one in made.phonemes],
    }
    with whole_file(path.with_suffix(".json")) as part:
        part.write_text(json.dumps(record, ensure_ascii=False), encoding="utf-8")
    return made


def _kept(folder: Path, key: str, text: str) -> Narration | None:
    """Return what was said before; None where it was not, or is damaged."""
    path = folder / f"{key}.wav"
    if not path.exists():
        return None
    try:
        record = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
        tokens = tuple(
            Token(first, stop, Fraction(start), Fraction(end)) for first, stop, start, end in record["tokens"]
        )
        phonemes = tuple(Phoneme(ipa, Fraction(start), Fraction(stop)) for ipa, start, stop in record["phonemes"])
        return Narration(text, tokens, phonemes, Fraction(record["duration"]), path, record["voice"])
    except (OSError, ValueError, KeyError, TypeError):
        return None

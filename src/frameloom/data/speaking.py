"""Speech of which every mouth is known, spoken once and kept: what `frameloom data make speech` makes.

    sayings --espeak in many languages, Joe of Piper, people of Flite and Festival-->
            sound at 16 kHz, phonemes with their times --> shards

speech/train/0000.npz  ...   val/0000.npz      Variants, languages and sentences of val are never trained on;
speech/made.json                               hibari is in neither: it is what the model is tested on.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, NonNegativeInt, PositiveFloat

from frameloom.core.config import Config
from frameloom.core.errors import MediaError
from frameloom.core.files import whole_file
from frameloom.data.sayings import LANGUAGES, arpabet, english, foreign, letters, syllables
from frameloom.effects.sound.mel import RATE
from frameloom.effects.sound.resample import resampled
from frameloom.media.speech import festival
from frameloom.media.speech.espeak import EspeakVoice
from frameloom.media.speech.flite import SPEAKERS, Flite
from frameloom.media.speech.piper import PiperVoice
from frameloom.media.speech.spoken import Phoneme, Spoken

MADE_NAME = "made.json"
SHARD_MINUTES = 5.0

TRAIN_VARIANTS = (
    "", "", "f1", "f2", "f3", "f4", "m1", "m2", "m3", "m4", "m6", "m8", "Alex", "Andrea", "Annie", "Gene", "Michael",
    "anika", "belinda", "linda", "steph", "edward", "ian", "norbert", "quincy", "rob", "victor", "klatt", "klatt2",
    "klatt3", "klatt6", "whisper",
)  # fmt: skip
VAL_VARIANTS = ("f5", "m5", "m7", "Lee", "shelby", "klatt4")
VAL_LANGUAGES = ("en-us", "sv", "cs", "sw", "ko")
FESTIVAL_VAL = "cs"
"""Whoever speaks it at Festival is met in val alone."""
_MOST_EFFORTS = 20
_AT_ONCE = 8
"""Sentences for which Festival is begun once."""


class MakeSpeechConfig(Config):
    """How much is spoken, and by whom."""

    out: Path = Path("data/speech")
    """Folder for train/ and val/."""
    minutes: PositiveFloat = 240.0
    """Minutes of speech to train on; val has a twentieth of them beside."""
    natural: Annotated[float, Field(ge=0, le=1)] = 0.2
    """Share that Joe of Piper speaks; 0 does without Piper."""
    recorded: Annotated[float, Field(ge=0, le=1)] = 0.25
    """Share that the four people of Flite speak; 0 does without Flite."""
    gathered: Annotated[float, Field(ge=0, le=1)] = 0.3
    """Share that the people of Festival speak; 0 does without Festival."""
    made_up: Annotated[float, Field(ge=0, le=1)] = 0.3
    """Share of sentences that are syllables without sense."""
    english: Annotated[float, Field(ge=0, le=1)] = 0.5
    """Share of espeak's other sentences that are English."""
    seed: NonNegativeInt = 0
    """Fixes what is said, and how."""


@dataclass(frozen=True)
class Making:
    """How far it is."""

    progress: float
    minutes: float
    path: Path | None = None
    record: Mapping[str, float | int | str] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """Return how much is there."""
        return f"{self.minutes:.1f} minutes"


def make_speech(config: MakeSpeechConfig) -> Iterator[Making]:
    """Speak, and yield after every shard; go on with what an earlier try left.

    Raises:
        MediaError: a voice is not installed.
        OutputError: the folder cannot be written.
    """
    speakers = _Speakers(config)
    wanted = [("train", config.minutes), ("val", max(config.minutes / 20, 0.5))]
    total, done = sum(minutes for _, minutes in wanted), 0.0
    for split, minutes in wanted:
        left, number = minutes, 0
        while left > 1e-6:
            part = min(left, SHARD_MINUTES)
            path = config.out / split / f"{number:04}.npz"
            if not path.is_file():
                _write(path, speakers.shard(split, number, part))
            left, number, done = left - part, number + 1, done + part
            told: dict[str, float | int | str] = {"split": split, "shard": number, "minutes": round(done, 2)}
            yield Making(done / total, done, path, told)
    with whole_file(config.out / MADE_NAME) as part_path:
        part_path.write_text(json.dumps(config.model_dump(mode="json"), indent=2) + "\n", encoding="utf-8")


@dataclass(frozen=True, eq=False)
class Said:
    """A sentence: samples at 16 kHz, and its phonemes."""

    sound: NDArray[np.float32]
    phonemes: tuple[Phoneme, ...]
    natural: bool


class _Speakers:
    """The voices, each with what it says by dice."""

    def __init__(self, config: MakeSpeechConfig) -> None:
        self.config = config
        self.piper = PiperVoice()
        self.espeak = EspeakVoice()
        self.flite = Flite()
        self.stock: list[Spoken] = []
        """What Festival has said that was not given away yet."""

    def shard(self, split: str, number: int, minutes: float) -> list[Said]:
        """Return sentences of so many minutes together."""
        random = np.random.default_rng([self.config.seed, ("train", "val").index(split), number])
        said: list[Said] = []
        self.stock = []
        left = minutes * 60 * RATE
        while left > 0:
            said.append(self._one(random, split))
            left -= len(said[-1].sound)
        return said

    def _one(self, random: np.random.Generator, split: str) -> Said:
        for _ in range(_MOST_EFFORTS):
            kind = random.random() - self.config.natural
            recorded, natural = kind < self.config.recorded, kind < self.config.recorded + self.config.gathered
            try:
                if kind < 0:
                    spoken = self._joe(random)
                elif recorded:
                    spoken = self._flite(random)
                else:
                    spoken = self._festival(random, split) if natural else self._espeak(random, split)
            except MediaError as error:
                if "installed" in str(error):
                    raise
                continue  # syllables that the engine cannot say
            sound = resampled(spoken.sound[:, 0], spoken.rate, RATE)
            return Said(sound, spoken.phonemes, natural)
        raise MediaError(f"speech: {_MOST_EFFORTS} sentences in a row could not be spoken; reinstall the voices")

    def _joe(self, random: np.random.Generator) -> Spoken:
        made_up = random.random() < self.config.made_up
        text = syllables(random, ipa=True) if made_up else english(random)
        pace = float(np.exp(random.normal(0, 0.18)))
        return self.piper.utter(text, pace, noise=float(random.uniform(0.3, 0.9)))

    def _flite(self, random: np.random.Generator) -> Spoken:
        made_up = random.random() < self.config.made_up
        speaker = str(random.choice(SPEAKERS, p=[0.4, 0.25, 0.25, 0.1]))
        pace, pitch = float(np.exp(random.normal(0, 0.15))), float(np.exp(random.normal(0, 0.12)))
        text = arpabet(random) if made_up else english(random)
        return self.flite.utter(text, speaker, pace, pitch, phonemes=made_up)

    def _festival(self, random: np.random.Generator, split: str) -> Spoken:
        if not self.stock:
            names = [
                name for name, one in festival.SPEAKERS.items() if (one.language == FESTIVAL_VAL) == (split != "train")
            ]
            chosen = str(random.choice(names))
            pace = float(np.exp(random.normal(0, 0.15)))
            self.stock = festival.utter([self._for_festival(random, chosen) for _ in range(_AT_ONCE)], chosen, pace)
        if not self.stock:
            raise MediaError("festival: says nothing; give words")
        return self.stock.pop()

    def _for_festival(self, random: np.random.Generator, name: str) -> str:
        language = festival.SPEAKERS[name].language
        if random.random() < self.config.made_up and language != "ru":  # that is written in other letters
            return letters(random)
        return english(random) if language == "en-us" else foreign(random, language)

    def _espeak(self, random: np.random.Generator, split: str) -> Spoken:
        variants = TRAIN_VARIANTS if split == "train" else VAL_VARIANTS
        languages = [one for one in LANGUAGES if (one in VAL_LANGUAGES) != (split == "train") or one == "en-us"]
        others = [one for one in languages if not one.startswith("en")]
        made_up, is_english = random.random() < self.config.made_up, random.random() < self.config.english
        language = "en-us" if made_up else str(random.choice(languages[:2] if split == "train" else ["en-us"]))
        text = syllables(random, ipa=False) if made_up else english(random)
        if not made_up and not is_english:
            language = str(random.choice(others))
            text = foreign(random, language)
        self.espeak.variant = str(random.choice(variants))
        pace, pitch = float(np.exp(random.normal(0, 0.2))), float(np.exp(random.normal(0, 0.25)))
        return self.espeak.utter(text, language, pace, pitch, phonemes=made_up)


def _write(path: Path, said: list[Said]) -> None:
    """Write sentences one after the other: samples, phonemes (which of the signs, start, stop), and where each ends."""
    sound = np.concatenate([one.sound for one in said])
    signs = sorted({each.ipa for one in said for each in one.phonemes})
    numbers = {ipa: number for number, ipa in enumerate(signs)}
    phonemes = [(numbers[each.ipa], float(each.start), float(each.stop)) for one in said for each in one.phonemes]
    with whole_file(path) as part:
        np.savez(
            part,
            sound=np.clip(np.rint(sound * 32767), -32768, 32767).astype(np.int16),
            ends=np.cumsum([len(one.sound) for one in said]),
            signs=np.array(signs),
            phonemes=np.array(phonemes, np.float64).reshape(-1, 3),
            phoneme_ends=np.cumsum([len(one.phonemes) for one in said]),
            natural=np.array([one.natural for one in said]),
        )

"""Speech of which every mouth is known, spoiled in ever new ways.

    shards of data make speech --cut, joined, played faster--> --intensity-->
                               --rooms, noise, codecs--> mel rows (B, T, 1, 1, 48), mouths (B, T, 15), intensity (B, T)

The same number gives the same clip.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from zipfile import BadZipFile

import numpy as np
import torch
from numpy.typing import NDArray
from pydantic import Field, PositiveInt

from frameloom.core.config import Config
from frameloom.core.errors import DataError
from frameloom.data.batch import Batch, share_of
from frameloom.data.digits import Split

if TYPE_CHECKING:
    from frameloom.media.speech.track import Mouth

Share = Annotated[float, Field(ge=0, le=1)]

BANDS = 48
"""Of a row, `effects.sound.mel`."""
MOUTHS = 15

_STREAM = 13
_RATE, _HOP = 16_000, 160
_LONGEST_PAUSE_S = 0.6


class SpeechConfig(Config):
    """Which speech, how long the clips, and how it is spoiled."""

    source: Literal["speech"] = "speech"
    folder: str = "data/speech"
    """Folder that `frameloom data make speech` has filled."""
    seconds: Annotated[float, Field(ge=0.5, le=60)] = 4.0
    """Length of a clip."""
    natural: Share = 0.5
    """Share of the sentences that are by natural voices, where there are any."""
    tempo: Annotated[float, Field(ge=0, le=0.5)] = 0.15
    """How much faster or slower sentences are played, pitch and all: the deviation of its logarithm."""
    spoiled: Share = 0.9
    """How often each thing happens that spoils a sound."""
    clips: PositiveInt = 128
    """Clips of val and of test."""


@dataclass(frozen=True, eq=False)
class _Sentences:
    """Shards, one after the other."""

    sound: NDArray[np.int16]
    begins: NDArray[np.int64]
    """First sample of each sentence, and behind the last."""
    phonemes: NDArray[np.float64]
    """Which of the signs, start and stop in s from the beginning of the sentence, (P, 3)."""
    phoneme_begins: NDArray[np.int64]
    signs: tuple[str, ...]
    natural: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.natural)

    def samples(self, number: int) -> NDArray[np.float32]:
        """Return a sentence's samples, (N,)."""
        part = self.sound[self.begins[number] : self.begins[number + 1]]
        return part.astype(np.float32) / np.float32(32768)

    def mouths(self, number: int) -> "list[Mouth]":
        """Return a sentence's visemes with their times in s."""
        from frameloom.media.speech.spoken import Phoneme
        from frameloom.media.speech.track import spans

        own = self.phonemes[self.phoneme_begins[number] : self.phoneme_begins[number + 1]]
        return spans([Phoneme(self.signs[int(sign)], start, stop) for sign, start, stop in own])


class Speech:
    """Clips without end for training, and a fixed number of them for val and test."""

    count: int | None

    def __init__(
        self, config: SpeechConfig, split: Split = "train", seed: int = 0, device: torch.device | str = "cpu"
    ) -> None:
        """Read the shards; val's stand in for test, for that is another voice: hibari.

        Raises:
            DataError: there is none.
        """
        self.config, self.split, self.seed, self.device = config, split, seed, torch.device(device)
        folder = Path(config.folder) / ("train" if split == "train" else "val")
        shards = sorted(folder.glob("[0-9]*.npz"))
        if not shards:
            raise DataError(f"{folder}: no speech; make some with `frameloom data make speech {config.folder}`")
        self.sentences = _read(shards)
        self.kinds = [np.flatnonzero(self.sentences.natural == natural) for natural in (False, True)]
        self.rows = round(config.seconds * _RATE / _HOP)
        self.count = None if split == "train" else config.clips

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Return (T, C, H, W) of a clip: rows as pictures one px high."""
        return self.rows, 1, 1, BANDS

    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Batch:
        """Return clips index * size to (index + 1) * size, or of these what falls to share[0] of share[1] processes.

        "video" (B, T, 1, 1, 48), about -1 to 1; "mouths" (B, T, 15), rows sum to 1; "intensity" (B, T) in [0, 1].

        Raises:
            DataError: the batch is too small to share, or lies beyond the last clip of val or test.
        """
        part = share_of(index, size, share)
        numbers = [number for number in part if self.count is None or number < self.count]
        if not numbers:
            raise DataError(
                f"{self.config.folder}: {self.split} clip {part.start} lies beyond the last of {self.count}"
            )
        clips = [self.clip(number) for number in numbers]
        rows, mouths, intensity = (
            torch.from_numpy(np.stack(each)).to(self.device) for each in zip(*clips, strict=True)
        )
        return {"video": rows[:, :, None, None], "mouths": mouths, "intensity": intensity}

    def clip(self, number: int) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
        """Return rows (T, 48), shares of visemes (T, 15) and intensity (T,)."""
        from frameloom.data.spoiling import spoiled
        from frameloom.effects.sound.mel import mel_rows
        from frameloom.media.speech.track import intensity_of, shares

        dice = np.random.default_rng([self.seed, _STREAM, ("train", "val", "test").index(self.split), number])
        speech, mouths = self._spoken(dice)
        others, _ = self._spoken(dice) if dice.random() < 0.2 else (speech[::-1].copy(), [])
        heard = spoiled(dice, speech, others, self.config.spoiled)
        return mel_rows(heard), shares(mouths, self.rows), intensity_of(speech[:, None], _RATE)

    def _spoken(self, dice: np.random.Generator) -> tuple[NDArray[np.float32], list[tuple[int, float, float]]]:
        """Return samples of a clip's length, sentences with pauses between them, and mouths with their times."""
        from frameloom.data.spoiling import played, tempo

        length = self.rows * _HOP
        sound = np.zeros(length, np.float32)
        mouths: list[tuple[int, float, float]] = []
        natural = bool(len(self.kinds[1])) and (dice.random() < self.config.natural or not len(self.kinds[0]))
        at = -int(dice.uniform(0, 0.5) * length)
        while at < length:
            kind = self.kinds[int(natural)]
            number = int(kind[int(dice.integers(len(kind)))])
            faster = tempo(dice, natural=natural, spread=self.config.tempo) if self.config.tempo else 1.0
            said, faster = played(self.sentences.samples(number), faster)
            first, last = max(at, 0), min(at + len(said), length)
            if last > first:
                sound[first:last] = said[first - at : last - at]
                own = self.sentences.mouths(number)
                begin = at / _RATE
                mouths += [
                    (one, float(start) / faster + begin, float(stop) / faster + begin) for one, start, stop in own
                ]
            at += len(said) + int(dice.uniform(0, _LONGEST_PAUSE_S) * _RATE)
        return sound, mouths


def _read(shards: list[Path]) -> _Sentences:
    """Return what shards hold.

    Raises:
        DataError: one of them is damaged.
    """
    numbers: dict[str, int] = {}
    sound, begins, phonemes, phoneme_begins, natural = [], [np.zeros(1, np.int64)], [], [np.zeros(1, np.int64)], []
    for path in shards:
        try:
            with np.load(path) as shard:
                sound.append(shard["sound"])
                begins.append(shard["ends"] + begins[-1][-1])
                own = [numbers.setdefault(str(sign), len(numbers)) for sign in shard["signs"]]
                table = shard["phonemes"]
                table[:, 0] = np.array(own)[table[:, 0].astype(int)]
                phonemes.append(table)
                phoneme_begins.append(shard["phoneme_ends"] + phoneme_begins[-1][-1])
                natural.append(shard["natural"])
        except (OSError, ValueError, KeyError, IndexError, BadZipFile) as error:
            raise DataError(
                f"{path}: damaged ({error}); delete it and run `frameloom data make speech` again"
            ) from error
    every = (np.concatenate(each) for each in (sound, begins, phonemes, phoneme_begins))
    return _Sentences(*every, tuple(numbers), np.concatenate(natural))

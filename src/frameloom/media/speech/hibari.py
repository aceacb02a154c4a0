"""hibari: a natural English voice that comes with its package and runs in this process.

    text --its own reading--> phonemes --network--> spectra, pitch, and how long each phoneme lasts --> sound

How long they last is asked of the network as one more output. Its own clock runs a little late: see `LATE_S`.
"""

import importlib
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from frameloom.core.errors import MediaError, MissingDependencyError, ModelError
from frameloom.media.runtime import problems  # before hibari loads it: it keeps it silent
from frameloom.media.speech.letters import check_letters
from frameloom.media.speech.newsreader import read_aloud
from frameloom.media.speech.onnx_outputs import with_output
from frameloom.media.speech.pauses import settled
from frameloom.media.speech.phones import PAUSES
from frameloom.media.speech.reading import is_plain, written_words
from frameloom.media.speech.sentences import sentences
from frameloom.media.speech.signs import placed, words_of
from frameloom.media.speech.spoken import Manner, Spoken, joined, moved, without_lead

DURATIONS = "/Round_output_0"
"""The tensor with the duration of each sign, in units of 25 ms."""
UNIT = Fraction(1, 40)
LATE_S = Fraction(45, 1000)
"""By how much it tells phonemes late; found by `tools/calibrate_voice.py hibari`."""

LEAD_S = Fraction(1, 20)
"""Silence that is kept before what is said first; the network leaves a quarter of a second."""

_SEED = 0
_SIGNS = {"A": "eɪ", "I": "aɪ", "O": "oʊ", "W": "aʊ", "Y": "ɔɪ", "Q": "əʊ", "T": "ɾ", "ʤ": "dʒ", "ʧ": "tʃ", "ᵊ": "ə"}
"""Signs of its alphabet that are not IPA."""


class HibariVoice:
    """See the module."""

    name = "hibari"

    def __init__(self, threads: int = 1) -> None:
        """Open the network.

        Raises:
            MissingDependencyError: the package hibari-tts is not installed.
            ModelError: its network does not tell how long phonemes last.
        """
        try:
            hibari, self._dsp = importlib.import_module("hibari"), importlib.import_module("hibari.dsp")
            place = importlib.import_module("hibari.voices").voice_path("heart", download_missing=False)
        except ImportError as error:
            raise MissingDependencyError("hibari: not installed; pip install hibari-tts") from error
        try:
            network = with_output(Path(place).read_bytes(), DURATIONS)
            self._engine: Any = hibari.Hibari(model=network, threads=threads)
        except (problems.Fail, problems.InvalidGraph, problems.InvalidProtobuf) as error:
            raise ModelError(f"{place}: does not tell how long phonemes last; install hibari-tts 0.2.1") from error

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Yield sentences as soon as each is spoken.

        Raises:
            MediaError: the text has nothing to speak, or is not English.
        """
        if manner.language.lower().replace("_", "-").split("-")[0] != "en":
            raise MediaError(f"language {manner.language!r}: hibari speaks English alone; take --voice espeak")
        check_letters(text, manner.language)
        is_first = True
        for sentence in sentences(text):
            for said in self._sentence(sentence, manner):
                yield without_lead(said, LEAD_S) if is_first else said
                is_first = False

    def _sentence(self, sentence: str, manner: Manner) -> Iterator[Spoken]:
        """Yield a sentence, in parts where it is long; one that is not said as it is written, as a whole."""
        pieces = read_aloud(sentence)
        said = (self._said(*part, manner) for part in self._read("".join(piece.spoken for piece in pieces)))
        if is_plain(pieces):
            yield from said
        else:
            whole = joined(said)
            yield replace(whole, words=written_words(pieces, whole.words))

    def _read(self, sentence: str) -> Iterator[tuple[str, str]]:
        """Yield a sentence in signs, a part of it at a time, and each part as it is written."""
        parts = self._engine.phonemize(sentence)
        if not parts:
            raise MediaError(f"text {sentence[:40]!r}: hibari finds no English in it; take --voice espeak")
        written = sentence.split()
        for number, part in enumerate(parts):
            count = len(written) if number == len(parts) - 1 else len(_groups(part))
            yield part, " ".join(written[:count])
            written = written[count:]

    def _said(self, signs: str, written: str, manner: Manner) -> Spoken:
        kept = [sign for sign in signs if sign in self._engine.vocab]
        given = {
            "ids": np.asarray([self._engine.ids(signs)], np.int64),
            "speed": np.asarray([manner.pace / manner.pitch], np.float32),
        }
        *spectra, pitch, durations = self._engine.sess.run(None, given)
        parts = [each[0] for each in spectra]
        random = np.random.default_rng(_SEED)
        sound = self._dsp.synth(*parts, pitch[0], random)[:, None]
        own = int(self._engine.sample_rate)
        rate = round(own * manner.pitch)  # higher as a tape is that runs faster
        faster = Fraction(rate, own)
        lengths = [int(units) * UNIT / faster for units in np.ravel(durations)]
        duration = Fraction(len(sound), rate)
        late = placed([_SIGNS.get(sign, sign) for sign in kept], lengths[1:-1], lengths[0] - LATE_S / faster)
        heard = [(group, one) for group, each in late for one in moved([each], Fraction(0), duration)]
        words = words_of(heard, written)
        return settled(Spoken(sound.astype(np.float32), rate, tuple(one for _, one in heard), words))


def _groups(signs: str) -> list[str]:
    return [group for group in signs.split(" ") if any(sign not in PAUSES for sign in group)]

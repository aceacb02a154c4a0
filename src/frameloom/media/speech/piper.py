"""Piper with the voice of Joe: natural American English, in a process of its own.

text --pipe--> piper_worker --samples, how long each sign lasts--> phonemes and words
"""

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np

from frameloom.core.errors import MediaError
from frameloom.media.speech.letters import check_letters
from frameloom.media.speech.newsreader import read_aloud
from frameloom.media.speech.pauses import settled
from frameloom.media.speech.reading import is_plain, written_words
from frameloom.media.speech.sentences import sentences
from frameloom.media.speech.signs import placed, words_of
from frameloom.media.speech.spoken import Manner, Spoken, moved
from frameloom.media.speech.worker import Worker

MODULE = "frameloom.media.speech.piper_worker"
LATE_S = Fraction(18, 1000)
"""By how much it tells phonemes late; found by `tools/calibrate_voice.py piper`."""


class PiperVoice:
    """See the module."""

    name = "piper"

    def __init__(self, threads: int = 1) -> None:
        """Remember how many threads it may take; the process starts with the first sentence."""
        self.threads = threads
        self._worker = Worker(MODULE)

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Yield sentences as soon as each is spoken.

        Raises:
            MediaError: the text has nothing to speak, or is not English.
        """
        if manner.language.lower().replace("_", "-").split("-")[0] != "en":
            raise MediaError(f"language {manner.language!r}: piper speaks English alone; take --voice espeak")
        check_letters(text, manner.language)
        for sentence in sentences(text):
            pieces = read_aloud(sentence)
            told = "".join(piece.spoken for piece in pieces).replace(
                "[[", "[ ["
            )  # or it takes what follows for phonemes
            spoken = self.utter(told, manner.pitch / manner.pace, pitch=manner.pitch)
            yield spoken if is_plain(pieces) else replace(spoken, words=written_words(pieces, spoken.words))

    def utter(self, text: str, length_scale: float = 1.0, noise: float | None = None, *, pitch: float = 1.0) -> Spoken:
        """Return one sentence; a larger length scale is slower, noise is how freely it is said, .667 by default.

        What stands in [[ ]] is taken as IPA. It is played so much faster as the pitch is to be higher.

        Raises:
            MediaError: nothing comes of it.
        """
        request: dict[str, Any] = {"text": text, "length_scale": length_scale, "threads": self.threads, "noise": noise}
        answer, content = self._worker.ask(request)
        sound = np.frombuffer(content, "<i2").astype(np.float32)[:, None] * np.float32(2**-15)
        rate = round(answer["rate"] * pitch)
        signs = [sign for sign, _ in answer["phonemes"]]
        lengths = [Fraction(samples, rate) for _, samples in answer["phonemes"]]
        duration = Fraction(len(sound), rate)
        late = placed(signs, lengths, -LATE_S * answer["rate"] / rate)
        heard = [(group, one) for group, each in late for one in moved([each], Fraction(0), duration)]
        return settled(Spoken(sound, rate, tuple(one for _, one in heard), words_of(heard, text)))

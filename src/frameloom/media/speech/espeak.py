"""The voices of espeak-ng: about a hundred languages, in a process of their own.

    text --pipe--> espeak_worker --samples, events--> phonemes and words

It tells of a stop when it bursts. The mouth is shut before: what is quiet just before a burst belongs to the stop.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.media.speech import chinese, japanese, newsreader
from frameloom.media.speech.letters import check_letters
from frameloom.media.speech.reading import Piece, is_plain, written_words
from frameloom.media.speech.sentences import sentences
from frameloom.media.speech.spoken import Manner, Phoneme, Spoken, Word
from frameloom.media.speech.worker import Worker

MODULE = "frameloom.media.speech.espeak_worker"
VARIANTS = ("", "f1", "f2", "f3", "f4", "f5", "m1", "m2", "m3", "m4", "m5", "m6", "m7", "klatt", "klatt4", "whisper")
"""Some of the voices that each language can be spoken with; "" is its own."""

_ALIASES = {
    "zh": "cmn", "zh-cn": "cmn", "zh-hans": "cmn", "zh-tw": "cmn", "zh-hant": "cmn", "zh-hk": "yue", "no": "nb",
    "en": "en-us", "fr": "fr-fr", "iw": "he", "pt-pt": "pt", "ar-sa": "ar", "vi-vn": "vi",
}  # fmt: skip
_USUAL_WORDS_PER_MINUTE = 175
_USUAL_PITCH = 50
_PITCH_STEPS_PER_OCTAVE = 55
"""Its scale from 0 to 100 spans a little less than two octaves."""
_STOPS = "pbtdkɡgcɟqɢʈɖʔʦʨʧʤ"
_WINDOW_S, _LONGEST_CLOSURE_S, _QUIET = 0.0025, 0.1, 0.12
"""Step of the search for a closure, how far it goes, and what share of the loudness around is still quiet."""


class EspeakVoice:
    """See the module."""

    def __init__(self, variant: str = "") -> None:
        """Remember the variant; the process starts with the first sentence."""
        self.variant = variant
        self._worker = Worker(MODULE)
        self._languages: dict[str, str] = {}

    @property
    def name(self) -> str:
        """Return the name by which it is opened."""
        return f"espeak:{self.variant}" if self.variant else "espeak"

    def languages(self) -> dict[str, str]:
        """Return the codes of the languages that it speaks, and their names.

        Raises:
            MediaError: espeak-ng is not installed.
        """
        if not self._languages:
            self._languages = self._worker.ask({"list": True})[0]["languages"]
        return self._languages

    def speak(self, text: str, manner: Manner) -> Iterator[Spoken]:
        """Yield sentences as soon as each is spoken.

        Raises:
            MediaError: the text has nothing to speak or is in other letters, or the language is unknown.
        """
        language = self.code_of(manner.language)
        check_letters(text, manner.language)
        for sentence in sentences(text):
            pieces = _pieces(sentence, language)
            told = "".join(piece.spoken for piece in pieces) if pieces else sentence
            spoken = self.utter(told, language, manner.pace, manner.pitch)
            yield replace(spoken, words=written_words(pieces, spoken.words)) if pieces else spoken

    def utter(
        self, text: str, language: str, pace: float = 1.0, pitch: float = 1.0, *, phonemes: bool = False
    ) -> Spoken:
        """Return one sentence; phonemes takes what stands in [[ ]] as phonemes of espeak's own alphabet.

        Raises:
            MediaError: nothing comes of it, or there is no such voice.
        """
        octaves = float(np.log2(pitch))
        answer, content = self._worker.ask({
            "voice": f"{language}+{self.variant}" if self.variant else language,
            "text": text,
            "words_per_minute": min(max(round(_USUAL_WORDS_PER_MINUTE * pace), 80), 450),
            "pitch": min(max(round(_USUAL_PITCH + _PITCH_STEPS_PER_OCTAVE * octaves), 0), 99),
            "phonemes": phonemes,
        })  # fmt: skip
        sound = np.frombuffer(content, "<i2").astype(np.float32)[:, None] * np.float32(2**-15)
        spoken = _spoken(sound, int(answer["rate"]), answer["events"], text)
        if not spoken.phonemes:
            raise MediaError(f"text {text[:40]!r}: espeak finds nothing to speak in it; give words")
        return spoken

    def code_of(self, asked: str) -> str:
        """Return its own code of a language.

        Raises:
            MediaError: it does not speak it, or espeak-ng is not installed.
        """
        known = {code.lower(): code for code in self.languages()}
        code = asked.lower().replace("_", "-")
        for one in (_ALIASES.get(code, code), code, _ALIASES.get(code.split("-")[0], code.split("-")[0])):
            if one in known:
                return known[one]
        raise MediaError(f"language {asked!r}: espeak does not speak it; see `frameloom voices --languages`")


def _pieces(sentence: str, language: str) -> list[Piece]:
    """Return a sentence as it is read, where that is not as it is written.

    Raises:
        MediaError: it wants a dictionary that is not installed.
    """
    if language in ("cmn", "yue"):
        return chinese.read_aloud(sentence)
    if language.startswith("en"):
        pieces = newsreader.read_aloud(sentence)
        return [] if is_plain(pieces) else pieces
    if language != "ja" or not japanese.needs_reading(sentence):
        return []
    if not japanese.is_installed():
        raise MediaError(
            f"text {sentence[:40]!r}: espeak reads no kanji; pip install 'frameloom[japanese]', or write kana"
        )
    return japanese.read_aloud(sentence)


def _spoken(sound: NDArray[np.float32], rate: int, events: Sequence[Any], text: str) -> Spoken:
    """Return speech with what its events tell."""
    marks = [(sample, what) for kind, sample, what in events if kind == "phoneme"]
    ends = [sample for sample, _ in marks[1:]] + [len(sound)]
    level = _levels(sound[:, 0], rate)
    spans = [[ipa, begin, end] for (begin, ipa), end in zip(marks, ends, strict=True)]
    for number, (ipa, begin, _) in enumerate(spans):
        if ipa.lstrip("ˈˌ")[:1] and ipa.lstrip("ˈˌ")[0] in _STOPS:
            least = (spans[number - 1][1] + begin) // 2 if number else 0
            closed = max(_closure(level, rate, begin), least)
            spans[number][1] = closed
            if number:
                spans[number - 1][2] = closed
    phonemes = tuple(
        Phoneme(ipa, Fraction(begin, rate), Fraction(end, rate)) for ipa, begin, end in spans if ipa and end > begin
    )
    return Spoken(sound, rate, phonemes, _words(events, phonemes, rate, text))


def _levels(samples: NDArray[np.float32], rate: int) -> NDArray[np.float32]:
    """Return the loudness of every 2.5 ms."""
    step = round(_WINDOW_S * rate)
    count = len(samples) // step
    levels: NDArray[np.float32] = np.sqrt(np.square(samples[: count * step]).reshape(count, step).mean(1))
    return levels


def _closure(level: NDArray[np.float32], rate: int, burst: int) -> int:
    """Return the sample from which it is quiet before a burst; the burst itself if it is not."""
    step = round(_WINDOW_S * rate)
    here, reach = min(burst // step, len(level)), round(_LONGEST_CLOSURE_S / _WINDOW_S)
    quiet = _QUIET * float(level[max(here - reach, 0) : here + reach].max(initial=0))
    first = here
    while first > max(here - reach, 0) and level[first - 1] < quiet:
        first -= 1
    return first * step if first < here - 1 else burst


def _words(events: Sequence[Any], phonemes: Sequence[Phoneme], rate: int, text: str) -> tuple[Word, ...]:
    """Return the words of which something is heard, each over its own phonemes; a number read as several is one."""
    marks = [(sample, what) for kind, sample, what in events if kind == "word"]
    ends = [Fraction(sample, rate) for sample, _ in marks[1:]] + [Fraction(10**9)]
    words: list[Word] = []
    told = 0
    for (sample, (first, length)), end in zip(marks, ends, strict=True):
        begin = Fraction(sample, rate)
        own = [one for one in phonemes if begin <= (one.start + one.stop) / 2 < end]
        said = text[first : first + length].strip()
        if own and words and first < told:
            words[-1] = Word(words[-1].text, words[-1].start, own[-1].stop)
        elif own and said:
            words.append(Word(said, own[0].start, own[-1].stop))
        told = max(told, first + length)
    return tuple(words)

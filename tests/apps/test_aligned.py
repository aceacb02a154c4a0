"""A text is found in a recording of it; where its words were heard by a recogniser, there, unless that went astray."""

from fractions import Fraction

import numpy as np
import pytest
from tests.media.speech.mouths import heard, text

from frameloom.apps import aligned as room
from frameloom.apps.aligned import Aligned, aligned
from frameloom.core.errors import ModelError
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.speech.spoken import Spoken
from frameloom.media.speech.tokens import Token, tokens_of
from frameloom.media.visemes import VisemeTrack

S = Fraction
TWICE = heard(("PP", 10), ("aa", 20), ("sil", 30), ("PP", 10), ("aa", 20))
"""The same word twice, in 0.9 s."""


def found(
    words: str,
    track: VisemeTrack,
    told: list[tuple[Fraction, Fraction]],
    monkeypatch: pytest.MonkeyPatch,
    note: str = "",
) -> Aligned:
    tokens = tuple(Token(*span, *times) for span, times in zip(tokens_of(words), told, strict=True))
    monkeypatch.setattr(room, "recogniser_of", lambda language: object())
    monkeypatch.setattr(room, "word_times", lambda *given: (tokens, note))
    sound = np.zeros(len(track.weights) * SAMPLE_RATE // 100, np.float32)
    return aligned("a.wav", words, sound, "en", lambda: track, lambda: text(*words.split()))


def starts(one: Aligned) -> list[Fraction]:
    return [token.start for token in one.tokens]


def test_a_word_is_found_where_it_was_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "ENOUGH", 0.2)
    for told, begins in ((S(1, 10), 0), (S(7, 10), S(6, 10))):
        assert starts(found("ma", TWICE, [(told, told + S(1, 10))], monkeypatch)) == [begins]


def test_words_that_were_heard_astray_are_found_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    track = heard(("PP", 10), ("aa", 20), ("sil", 200), ("SS", 10), ("U", 20), ("sil", 200))
    late = [(S(3), S(31, 10)), (S(4), S(41, 10))]
    one = found("ma su", track, late, monkeypatch)
    assert (starts(one), one.note) == ([0, S(23, 10)], "")


def test_another_text_keeps_what_was_heard_and_its_note(monkeypatch: pytest.MonkeyPatch) -> None:
    told = [(S(1, 10), S(2, 10)), (S(5, 10), S(6, 10))]
    one = found("fu ku", TWICE, told, monkeypatch, "five words are heard")
    assert (starts(one), one.found, one.note) == ([S(1, 10), S(5, 10)], None, "five words are heard")


def test_words_that_a_voice_says_otherwise_lie_between(monkeypatch: pytest.MonkeyPatch) -> None:
    track = heard(("sil", 50), ("PP", 10), ("aa", 20), ("SS", 20), ("U", 20), ("sil", 50))
    told = [(S(0), S(17, 10)), (S(17, 10), S(17, 10)), (S(17, 10), S(17, 10))]
    monkeypatch.setattr(room, "ENOUGH", 0.2)
    tokens = tuple(Token(*span, *times) for span, times in zip(tokens_of("1 ma su"), told, strict=True))
    monkeypatch.setattr(room, "recogniser_of", lambda language: None)
    monkeypatch.setattr(room, "word_times", lambda *given: (tokens, ""))
    sound = np.zeros(17 * SAMPLE_RATE // 10, np.float32)
    one = aligned("a.wav", "1 ma su", sound, "en", lambda: track, lambda: text("ma", "su"))
    assert starts(one) == [S(1, 2), S(1, 2), S(4, 5)]  # what no voice says takes no time of the silence before


def test_without_a_network_nothing_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "recogniser_of", lambda language: None)
    monkeypatch.setattr(room, "word_times", lambda *given: ((), "as before"))

    def deaf() -> VisemeTrack:
        raise ModelError("no such network")

    def say() -> Spoken:
        return text("ma")

    assert aligned("a.wav", "ma", np.zeros(9, np.float32), "en", deaf, say) == Aligned((), None, "as before")

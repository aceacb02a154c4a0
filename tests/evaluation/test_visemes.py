"""Scores of visemes, counted by hand."""

import numpy as np
import pytest
from numpy.typing import NDArray

from frameloom.evaluation.viseme_suite import SENTENCES, cases
from frameloom.evaluation.visemes import compare, total
from frameloom.media.speech.spoken import Manner
from frameloom.media.speech.voices import open_voice
from frameloom.media.visemes import VISEMES


def labels(text: str) -> NDArray[np.int64]:
    """Return labels of signs: . sil, p PP, f FF, a aa, t DD."""
    names = {".": "sil", "p": "PP", "f": "FF", "a": "aa", "t": "DD"}
    return np.array([VISEMES.index(names[sign]) for sign in text], np.int64)


def test_the_drawing_of_the_module() -> None:
    score = compare(labels("...pppaaa"), labels("..pppaaaa"))
    assert score.accuracy == pytest.approx(7 / 9)
    assert score.recall("PP") == 1
    assert score.onsets_ms == (10.0, 10.0)
    assert score.onset_error_ms == 10


def test_closures_are_counted_one_by_one() -> None:
    score = compare(labels("ppaaaaaaaaaattaaaa"), labels("ppaaaaaaaaaappaaff"))
    assert score.closures == {"PP": (1, 2), "FF": (0, 1)}
    assert score.recall("PP") == 0.5
    assert compare(labels("aaaapp"), labels("ppaaaa")).closures["PP"] == (0, 1)
    assert compare(labels("aaappa"), labels("paaaaa")).closures["PP"] == (0, 1)
    assert compare(labels("aapaaa"), labels("paaaaa")).closures["PP"] == (1, 1)  # within 20 ms


def test_onsets_without_a_like_one_nearby_are_missed() -> None:
    score = compare(labels("." * 40 + "a" * 10), labels("." * 10 + "t" * 10 + "a" * 30))
    assert score.missed == 2
    assert score.onsets_found == 0
    assert np.isnan(score.onset_error_ms)


def test_early_and_late_do_not_cancel() -> None:
    score = compare(labels("..ppp....aaa"), labels("...pp...aaaa"))
    assert sorted(score.onsets_ms) == [-10, 10]
    assert score.onset_error_ms == 10


def test_sums_are_over_rows_and_not_over_sentences() -> None:
    both = total([compare(labels("aaaaaaaa"), labels("aaaaaaaa")), compare(labels("pp"), labels("aa"))])
    assert both.accuracy == 0.8
    assert both.confusion[VISEMES.index("aa"), VISEMES.index("PP")] == 2
    assert total([]).accuracy == 0
    assert total([]).recall("PP") == 1
    assert "aa" in both.table()


def test_the_longer_is_cut() -> None:
    assert compare(labels("aaaa"), labels("aa")).accuracy == 1
    assert compare(labels(""), labels("a")).confusion.sum() == 0


def test_the_suite_is_said_by_a_voice_that_is_not_learned_from() -> None:
    pytest.importorskip("hibari")
    case = next(cases(open_voice("hibari"), Manner(), 1))
    assert case.text == SENTENCES[0]
    assert len(case.labels) == -(-len(case.sound) // 160)
    assert set(np.unique(case.labels)) > {0, VISEMES.index("PP"), VISEMES.index("FF")}
    assert (case.labels == 0).mean() < 0.3

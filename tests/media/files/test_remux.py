"""Smart copy: what is untouched stays as it is, byte for byte; what is new joins without a seam."""

import subprocess
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from frameloom.core.errors import MediaError
from frameloom.media.files import remux
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.remux import Copyable, CopyError, Fresh, Span, copy_span, copyable_spans, write_copying
from frameloom.media.files.source import read_pictures
from frameloom.media.planes import Planes

WIDTH, HEIGHT, GROUP, FRAMES = 96, 64, 12, 60
NTSC = Fraction(30000, 1001)
DRAFT = VideoFormat(speed="draft", quality=90)


def level(index: int) -> int:
    return 40 + index * 37 % 180


def make(
    path: Path,
    rate: Fraction = NTSC,
    encoder: str = "libx264",
    frames: int = FRAMES,
    size=(WIDTH, HEIGHT),
    **options: str,
) -> Path:
    """Write a source as another program would: groups of 12, luma tells the number, a bar moves over it."""
    width, height = size
    aspect, turn = Fraction(options.pop("aspect", "1")), float(options.pop("turn", "0"))
    with av.open(str(path), "w") as container:
        stream = container.add_stream(encoder, rate=rate, options={"g": str(GROUP), "sc_threshold": "0", **options})
        stream.width, stream.height, stream.pix_fmt = width, height, options.get("pix_fmt", "yuv420p")
        stream.time_base = stream.codec_context.time_base = 1 / rate
        stream.codec_context.sample_aspect_ratio = aspect
        if turn:
            stream.set_display_rotation(turn)
        for index in range(frames):
            planes = np.full((height * 3 // 2, width), 128, np.uint8)
            planes[:height] = level(index)
            planes[20:40, index * 3 % width :] = 220
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p").reformat(format=stream.pix_fmt)
            frame.pts, frame.time_base = index, 1 / rate
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def parts_of(path: Path, found: Copyable, rate: Fraction = NTSC) -> list[Span | Fresh]:
    """Return spans, and fresh pictures in between, as a caller lays them out."""

    def fresh(first: int, count: int) -> Fresh:
        def pictures() -> Iterator[Planes]:
            start = first / rate + 1 / rate / 4
            for picture in read_pictures(path, start, start + (count - 1) / rate):
                yield picture.planes

        return Fresh(count, pictures)

    parts: list[Span | Fresh] = []
    at, end = found.first, found.first + found.count
    for span in found.spans:
        parts += [fresh(at, span.first - at)] if span.first > at else []
        parts.append(span)
        at = span.first + span.count
    return [*parts, fresh(at, end - at)] if at < end else parts


def shown(path: Path) -> list[tuple[Fraction, np.ndarray]]:
    with av.open(str(path)) as container:
        return [
            (frame.pts * frame.time_base, frame.to_ndarray(format="yuv420p")) for frame in container.decode(video=0)
        ]


def payloads(path: Path) -> list[bytes]:
    with av.open(str(path)) as container:
        return [bytes(packet) for packet in container.demux(video=0) if packet.size]


def complaints(path: Path) -> str:
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-i", str(path), "-f", "null", "-"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stderr


FORMS = {
    "b-pyramid": ("a.mp4", "libx264", {"bf": "3"}),
    "no b": ("a.mp4", "libx264", {"bf": "0"}),
    "many b": ("a.mp4", "libx264", {"bf": "8", "b_strategy": "0", "x264-params": "b-pyramid=normal:ref=8"}),
    "baseline": ("a.mp4", "libx264", {"profile": "baseline"}),
    "main": ("a.mov", "libx264", {"profile": "main"}),
    "matroska": ("a.mkv", "libx264", {}),
    "high10": ("a.mp4", "libx264", {"pix_fmt": "yuv420p10le"}),
    "sps 3": ("a.mp4", "libx264", {"x264-params": "sps-id=3"}),
    "vp9": ("a.webm", "libvpx-vp9", {"deadline": "realtime", "cpu-used": "8"}),
    "vp9 with hidden": (
        "a.webm",
        "libvpx-vp9",
        {"deadline": "good", "cpu-used": "5", "lag-in-frames": "10", "b": "0", "crf": "20"},
    ),
}


@pytest.mark.parametrize("form", list(FORMS))
def test_only_what_a_cut_touches_is_new(tmp_path: Path, form: str) -> None:
    name, encoder, options = FORMS[form]
    source = make(tmp_path / name, encoder=encoder, **options)
    # from picture 5 to before picture 53: groups [12, 24), [24, 36), [36, 48) are whole
    found = copyable_spans(source, 5 / NTSC, 53 / NTSC, NTSC)
    assert (found.first, found.count, found.reason) == (5, 48, "")
    assert [(span.first, span.count, span.keys) for span in found.spans] == [(12, 36, (12, 24, 36))]
    out = tmp_path / f"cut{source.suffix}"
    written = write_copying(out, parts_of(source, found), rate=NTSC, video=DRAFT)
    assert (written.frames, written.width, written.height) == (48, WIDTH, HEIGHT)
    assert written.notes == ("36 of 48 pictures are copied as they are",)
    again, original = shown(out), shown(source)
    tolerance = Fraction(1, 1000) if out.suffix in (".mkv", ".webm") else 0
    assert len(again) == 48
    for index, (time, pixels) in enumerate(again):
        assert abs(time - index / NTSC) <= tolerance
        if 7 <= index < 43:
            assert np.array_equal(pixels, original[5 + index][1])
        else:
            assert np.abs(pixels.astype(int) - original[5 + index][1]).mean() < 3
    kept = payloads(source)[12:48]
    assert payloads(out)[7:43] == kept
    assert complaints(out) == ""


@pytest.mark.parametrize(
    ("start", "stop", "count", "spans"),
    [
        (0, None, 60, [(0, 60)]),
        (12, 24, 12, [(12, 12)]),
        (12, 60, 48, [(12, 48)]),
        (11, 25, 14, [(12, 12)]),
        (13, 35, 22, []),
        (13, 36, 23, [(24, 12)]),
        (0, 59, 59, [(0, 48)]),
        (49, None, 11, []),
        (70, 80, 0, []),
    ],
)
def test_whole_groups_between_two_cuts(tmp_path: Path, start: int, stop: int | None, count: int, spans: list) -> None:
    source = make(tmp_path / "a.mp4")
    found = copyable_spans(source, start / NTSC, None if stop is None else stop / NTSC, NTSC)
    assert (found.first, found.count) == (start, count)
    assert [(span.first, span.count) for span in found.spans] == spans
    assert found.reason == ("" if spans else "no whole group of pictures lies between its cuts")


def test_a_cut_between_pictures_shows_what_was_on_screen(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4")
    found = copyable_spans(source, (5 + Fraction(1, 2)) / NTSC, (53 + Fraction(1, 2)) / NTSC, NTSC)
    assert (found.first, found.count) == (5, 48)


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv"])
def test_every_time_on_the_grid_is_its_picture(tmp_path: Path, name: str) -> None:
    """Matroska rounds picture 2 at 0.0667 s to 0.067 s; a cut there still begins with it."""
    source = make(tmp_path / name, frames=30)
    assert [copyable_spans(source, k / NTSC, None, NTSC).first for k in range(30)] == list(range(30))


def test_spans_of_several_cuts_join(tmp_path: Path) -> None:
    """Two stretches of one file, the later one first."""
    source = make(tmp_path / "a.mp4")
    late, early = copyable_spans(source, 33 / NTSC, 60 / NTSC, NTSC), copyable_spans(source, 0 / NTSC, 27 / NTSC, NTSC)
    out = tmp_path / "out.mp4"
    write_copying(out, [*parts_of(source, late), *parts_of(source, early)], rate=NTSC, video=DRAFT)
    order = [*range(33, 60), *range(27)]
    again, original = shown(out), shown(source)
    assert [time for time, _ in again] == [k / NTSC for k in range(54)]
    for (_, pixels), number in zip(again, order, strict=True):
        assert np.abs(pixels.astype(int) - original[number][1]).mean() < 3
    assert complaints(out) == ""


def test_files_of_one_make_join(tmp_path: Path) -> None:
    first, second = make(tmp_path / "a.mp4"), make(tmp_path / "b.mp4", frames=36)
    parts = [span for path in (first, second) for span in copyable_spans(path, Fraction(0), None, NTSC).spans]
    written = write_copying(tmp_path / "ab.mp4", parts, rate=NTSC)
    assert (written.frames, written.notes) == (96, ("96 of 96 pictures are copied as they are",))
    assert payloads(tmp_path / "ab.mp4") == payloads(first) + payloads(second)
    assert complaints(tmp_path / "ab.mp4") == ""


def test_sound_goes_along(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4")
    found = copyable_spans(source, Fraction(0), None, NTSC)
    sound = np.zeros((96_096, 2), np.float32)
    write_copying(tmp_path / "out.mp4", found.spans, [sound], rate=NTSC, made_by="by hand")
    with av.open(str(tmp_path / "out.mp4")) as container:
        stream = container.streams.audio[0]
        assert stream.duration * stream.time_base == Fraction(96_096, 48_000)
        assert container.metadata["comment"] == "by hand"


def odd_sides(path: Path) -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libvpx-vp9", rate=NTSC)
        stream.width, stream.height = 63, 47
        container.mux(stream.encode(av.VideoFrame.from_ndarray(np.zeros((47, 63, 3), np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    return path


def obstacle(path: Path, rate: Fraction = NTSC) -> str:
    found = copyable_spans(path, Fraction(0), None, rate)
    assert found.spans == ()
    return found.reason


def test_what_stands_in_the_way_is_said(tmp_path: Path) -> None:
    assert obstacle(make(tmp_path / "a.mp4", encoder="libx265", **{"x265-params": "log-level=error"})) == (
        "hevc is not copied in parts, only h264 and vp9"
    )
    assert obstacle(make(tmp_path / "b.ts")).startswith("no avcC record of H.264")
    assert obstacle(make(tmp_path / "c.mp4", pix_fmt="yuv444p")) == "its pictures are yuv444p"
    assert obstacle(make(tmp_path / "e.mp4", pix_fmt="yuvj420p")) == "its pictures are yuvj420p of full range"
    assert obstacle(make(tmp_path / "f.mp4", aspect="4/3")) == "its pixels are not square"
    assert obstacle(make(tmp_path / "g.mp4", turn="90")) == "its pictures are turned"
    assert obstacle(odd_sides(tmp_path / "h.webm")) == "its sides are odd"
    assert obstacle(make(tmp_path / "d.mp4"), Fraction(25)) == (
        "its pictures do not come at 25 per second, each in its place"
    )


def test_open_groups_are_not_cut(tmp_path: Path) -> None:
    """With open groups x264 marks pictures as key that are no fresh start; only the first is one."""
    source = make(tmp_path / "a.mp4", **{"x264-params": "open-gop=1:bframes=3:b-adapt=0"})
    found = copyable_spans(source, Fraction(0), None, NTSC)
    assert [(span.first, span.count, span.keys) for span in found.spans] == [(0, 60, (0,))]
    assert copyable_spans(source, 1 / NTSC, None, NTSC).spans == ()


def test_what_cannot_share_a_file_is_refused(tmp_path: Path) -> None:
    one, other = make(tmp_path / "a.mp4"), make(tmp_path / "b.mp4", profile="main")
    spans = [span for path in (one, other) for span in copyable_spans(path, Fraction(0), None, NTSC).spans]
    with pytest.raises(CopyError, match=r"a\.mp4 and .*b\.mp4 differ in size, codec or its settings; encode all"):
        write_copying(tmp_path / "out.mp4", spans, rate=NTSC)
    with pytest.raises(CopyError, match=r"out\.mp4: there is nothing to copy; encode all pictures"):
        write_copying(tmp_path / "out.mp4", [], rate=NTSC)
    with pytest.raises(MediaError, match=r"a \.webm file takes no h264"):
        write_copying(tmp_path / "out.webm", spans[:1], rate=NTSC)
    assert not (tmp_path / "out.mp4").exists()


def test_a_join_that_is_wrong_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the merged parameter sets the new pictures cannot be decoded: nothing is written."""
    source = make(tmp_path / "a.mp4")
    found = copyable_spans(source, 5 / NTSC, 53 / NTSC, NTSC)
    monkeypatch.setattr(remux.h264, "merge", lambda sets, units: sets)
    with pytest.raises(MediaError):
        write_copying(tmp_path / "out.mp4", parts_of(source, found), rate=NTSC, video=DRAFT)
    assert not (tmp_path / "out.mp4").exists()


def test_a_copy_that_looks_different_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = make(tmp_path / "a.mp4")
    found = copyable_spans(source, 5 / NTSC, 53 / NTSC, NTSC)
    real = remux.copy_span

    def spoiled(span: Span, rate: Fraction):
        """Yield the packets of the group after the one that was asked for."""
        return real(replace(span, first=24, count=12, time=24 / NTSC, keys=(24,)), rate)

    monkeypatch.setattr(remux, "copy_span", spoiled)
    parts = parts_of(source, found)
    parts[1] = replace(found.spans[0], count=12, keys=(12,))
    with pytest.raises(CopyError, match="picture 7 was copied and looks different; encode all pictures"):
        write_copying(tmp_path / "out.mp4", parts, rate=NTSC, video=DRAFT)
    assert not (tmp_path / "out.mp4").exists()


def test_a_source_that_changed_is_noticed(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4")
    span = copyable_spans(source, Fraction(0), None, NTSC).spans[0]
    make(source, frames=30)
    with pytest.raises(MediaError, match=r"a\.mp4: has changed while it was copied; start again"):
        list(copy_span(span, NTSC))


def test_fresh_pictures_are_counted(tmp_path: Path) -> None:
    source = make(tmp_path / "a.mp4")
    found = copyable_spans(source, 5 / NTSC, 53 / NTSC, NTSC)
    parts = parts_of(source, found)
    parts[0] = replace(parts[0], count=9)
    with pytest.raises(MediaError, match="a part gave 7 pictures, not 9"):
        write_copying(tmp_path / "out.mp4", parts, rate=NTSC, video=DRAFT)

"""Pictures: every one of them, at its exact time, from any time on, as it is shown."""

import os
import re
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from frameloom.core.errors import MediaError
from frameloom.media.files import source
from frameloom.media.files.picture import Turn
from frameloom.media.files.source import Picture, PictureForm, read_backwards, read_pictures, read_still

FOOTAGE = Path(__file__).parents[3] / "../shared/data/footage"
X264 = {"crf": "10", "g": "12", "bf": "3", "preset": "ultrafast", "x264-params": "scenecut=0"}
OPEN = {**X264, "x264-params": "scenecut=0:open-gop=1:bframes=3"}
VP9 = {"crf": "10", "b": "0", "g": "12", "cpu-used": "8", "deadline": "realtime"}
MPEG = {"g": "12", "bf": "2", "qscale": "2"}


def level(index: int) -> int:
    """Return the brightness that tells picture number index from its neighbours."""
    return 20 + index * 37 % 200


def flat(index: int, width: int = 64, height: int = 48) -> av.VideoFrame:
    return of_planes([level(index), 128, 128], width, height)


def of_planes(
    values: Sequence[int | NDArray], width: int = 64, height: int = 48, form: str = "yuv420p"
) -> av.VideoFrame:
    frame = av.VideoFrame(width, height, form)
    kind = np.uint16 if any(deep in form for deep in ("10", "12", "16")) else np.uint8
    for plane, value in zip(frame.planes, values, strict=True):
        rows = np.frombuffer(plane, kind).reshape(plane.height, -1)
        rows[:, : plane.width] = value
    return frame


def write(
    path: Path,
    frames: Iterable[av.VideoFrame],
    codec: str = "libx264",
    options: dict[str, str] | None = None,
    *,
    times: Sequence[int] | None = None,
    tick: Fraction = Fraction(1, 25),
    prepare: Callable[[av.VideoStream], None] = lambda stream: None,
    rate: int = 25,
    **container_options: str,
) -> Path:
    with av.open(str(path), "w", format=container_options.pop("form", None), options=container_options) as container:
        stream: av.VideoStream | None = None
        for index, frame in enumerate(frames):
            if stream is None:
                stream = container.add_stream(codec, rate=rate, options=X264 if options is None else options)
                stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, frame.format.name
                stream.time_base = stream.codec_context.time_base = tick
                prepare(stream)
            frame.pts, frame.time_base = times[index] if times else index, tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def seen(pictures: Iterator[Picture]) -> list[tuple[Fraction, Fraction, int]]:
    """Return time, duration and brightness of each picture."""
    return [(picture.time, picture.duration, int(picture.planes.y[20, 20])) for picture in pictures]


CONTAINERS = [
    pytest.param("b.mp4", "libx264", X264, {}, id="mp4"),
    pytest.param("open.mp4", "libx264", OPEN, {}, id="mp4-open-groups"),
    pytest.param("open.mkv", "libx264", OPEN, {}, id="mkv-open-groups"),
    pytest.param("open.ts", "libx264", OPEN, {}, id="ts-open-groups"),
    pytest.param(
        "refresh.mp4", "libx264", {**X264, "bf": "0", "x264-params": "intra-refresh=1"}, {}, id="intra-refresh"
    ),
    pytest.param("parts.mp4", "libx264", X264, {"movflags": "frag_keyframe+empty_moov"}, id="mp4-fragments"),
    pytest.param("one.mkv", "libx264", {**X264, "g": "999"}, {}, id="one-key-frame"),
    pytest.param("raw.h264", "libx264", X264, {"form": "h264"}, id="bare-h264"),
    pytest.param("b.avi", "libx264", X264, {}, id="avi-b-frames"),
    pytest.param("x.avi", "mpeg4", MPEG, {}, id="avi-mpeg4"),
    pytest.param("x.mpg", "mpeg2video", MPEG, {"form": "mpeg"}, id="program-stream"),
    pytest.param("x.ts", "mpeg2video", {**MPEG, "b_strategy": "0"}, {}, id="ts-mpeg2"),
    pytest.param("raw.m2v", "mpeg2video", MPEG, {"form": "mpeg2video"}, id="bare-mpeg2"),
    pytest.param("x.webm", "libvpx-vp9", VP9, {}, id="webm"),
    pytest.param("x.mov", "mjpeg", {"qscale": "2", "strict": "-1"}, {}, id="mov-mjpeg"),
]


@pytest.mark.parametrize(("name", "codec", "options", "more"), CONTAINERS)
def test_every_picture_is_found_at_its_exact_time(
    tmp_path: Path, name: str, codec: str, options: dict, more: dict
) -> None:
    path = write(tmp_path / name, map(flat, range(40)), codec, options, **more)
    pictures = seen(read_pictures(path))
    assert [(time, duration) for time, duration, _ in pictures] == [
        (Fraction(i, 25), Fraction(1, 25)) for i in range(40)
    ]
    assert max(abs(picture[2] - level(index)) for index, picture in enumerate(pictures)) <= 6
    for index in (0, 1, 10, 11, 12, 13, 23, 24, 25, 38, 39):
        for moment in (Fraction(index, 25), Fraction(2 * index + 1, 50)):
            assert seen(read_pictures(path, moment, moment + Fraction(1, 25)))[0] == pictures[index]
    assert seen(read_backwards(path, 0, 2)) == pictures[::-1]


@pytest.fixture(scope="module")
def uneven(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[int]]:
    """A video whose pictures come at uneven times, in 1/600 s."""
    times = [0, 1, 30, 31, 32, 100, 400, 401, 700, 701, 1300, 1310, 1400, 2000, 2001, 2030]
    path = tmp_path_factory.mktemp("uneven") / "uneven.mp4"
    write(path, map(flat, range(len(times))), options={**OPEN, "g": "5"}, times=times, tick=Fraction(1, 600))
    return path, times


def test_variable_rates_are_kept(uneven: tuple[Path, list[int]]) -> None:
    path, times = uneven
    pictures = seen(read_pictures(path))
    assert [(time, shade) for time, _, shade in pictures] == [(Fraction(t, 600), level(i)) for i, t in enumerate(times)]
    assert [time + duration for time, duration, _ in pictures[:-1]] == [time for time, _, _ in pictures[1:]]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.integers(-100, 2400), length=st.integers(0, 900))
def test_any_stretch_is_a_part_of_the_whole(uneven: tuple[Path, list[int]], start: int, length: int) -> None:
    path, times = uneven
    begin, end = Fraction(start, 600), Fraction(start + length, 600)
    first = max([index for index, time in enumerate(times) if time <= start], default=0)
    expected = [
        (Fraction(time, 600), level(index))
        for index, time in enumerate(times)
        if index >= first and (time < start + length or time <= start)
    ]
    assert [(time, shade) for time, _, shade in seen(read_pictures(path, begin, end))] == expected
    assert [(time, shade) for time, _, shade in seen(read_backwards(path, begin, end))] == expected[::-1]


def test_memory_is_bounded_backwards(uneven: tuple[Path, list[int]], monkeypatch: pytest.MonkeyPatch) -> None:
    path, times = uneven
    monkeypatch.setattr(source, "MAX_HELD_BYTES", 1)
    kept: list[int] = []
    monkeypatch.setattr(
        source, "_last_of", lambda shots, real=source._last_of: kept.append(len(got := real(shots))) or got
    )
    assert [time for time, _, _ in seen(read_backwards(path, 0, 9))] == [Fraction(time, 600) for time in times[::-1]]
    assert max(kept) == 4


def test_beyond_its_ends_a_video_holds_its_first_and_last_picture(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", map(flat, range(5)))
    assert [shade for _, _, shade in seen(read_pictures(path, -3, Fraction(1, 25)))] == [level(0)]
    assert [shade for _, _, shade in seen(read_pictures(path, 7, 8))] == [level(4)]
    assert [shade for _, _, shade in seen(read_backwards(path, 7, 8))] == [level(4)]
    assert seen(read_pictures(path, -3, -2)) == []


def test_the_last_picture_stays_as_long_as_the_file_says(tmp_path: Path) -> None:
    path = tmp_path / "x.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={**X264, "bf": "0"})
        stream.width, stream.height, stream.time_base = 64, 48, Fraction(1, 1000)
        stream.codec_context.time_base = Fraction(1, 1000)
        for index, time in enumerate((0, 40, 80)):
            frame = flat(index)
            frame.pts, frame.time_base = time, Fraction(1, 1000)
            for packet in stream.encode(frame):
                packet.duration = 40 if packet.pts < 80 else 720
                container.mux(packet)
        for packet in stream.encode(None):
            packet.duration = 720
            container.mux(packet)
    assert [duration for _, duration, _ in seen(read_pictures(path))] == [
        Fraction(1, 25),
        Fraction(1, 25),
        Fraction(18, 25),
    ]


def test_rounded_times_do_not_shorten_the_last_picture(tmp_path: Path) -> None:
    """Matroska says 33 ms of the last of 30 pictures a second."""
    times = [round(index * 100 / 3) for index in range(10)]
    path = write(tmp_path / "x.mkv", map(flat, range(10)), times=times, tick=Fraction(1, 1000), rate=30)
    pictures = seen(read_pictures(path))
    assert pictures[-1][1] == Fraction(1, 30)


def test_rounded_times_become_those_of_the_rate(tmp_path: Path) -> None:
    """Matroska says 0, 33, 67, 100 ms of 30 pictures a second; what is off by more than a millisecond stays as said."""
    times = [0, 33, 67, 100, 140, 167]
    path = write(tmp_path / "x.mkv", map(flat, range(6)), times=times, tick=Fraction(1, 1000), rate=30)
    expected = [Fraction(index, 30) for index in range(6)]
    expected[4] = Fraction(140, 1000)
    assert [time for time, _, _ in seen(read_pictures(path))] == expected


def with_sound(path: Path, picture_start: int, sound_start: int, **options: str) -> Path:
    """Write ten pictures and a loud second of sound, which begin at these milliseconds."""
    with av.open(str(path), "w", options=options) as container:
        video = container.add_stream("libx264", rate=25, options=X264)
        video.width, video.height = 64, 48
        video.time_base = video.codec_context.time_base = Fraction(1, 1000)
        codec = {".mkv": "pcm_s16le", ".webm": "libopus"}.get(path.suffix, "aac")
        audio = container.add_stream(codec, rate=48000, layout="mono")
        for index in range(10):
            frame = flat(index)
            frame.pts, frame.time_base = picture_start + 40 * index, Fraction(1, 1000)
            container.mux(video.encode(frame))
        container.mux(video.encode(None))
        form = audio.format.name
        for part in range(50):
            tone = np.full((1, 960), 8000 if form == "s16" else 0.25, np.int16 if form == "s16" else np.float32)
            sound = av.AudioFrame.from_ndarray(tone, form, "mono")
            sound.sample_rate, sound.pts, sound.time_base = 48000, sound_start * 48 + part * 960, Fraction(1, 48000)
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    return path


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".mov"])
@pytest.mark.parametrize(("picture_start", "sound_start"), [(0, 400), (400, 0), (300, 500)])
def test_pictures_and_sound_keep_their_offset(
    tmp_path: Path, suffix: str, picture_start: int, sound_start: int
) -> None:
    path = with_sound(tmp_path / f"x{suffix}", picture_start, sound_start)
    zero = min(picture_start, sound_start)
    first = next(read_pictures(path))
    assert first.time == Fraction(picture_start - zero, 1000)
    sound = np.concatenate(list(source.read_sound(path, channels=1)))[:, 0]
    begin = int(np.argmax(np.abs(sound) > 0.1)) / 48
    assert abs(begin - (sound_start - zero)) < 2
    assert abs(len(sound) / 48 - (sound_start - zero + 1000)) < 25


@pytest.mark.parametrize(("suffix", "codec"), [(".webm", "libvpx-vp9"), (".mkv", "libx264")])
def test_what_primes_a_decoder_of_sound_does_not_move_the_clock(tmp_path: Path, suffix: str, codec: str) -> None:
    path = tmp_path / f"x{suffix}"
    with av.open(str(path), "w") as container:
        video = container.add_stream(codec, rate=25)
        video.width, video.height = 64, 48
        audio = container.add_stream("libopus" if suffix == ".webm" else "aac", rate=48000, layout="mono")
        for index in range(5):
            container.mux(video.encode(flat(index)))
        container.mux(video.encode(None))
        form, size = audio.format.name, audio.frame_size
        for part in range(10):
            kind = np.float32 if form.startswith("flt") else np.int16
            sound = av.AudioFrame.from_ndarray(np.zeros((1, size), kind), form, "mono")
            sound.sample_rate, sound.pts, sound.time_base = 48000, part * size, Fraction(1, 48000)
            container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    with av.open(str(path)) as container:
        assert next(container.demux(audio=0)).pts < 0
    assert next(read_pictures(path)).time == 0
    assert source.probe(path).video.start == source.probe(path).sound.start == 0


def test_times_below_zero_count_from_the_first(tmp_path: Path) -> None:
    path = write(tmp_path / "x.ts", map(flat, range(30)), times=range(-50, -20), avoid_negative_ts="disabled")
    with av.open(str(path)) as container:
        assert container.streams.video[0].start_time < 0
    assert [time for time, _, _ in seen(read_pictures(path))] == [Fraction(i, 25) for i in range(30)]
    assert seen(read_pictures(path, Fraction(20, 25)))[0][2] == level(20)


def test_what_an_edit_list_cuts_off_is_not_shown(tmp_path: Path) -> None:
    """Pictures before time 0 are hidden by an edit list; the first one shown is not a key frame."""
    path = write(
        tmp_path / "x.mp4", map(flat, range(30)), options={**X264, "bf": "0"}, times=range(-5, 25), use_editlist="1"
    )
    pictures = seen(read_pictures(path))
    assert [time for time, _, _ in pictures] == [Fraction(i, 25) for i in range(25)]
    assert [shade for _, _, shade in pictures] == [level(i + 5) for i in range(25)]
    assert seen(read_pictures(path, Fraction(3, 25)))[0][2] == level(8)


def test_what_an_edit_list_cuts_off_at_the_end_is_not_shown(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", map(flat, range(30)), options={**X264, "bf": "0"})
    content = bytearray(path.read_bytes())
    length = content.index(b"elst") + 12  # of the first edit, in milliseconds (ISO/IEC 14496-12, 8.6.6)
    assert int.from_bytes(content[length : length + 4], "big") == 1200
    content[length : length + 4] = (990).to_bytes(4, "big")
    path.write_bytes(content)
    pictures = seen(read_pictures(path))
    assert [time for time, _, _ in pictures] == [Fraction(i, 25) for i in range(25)]
    assert pictures[-1][1] == Fraction(3, 100)


UNIT = 1 << 16
CORNERS = ("top left", "top right", "bottom right", "bottom left")


@pytest.mark.parametrize(
    ("matrix", "corner", "turn"),
    [
        ((UNIT, 0, 0, UNIT), "top left", Turn()),
        ((0, UNIT, -UNIT, 0), "top right", Turn(1)),
        ((-UNIT, 0, 0, -UNIT), "bottom right", Turn(2)),
        ((0, -UNIT, UNIT, 0), "bottom left", Turn(3)),
        ((-UNIT, 0, 0, UNIT), "top right", Turn(0, mirrored=True)),
        ((UNIT, 0, 0, -UNIT), "bottom left", Turn(2, mirrored=True)),
        ((0, UNIT, UNIT, 0), "top left", Turn(3, mirrored=True)),
        ((0, -UNIT, -UNIT, 0), "bottom right", Turn(1, mirrored=True)),
    ],
)
def test_pictures_stand_upright(tmp_path: Path, matrix: tuple[int, ...], corner: str, turn: Turn) -> None:
    """Stored: a bright upper left corner. Shown: (x, y) times the matrix (ISO/IEC 14496-12, 6.2.2)."""
    a, b, c, d = matrix
    luma = np.full((48, 64), 40, np.uint8)
    luma[:16, :16] = 200
    frames = [of_planes([luma, 128, 128]) for _ in range(2)]
    path = write(tmp_path / "x.mp4", frames, prepare=lambda s: s.set_display_matrix([a, b, 0, c, d, 0, 0, 0, 1 << 30]))
    picture = next(read_pictures(path)).planes
    assert picture.y.shape == ((64, 48) if a == 0 else (48, 64))
    assert picture.u.shape == (picture.y.shape[0] // 2, picture.y.shape[1] // 2)
    shown = [picture.y[5, 5], picture.y[5, -5], picture.y[-5, -5], picture.y[-5, 5]]
    assert CORNERS[int(np.argmax(shown))] == corner
    assert sorted(shown)[-2] < 60
    info = source.probe(path).video
    assert (info.width, info.height) == (picture.width, picture.height)
    assert (info.rotation, info.mirrored) == (turn.quarters * 90, turn.mirrored)
    small = next(read_pictures(path, form=PictureForm(24, 32) if a == 0 else PictureForm(32, 24))).planes
    assert small.y.shape == ((32, 24) if a == 0 else (24, 32))


@pytest.mark.parametrize(
    ("aspect", "size"), [(Fraction(2), (128, 48)), (Fraction(1, 2), (64, 96)), (Fraction(4, 3), (86, 48))]
)
def test_pixels_become_square(tmp_path: Path, aspect: Fraction, size: tuple[int, int]) -> None:
    path = write(
        tmp_path / "x.mp4",
        map(flat, range(2)),
        prepare=lambda s: setattr(s.codec_context, "sample_aspect_ratio", aspect),
    )
    picture = next(read_pictures(path)).planes
    assert (picture.width, picture.height) == size
    info = source.probe(path).video
    assert (info.width, info.height, info.stored_width, info.stored_height) == (*size, 64, 48)
    assert info.sample_aspect_ratio == aspect


def test_odd_sides_are_filled_up(tmp_path: Path) -> None:
    luma = np.arange(33, dtype=np.uint8)[None].repeat(17, 0) * 6 + 20
    path = write(tmp_path / "x.mkv", [of_planes([luma, 128, 128], 33, 17)], "ffv1", {})
    picture = next(read_pictures(path)).planes
    assert picture.y.shape == (18, 34)
    assert picture.u.shape == (9, 17)
    assert (picture.y[:17, :33] == luma).all()
    assert (picture.y[:, 33] == luma[0, 32]).all()
    assert (picture.y[17, :33] == luma[0]).all()


def one(
    tmp_path: Path, values: Sequence[int], form: str, wanted: PictureForm | None = None, size=(64, 48), **tags: int
) -> tuple[int, ...]:
    """Store one flat picture without loss and return the samples, y, u, v and alpha, that are read."""

    def tagged(stream: av.VideoStream) -> None:
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)

    frame = of_planes(values, *size, form=form)
    for name, value in tags.items():
        setattr(frame, name, value)
    path = write(tmp_path / f"{form}.mkv", [frame], "ffv1", {}, prepare=tagged)
    picture = next(read_pictures(path, form=wanted)).planes
    planes = [picture.y, picture.u, picture.v] + ([] if picture.alpha is None else [picture.alpha])
    assert {plane.dtype for plane in planes} == {np.dtype(np.uint8 if picture.depth == 8 else np.uint16)}
    assert max(int(plane.max()) - int(plane.min()) for plane in planes) <= 2
    return tuple(int(plane[3, 3]) for plane in planes)


LIMITED, FULL = 1, 2
BT709, BT601, BT2020 = 1, 6, 9
FORM_709, FORM_601 = PictureForm(64, 48), PictureForm(64, 48, 8, "bt601")
RED_709, RED_601 = (63, 102, 240), (81, 90, 240)
"""8-bit red by H.273: Y = 16 + 219 Kr, Cb = 128 - 112 Kr / (1 - Kb), Cr = 240."""


@pytest.mark.parametrize(
    ("values", "form", "wanted", "tags", "expected"),
    [
        pytest.param((235, 128, 128), "yuv420p", None, {}, (235, 128, 128), id="as it is"),
        pytest.param((255, 128, 128), "yuv420p", None, {"color_range": FULL}, (235, 128, 128), id="full range white"),
        pytest.param((0, 0, 255), "yuv420p", None, {"color_range": FULL}, (16, 16, 240), id="full range extremes"),
        pytest.param(RED_709, "yuv420p", FORM_601, {"colorspace": BT709}, RED_601, id="709 to 601"),
        pytest.param(RED_601, "yuv420p", FORM_709, {"colorspace": BT601}, RED_709, id="601 to 709"),
        pytest.param(RED_601, "yuv420p", FORM_709, {}, RED_709, id="untagged and small is 601"),
        pytest.param(RED_601, "yuv420p", FORM_601, {}, RED_601, id="untagged stays 601"),
        pytest.param((63, 102, 240), "yuv444p", None, {}, (63, 102, 240), id="4:4:4"),
        pytest.param((63, 102, 240), "yuv422p", None, {}, (63, 102, 240), id="4:2:2"),
        pytest.param((252, 408, 960), "yuv422p10le", None, {}, (252, 408, 960), id="10 bits stay"),
        pytest.param((252, 408, 960), "yuv420p10le", FORM_601, {}, (63, 102, 240), id="10 to 8 bits"),
        pytest.param(
            (235, 16, 240), "yuv420p", PictureForm(64, 48, 10, "bt601"), {}, (940, 64, 960), id="8 to 10 bits"
        ),
        pytest.param((3760, 2048, 2048), "yuv420p12le", None, {}, (940, 512, 512), id="12 bits as 10"),
        pytest.param((255,), "gray", None, {}, (235, 128, 128), id="grey, full by default"),
        pytest.param((235,), "gray", None, {"color_range": LIMITED}, (235, 128, 128), id="grey, limited"),
        pytest.param((940,), "gray10le", None, {"color_range": LIMITED}, (940, 512, 512), id="grey of 10 bits"),
        pytest.param((235, 128, 128, 77), "yuva420p", None, {}, (235, 128, 128, 77), id="transparent"),
        pytest.param((235, 128, 128, 255), "yuva420p", None, {}, (235, 128, 128), id="opaque"),
        pytest.param((940, 512, 512, 300), "yuva444p10le", None, {}, (940, 512, 512, 300), id="transparent, 10 bits"),
        pytest.param((0, 0, 1023), "gbrp10le", None, {}, (250, 409, 960), id="planes of green, blue and red"),
        pytest.param((0, 0, 1023), "gbrp10le", FORM_601, {}, RED_601, id="green, blue and red as 601"),
        pytest.param(RED_709, "yuv420p", None, {"colorspace": BT709}, RED_709, id="own colour"),
    ],
)
def test_colour_is_what_was_meant(
    tmp_path: Path, values: Sequence[int], form: str, wanted: PictureForm | None, tags: dict, expected: tuple
) -> None:
    got = one(tmp_path, values, form, wanted, **tags)
    assert len(got) == len(expected)
    tolerance = 2 if max(expected) < 256 else 4
    assert max(abs(a - b) for a, b in zip(got, expected, strict=True)) <= tolerance
    if form.startswith("gray"):
        assert got[1:] == expected[1:]


def test_untagged_high_definition_is_bt709(tmp_path: Path) -> None:
    assert one(tmp_path, RED_709, "yuv420p", PictureForm(64, 48), (1280, 720)) == RED_709


@pytest.mark.slow
@pytest.mark.parametrize(("transfer", "share"), [(16, 0.58), (18, 0.75)])
def test_high_dynamic_range_is_brought_down(tmp_path: Path, transfer: int, share: float) -> None:
    """BT.2408: diffuse white, 203 nits, is 58 % of PQ and 75 % of HLG; 100 % of standard range."""
    white = round(64 + 876 * share)
    tags = {"colorspace": BT2020, "color_primaries": BT2020, "color_trc": transfer, "color_range": LIMITED}
    y, u, v = one(tmp_path, (white, 512, 512), "yuv420p10le", PictureForm(64, 48), **tags)
    assert abs(y - 235) <= 4
    assert abs(u - 128) <= 1
    assert abs(v - 128) <= 1
    assert one(tmp_path, (white, 512, 512), "yuv420p10le", None, **tags) == (white, 512, 512)


def test_an_untouched_frame_is_not_copied(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", map(flat, range(3)))
    for wanted in (None, PictureForm(64, 48, 8, "bt601")):
        planes = next(read_pictures(path, form=wanted)).planes
        frame = planes.decoded
        assert isinstance(frame, av.VideoFrame)
        for view, plane in zip((planes.y, planes.u, planes.v), frame.planes, strict=True):
            assert np.shares_memory(view, np.frombuffer(plane, np.uint8))
            with pytest.raises(ValueError, match="read-only"):
                view[0, 0] = 1


def test_pictures_outlive_their_file(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", map(flat, range(20)))
    pictures = list(read_pictures(path))
    assert [int(picture.planes.y[5, 5]) for picture in pictures] == [level(index) for index in range(20)]


def test_transparency_of_webm_is_kept(tmp_path: Path) -> None:
    alpha = np.full((48, 64), 255, np.uint8)
    alpha[:, :32] = 40
    frames = [of_planes([level(index), 128, 128, alpha], form="yuva420p") for index in range(14)]
    path = write(tmp_path / "x.webm", frames, "libvpx-vp9", VP9)
    for start in (0, Fraction(13, 25)):
        planes = next(read_pictures(path, start)).planes
        assert abs(int(planes.alpha[20, 5]) - 40) < 6
        assert abs(int(planes.alpha[20, 60]) - 255) < 6
    assert source.probe(path).video.alpha
    assert [time for time, _, _ in seen(read_pictures(path))] == [Fraction(i, 25) for i in range(14)]


def test_transparency_of_prores_is_kept(tmp_path: Path) -> None:
    frames = [of_planes([600, 512, 512, 300], form="yuva444p10le") for _ in range(2)]
    picture = next(read_pictures(write(tmp_path / "x.mov", frames, "prores_ks", {}))).planes
    assert picture.depth == 10
    assert abs(int(picture.alpha[20, 20]) - 300) < 8
    assert abs(int(picture.y[20, 20]) - 600) < 8


def test_palettes_and_packed_pixels_are_read(tmp_path: Path) -> None:
    rgba = np.zeros((48, 64, 4), np.uint8)
    rgba[...] = (255, 0, 0, 77)
    frame = av.VideoFrame.from_ndarray(rgba, format="rgba").reformat(format="argb")
    picture = next(read_pictures(write(tmp_path / "x.mov", [frame], "qtrle", {}))).planes
    assert [int(plane[9, 9]) for plane in (picture.y, picture.u, picture.v, picture.alpha)] == [*RED_709, 77]


def bare_h264(path: Path, sides: Iterable[int]) -> Path:
    """Write a stream whose pictures change their size."""
    parts = []
    for index, side in enumerate(sides):
        part = write(path.with_suffix(f".{index}"), [flat(index, side, side)] * 3, form="h264")
        parts.append(part.read_bytes())
    path.write_bytes(b"".join(parts))
    return path


def test_a_new_size_in_the_middle(tmp_path: Path) -> None:
    path = bare_h264(tmp_path / "joined.h264", (32, 64))
    pictures = list(read_pictures(path, form=PictureForm(48, 48)))
    assert [picture.planes.y.shape for picture in pictures] == [(48, 48)] * 6
    shades = [int(picture.planes.y[20, 20]) for picture in pictures]
    assert np.abs(np.subtract(shades, [level(0)] * 3 + [level(1)] * 3)).max() <= 3
    with pytest.raises(
        MediaError, match=r"its size changes from 32x32 to 64x64 px at 0\.12 s; give a size to read it in"
    ):
        list(read_pictures(path))


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".png"])
def test_animations_are_read_with_transparency(tmp_path: Path, suffix: str) -> None:
    random = np.random.default_rng(0)
    frames = []
    for index in range(3):
        rgba = np.zeros((32, 40, 4), np.uint8)
        rgba[:, : 10 * (index + 1)] = (255, 0, 0, 255)
        if suffix == ".webp":  # libwebp forgets the transparency of animations as plain as these
            rgba[8:, :, :3] = random.integers(0, 256, (24, 40, 3))
            rgba[16:, :, 3] = random.integers(0, 256, (16, 40))
        frames.append(Image.fromarray(rgba))
    path = tmp_path / f"x{suffix}"
    more = {".webp": {"lossless": True}, ".png": {"disposal": 1, "blend": 0}, ".gif": {"disposal": 2}}[suffix]
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=[40, 80, 120], loop=0, **more)
    pictures = list(read_pictures(path))
    times = [(picture.time, picture.duration) for picture in pictures]
    assert times == [(0, Fraction(1, 25)), (Fraction(1, 25), Fraction(2, 25)), (Fraction(3, 25), Fraction(3, 25))]
    for index, picture in enumerate(pictures):
        alpha = picture.planes.alpha
        assert (alpha[5, : 10 * (index + 1)] == 255).all()
        assert (alpha[5, 10 * (index + 1) :] == 0).all()
        assert int(picture.planes.y[5, 3]) == RED_709[0]
    assert next(read_pictures(path, Fraction(2, 25))).time == Fraction(1, 25)
    assert [picture.time for picture in read_backwards(path, 0, 1)] == [Fraction(3, 25), Fraction(1, 25), 0]
    assert next(read_pictures(path, form=PictureForm(20, 16, 10))).planes.alpha.shape == (16, 20)


def test_a_folder_is_read_as_25_pictures_a_second(tmp_path: Path) -> None:
    for index in range(12):
        Image.new("L", (31, 21), index * 20).save(tmp_path / f"shot{index}.png")
    pictures = list(read_pictures(tmp_path, Fraction(9, 50), Fraction(8, 25)))
    assert [picture.time for picture in pictures] == [Fraction(i, 25) for i in (4, 5, 6, 7)]
    assert [int(picture.planes.y[3, 3]) for picture in pictures] == [
        round(16 + i * 20 * 219 / 255) for i in (4, 5, 6, 7)
    ]
    assert pictures[0].planes.y.shape == (22, 32)
    assert pictures[0].planes.alpha is None
    assert source.probe(tmp_path).frames == 12
    Image.new("L", (40, 21)).save(tmp_path / "shot12.png")
    with pytest.raises(MediaError, match=r"its size changes from 32x22 to 40x21 px at 0\.48 s"):
        list(read_pictures(tmp_path, Fraction(10, 25)))
    assert len(list(read_pictures(tmp_path, 0, 9, PictureForm(16, 16)))) == 13


def test_a_still_stands_upright_with_its_transparency(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # orientation: turn clockwise to view
    rgba = np.array([[[255, 0, 0, 255], [0, 0, 255, 9]]], np.uint8)
    Image.fromarray(rgba).save(tmp_path / "x.png", exif=exif)
    assert read_still(tmp_path / "x.png").tolist() == [[[255, 0, 0, 255]], [[0, 0, 255, 9]]]
    with pytest.raises(MediaError, match=r"absent\.png: no such file"):
        read_still(tmp_path / "absent.png")


def test_a_second_stream_is_read_on_the_same_clock(tmp_path: Path) -> None:
    path = tmp_path / "x.mkv"
    with av.open(str(path), "w") as container:
        streams = [container.add_stream("libx264", rate=25, options=X264) for _ in range(2)]
        for stream in streams:
            stream.width, stream.height = 64, 48
        for index in range(10):
            for number, stream in enumerate(streams):
                frame = flat(index + 20 * number)
                frame.pts, frame.time_base = index + 5 * number, Fraction(1, 25)
                container.mux(stream.encode(frame))
        for stream in streams:
            container.mux(stream.encode(None))
    assert seen(read_pictures(path, stream=1))[0] == (Fraction(1, 5), Fraction(1, 25), level(20))
    assert seen(read_backwards(path, 0, 1, stream=1))[0] == (Fraction(14, 25), Fraction(1, 25), level(29))
    with pytest.raises(MediaError, match=r"no video stream 2 \(found: 2 video streams\)"):
        list(read_pictures(path, stream=2))


def test_cover_art_is_no_video(tmp_path: Path) -> None:
    path = tmp_path / "song.mp3"
    with av.open(str(path), "w") as container:
        audio = container.add_stream("libmp3lame", rate=48000, layout="mono")
        cover = container.add_stream("mjpeg", rate=1)
        cover.width, cover.height, cover.pix_fmt = 64, 48, "yuvj420p"
        cover.disposition = av.stream.Disposition.attached_pic
        frame = of_planes([99, 128, 128], form="yuvj420p")
        frame.pts, frame.time_base = 0, Fraction(1)
        container.mux(cover.encode(frame))
        container.mux(cover.encode(None))
        sound = av.AudioFrame.from_ndarray(np.zeros((1, 9600), np.float32), "fltp", "mono")
        sound.sample_rate, sound.pts = 48000, 0
        container.mux(audio.encode(sound))
        container.mux(audio.encode(None))
    with pytest.raises(MediaError, match=r"no video stream \(found: 1 audio stream, 1 video stream\)"):
        next(read_pictures(path))
    assert source.probe(path).video is None
    assert sum(map(len, source.read_sound(path))) == 9600


# What cannot be read


def sound_alone(path: Path) -> None:
    samples = np.zeros(800, "<i2").tobytes()
    head = struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", 16, 1, 1, 8000, 16000, 2, 16, b"data", len(samples))  # fmt: skip # noqa: E501
    path.write_bytes(head + samples)


def reads(path: Path) -> list[Callable[[], object]]:
    return [
        lambda: source.probe(path),
        lambda: list(read_pictures(path)),
        lambda: list(read_backwards(path, 0, 1)),
        lambda: list(source.read_sound(path)),
    ]


@pytest.mark.parametrize(
    ("name", "make", "message"),
    [
        ("absent.mp4", lambda path: None, r"absent\.mp4: no such file; give a video, sound or picture"),
        ("empty.mp4", Path.touch, r"empty\.mp4: empty, 0 bytes; give a whole file"),
        ("junk.mp4", lambda path: path.write_bytes(b"not media" * 99), r"junk\.mp4: not a media file that can be read"),
        ("x" * 300, lambda path: None, r"x: cannot be read \(File name too long\); check its name and permissions"),
        ("pipe.mp4", os.mkfifo, r"pipe\.mp4: not a plain file; give a file"),
        (
            "list.m3u8",
            lambda path: path.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nx.ts\n#EXT-X-ENDLIST\n"),
            r"list\.m3u8: not a media file that can be read",
        ),
        (
            "list.ffconcat",
            lambda path: path.write_text("ffconcat version 1.0\nfile x.mp4\n"),
            r"list\.ffconcat: not a media file that can be read",
        ),
    ],
)
def test_what_cannot_be_read_says_why(tmp_path: Path, name: str, make: Callable[[Path], object], message: str) -> None:
    write(tmp_path / "x.ts", map(flat, range(3)))
    write(tmp_path / "x.mp4", map(flat, range(3)))
    make(tmp_path / name)
    for read in reads(tmp_path / name):
        with pytest.raises(MediaError, match=message) as caught:
            read()
        assert "\n" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", map(flat, range(3)))
    path.chmod(0)
    for read in reads(path):
        with pytest.raises(
            MediaError, match=r"x\.mp4: cannot be read \(Permission denied\); check its name and permissions"
        ):
            read()


@pytest.mark.parametrize("name", ["empty.png", "absent.gif", "pipe.webp"])
def test_pictures_that_cannot_be_read_say_why(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty.png").touch()
    os.mkfifo(tmp_path / "pipe.webp")
    message = {"empty": "empty, 0 bytes", "absent": "no such file", "pipe": "not a plain file"}[name.split(".")[0]]
    for read in (source.probe, read_still, lambda path: list(read_pictures(path))):
        with pytest.raises(MediaError, match=rf"{name}: {message}; give"):
            read(tmp_path / name)


def test_missing_streams_are_named(tmp_path: Path) -> None:
    write(tmp_path / "silent.mp4", map(flat, range(3)))
    sound_alone(tmp_path / "tone.wav")
    with pytest.raises(MediaError, match=r"no sound stream \(found: 1 video stream\); give a file with sound"):
        list(source.read_sound(tmp_path / "silent.mp4"))
    with pytest.raises(MediaError, match=r"no video stream \(found: 1 audio stream\); give a file with video"):
        list(read_pictures(tmp_path / "tone.wav"))
    with pytest.raises(MediaError, match="a folder; give a file"):
        list(source.read_sound(tmp_path))


@pytest.mark.parametrize(("width", "height"), [(33, 16), (0, 16), (16, 20_000)])
def test_a_form_must_be_even_and_bounded(width: int, height: int) -> None:
    with pytest.raises(MediaError, match="picture form"):
        PictureForm(width, height)


def test_a_header_that_announces_giant_pictures_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "bomb.y4m"
    path.write_bytes(b"YUV4MPEG2 W15000 H15000 F25:1 C420\nFRAME\n" + bytes(1000))
    for read in (lambda: source.probe(path), lambda: list(read_pictures(path))):
        with pytest.raises(MediaError, match=r"bomb\.y4m: "):
            read()


def noisy(count: int) -> Iterator[av.VideoFrame]:
    random = np.random.default_rng(0)
    for _ in range(count):
        yield of_planes([random.integers(16, 236, (48, 64), np.uint8), 128, 128])


@pytest.mark.parametrize(
    ("name", "codec", "options", "more"),
    [
        ("x.mp4", "libx264", X264, {"movflags": "faststart"}),
        ("x.mkv", "libx264", X264, {}),
        ("x.webm", "libvpx-vp9", VP9, {}),
        ("x.mov", "mjpeg", {"qscale": "2", "strict": "-1"}, {"movflags": "faststart"}),
        ("x.avi", "mpeg4", MPEG, {}),
        ("parts.mp4", "libx264", X264, {"movflags": "frag_keyframe+empty_moov"}),
    ],
)
@pytest.mark.parametrize("share", [0.5, 0.9])
def test_a_file_that_is_cut_off_is_damaged(
    tmp_path: Path, name: str, codec: str, options: dict, more: dict, share: float
) -> None:
    path = write(tmp_path / name, noisy(30), codec, options, **more)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * share)])
    pictures, error = until_damage(path)
    assert re.search(rf"{name}: damaged after \d+ frames \(\d\.\d\d s\): .+; give an undamaged copy$", error)
    assert {picture.planes.y.shape for picture in pictures} == {(48, 64)}
    assert 2 <= len(pictures) < 30


def until_damage(path: Path) -> tuple[list[Picture], str]:
    """Return what is read before an error, and the error."""
    pictures: list[Picture] = []
    try:
        pictures.extend(read_pictures(path))
    except MediaError as error:
        return pictures, str(error)
    return pictures, ""


def damaged(tmp_path: Path, begin: int, end: int) -> Path:
    """Return a video of 100 pictures whose packets number begin to end are overwritten."""
    path = write(tmp_path / "x.mp4", noisy(100), options={**X264, "g": "10", "bf": "0"})
    content = bytearray(path.read_bytes())
    with av.open(str(path)) as container:
        for index, packet in enumerate(container.demux(video=0)):
            if begin <= index < end:
                content[packet.pos : packet.pos + packet.size] = b"\xff" * packet.size
    path.write_bytes(content)
    return path


def test_a_short_damage_is_passed_over(tmp_path: Path) -> None:
    pictures = list(read_pictures(damaged(tmp_path, 30, 40)))
    assert pictures[-1].time == Fraction(99, 25)
    assert 88 <= len(pictures) <= 100
    assert sum(picture.duration for picture in pictures) == 4


@pytest.mark.parametrize(("begin", "end", "last"), [(20, 70, 20), (60, 100, 60)])
def test_a_long_damage_or_a_damaged_end_is_named_with_its_time(tmp_path: Path, begin: int, end: int, last: int) -> None:
    pictures, error = until_damage(damaged(tmp_path, begin, end))
    assert re.search(rf"damaged after {last} frames \({(last - 1) / 25:.2f} s\): ", error)
    assert [picture.time for picture in pictures] == [Fraction(index, 25) for index in range(last)]


def test_only_the_stream_that_is_cut_off_is_damaged(tmp_path: Path) -> None:
    path = with_sound(tmp_path / "x.mp4", 0, 0, movflags="faststart")
    path.write_bytes(path.read_bytes()[:-1500])  # the last of the sound, which goes on for longer
    assert len(list(read_pictures(path))) == 10
    with pytest.raises(MediaError, match=r"of its sound: cut off, 1500 bytes are missing at its end"):
        list(source.read_sound(path))


def test_a_recording_that_begins_between_key_frames_is_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x.ts", noisy(40))
    with av.open(str(path)) as container:
        places = [packet.pos for packet in container.demux(video=0) if packet.size]
    path.write_bytes(path.read_bytes()[places[5] :])
    pictures = list(read_pictures(path))
    assert len(pictures) == 28  # from the next key frame on, at picture 12
    assert pictures[-1].time - pictures[0].time == Fraction(27, 25)


def test_a_clock_that_goes_back_is_an_error(tmp_path: Path) -> None:
    first, second = (write(tmp_path / name, map(flat, range(50))) for name in ("a.ts", "b.ts"))
    first.write_bytes(first.read_bytes() + second.read_bytes())
    pictures, error = until_damage(first)
    assert re.search(r"a\.ts: damaged after 50 frames \(1\.96 s\): its clock goes back to 0\.00 s; give an", error)
    assert [picture.time for picture in pictures] == [Fraction(index, 25) for index in range(50)]


def test_a_format_that_nothing_here_decodes_is_named(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mkv", map(flat, range(3)))
    path.write_bytes(path.read_bytes().replace(b"V_MPEG4/ISO/AVC", b"V_MPEG4/ISO/XYZ"))
    for read in (lambda: list(read_pictures(path)), lambda: source.probe(path)):
        with pytest.raises(MediaError, match=r"x\.mkv: (no video stream|neither pictures nor sound) .*decoded here"):
            read()


def test_pictures_without_a_rate_are_read(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mkv", [flat(0)], times=[0], tick=Fraction(1, 1000))
    assert len(list(read_pictures(path))) == 1
    assert source.probe(path).video.rate > 0


def handles() -> set[str]:
    return {str(link.readlink()) for link in Path("/proc/self/fd").iterdir() if link.is_symlink()}


def test_no_handle_stays_open(tmp_path: Path) -> None:
    path = with_sound(tmp_path / "sound.mp4", 0, 0)
    bad = damaged(tmp_path, 60, 100)
    Image.new("L", (8, 8)).save(tmp_path / "x.png")
    for read in (read_pictures, lambda p, *a: read_backwards(p, 0, 1), source.read_sound):
        opened = read(path, Fraction(1, 5))
        next(opened)
        opened.close()
    next(read_pictures(path))
    for read in reads(bad):
        with suppress(MediaError):
            read()
    source.probe(path)
    next(read_pictures(tmp_path / "x.png"))
    assert not [name for name in handles() if str(tmp_path) in name]


@pytest.mark.parametrize(
    ("name", "count", "size", "duration"),
    [
        ("free/SAR-2by3.mp4", 60, (640, 540), 2),
        ("free/av1_video.mkv", 125, (640, 360), 5),
        ("free/bt709_full_range.mp4", 30, (1280, 720), 1),
        ("free/chaplin.mp4", 241, (640, 360), Fraction(241, 25)),
        ("free/h264_10bits.mp4", 30, (200, 200), 1),
        ("free/h265_video.mp4", 10, (128, 128), 1),
        ("free/nasa_13013.mp4", 325, (320, 180), 13),
        ("local/carphone_pristine.mp4", 120, (192, 144), Fraction(1001, 250)),
        ("local/newtonscradle.gif", 36, (200, 150), Fraction(82, 100)),
        ("local/no_duration.webm", 74, (1280, 720), Fraction(4938, 1000)),
        ("local/video_90.mov", 3, (320, 568), Fraction(1, 10)),
        ("local/corrupted.mp4", 49, (1280, 720), 5),
    ],
)
def test_real_footage(name: str, count: int, size: tuple[int, int], duration: Fraction) -> None:
    path = FOOTAGE / name
    if not path.exists():
        pytest.skip(f"real footage is not beside the repository: {path}")
    pictures = [(p.time, p.duration, p.planes.width, p.planes.height) for p in read_pictures(path)]
    assert len(pictures) == count
    assert {picture[2:] for picture in pictures} == {size}
    assert pictures[0][0] == 0
    assert abs(sum(picture[1] for picture in pictures) - duration) <= Fraction(1, 1000)
    middle = pictures[count // 2]
    assert next(read_pictures(path, middle[0])).time == middle[0]
    info = source.probe(path)
    assert (info.width, info.height) == size

"""Renders in segments: joins that nobody can see, and work that survives what interrupts it."""

import hashlib
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import imageio_ffmpeg
import numpy as np
import pytest

from frameloom.core.errors import MediaError, OutputError
from frameloom.media.files.assembly import assemble, keep_playable
from frameloom.media.files.formats import SoundFormat, VideoFormat
from frameloom.media.files.segments import Work, encode_segment, missing_segments, segmented, whole_segments
from frameloom.media.files.workplace import alone
from frameloom.media.frames import Chapter
from frameloom.media.planes import Planes

WIDTH, HEIGHT, FRAMES = 64, 48, 47
NTSC = Fraction(30000, 1001)
HALF_SECOND = Fraction(1001, 2000)  # 15 pictures at NTSC: segments of 15, 15, 15 and 2
EVERY_CODEC = [
    ("film.mp4", "h264"),
    ("film.mp4", "hevc"),
    ("film.mp4", "av1"),
    ("film.mp4", "vp9"),
    ("film.mov", "prores"),
]
EVERY_CODEC += [("film.mkv", "h264"), ("film.mkv", "hevc"), ("film.webm", "vp9"), ("film.webm", "av1")]


def level(index: int) -> int:
    return 40 + index * 37 % 180


def pictures(first: int, count: int, alpha: bool = False) -> Iterator[Planes]:
    """Yield pictures whose luma tells their number, with a bar that moves."""
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    for index in range(first, first + count):
        y = np.full((HEIGHT, WIDTH), level(index), np.uint8)
        y[20:28, index % WIDTH :] = 220
        opacity = np.full_like(y, 255 * (index % 2)) if alpha else None
        yield Planes(y, half, half, opacity)


def tone(samples: int = 75_275) -> Iterator[np.ndarray]:
    """Yield a sweep in blocks; 75,275 samples are 47 pictures at NTSC."""
    time = np.arange(samples)[:, None] / 48_000
    sound = (0.3 * np.sin(2 * np.pi * (200 + 900 * time) * time + np.arange(2))).astype(np.float32)
    for start in range(0, samples, 4800):
        yield sound[start : start + 4800]


def begin(path: Path, key: str = "a", codec: str | None = None, **options) -> Work:
    video = VideoFormat(codec=codec, speed="medium" if codec in ("h264", "hevc") else "draft", quality=90)
    given = {"frames": FRAMES, "rate": NTSC, "width": WIDTH, "height": HEIGHT, "video": video, "segment_s": HALF_SECOND}
    return segmented(path, key, **{**given, **options})


def encode_all(work: Work, alpha: bool = False) -> None:
    for segment in missing_segments(work):
        encode_segment(work, segment, pictures(segment.first, segment.count, alpha))


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def shown(path: Path) -> list[tuple[Fraction, float]]:
    with av.open(str(path)) as container:
        return [
            (frame.pts * frame.time_base, float(frame.to_ndarray(format="gray8")[:16].mean()))
            for frame in container.decode(video=0)
        ]


@pytest.mark.parametrize(("name", "codec"), EVERY_CODEC)
def test_joins_cannot_be_seen(tmp_path: Path, name: str, codec: str) -> None:
    """All pictures, each with its content at k / rate, and times of packets that never go back."""
    work = begin(tmp_path / name, codec=codec)
    assert [(part.first, part.count) for part in work.segments] == [(0, 15), (15, 15), (30, 15), (45, 2)]
    encode_all(work)
    written = assemble(work, tone(), made_by="by hand", chapters=[Chapter(Fraction(0), Fraction(1), "One")])
    assert (written.path, written.frames, written.width, written.height) == (tmp_path / name, FRAMES, WIDTH, HEIGHT)
    tolerance = Fraction(1, 2000) if name.endswith(("mkv", "webm")) else 0
    found = shown(tmp_path / name)
    assert len(found) == FRAMES
    for index, (time, luma) in enumerate(found):
        assert abs(time - index / NTSC) <= tolerance
        assert luma == pytest.approx((level(index) - 16) * 255 / 219, abs=4)
    with av.open(str(tmp_path / name)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == NTSC
        assert (stream.colorspace, stream.color_primaries, stream.color_trc, stream.color_range) == (1, 1, 1, 1)
        packets = [packet for packet in container.demux(stream) if packet.size]
        assert [chapter["metadata"]["title"] for chapter in container.chapters()] == ["One"]
    assert len(packets) == FRAMES
    if tolerance:
        return  # Matroska stores no times of decoding
    stamps = [packet.dts for packet in packets]
    assert len({later - earlier for earlier, later in pairwise(stamps)}) == 1
    assert stamps == sorted(set(stamps))
    assert all(packet.dts <= packet.pts for packet in packets)
    if codec in ("h264", "hevc"):
        assert any(packet.dts < packet.pts for packet in packets)  # there are B pictures to put right
    assert sorted(tmp_path.iterdir()) == [tmp_path / name]


@pytest.mark.parametrize(
    ("name", "codec"), [("film.mp4", "h264"), ("film.mp4", "hevc"), ("film.mp4", "av1"), ("film.webm", "vp9")]
)
def test_other_decoders_find_no_fault(tmp_path: Path, name: str, codec: str) -> None:
    work = begin(tmp_path / name, codec=codec)
    encode_all(work)
    assemble(work, tone())
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "warning", "-i", str(tmp_path / name), "-f", "null", "-"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stderr == ""


def test_sound_has_no_joins(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mov", codec="h264")
    encode_all(work)
    assemble(work, tone(), audio=SoundFormat(codec="pcm"))
    with av.open(str(tmp_path / "film.mov")) as container:
        parts = [frame.to_ndarray().reshape(-1, 2) / 2**31 for frame in container.decode(audio=0)]
    assert np.abs(np.concatenate(parts) - np.concatenate(list(tone()))).max() < 2**-22


def test_an_interruption_changes_nothing(tmp_path: Path) -> None:
    straight = begin(tmp_path / "a" / "film.mp4")
    encode_all(straight)
    assemble(straight, tone())

    work = begin(tmp_path / "b" / "film.mp4")
    third, first = work.segments[2], work.segments[0]
    for segment in (third, first):  # in any order
        encode_segment(work, segment, pictures(segment.first, segment.count))

    def stopped() -> Iterator[Planes]:
        yield from pictures(15, 5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_segment(work, work.segments[1], stopped())
    again = begin(tmp_path / "b" / "film.mp4")
    assert again.notes == ()
    assert [segment.index for segment in whole_segments(again)] == [0, 2]
    assert [segment.index for segment in missing_segments(again)] == [1, 3]
    encode_all(again)
    assemble(again, tone())
    assert digest(tmp_path / "a" / "film.mp4") == digest(tmp_path / "b" / "film.mp4")


def killed_while(code: str, path: Path) -> None:
    """Run code that begins work on a file and kills its own process."""
    begins = f"""
import importlib.util, os, signal, sys
from pathlib import Path
spec = importlib.util.spec_from_file_location("tests_here", {str(Path(__file__))!r})
here = importlib.util.module_from_spec(spec)
spec.loader.exec_module(here)
work = here.begin(Path(sys.argv[1]))
"""
    done = subprocess.run([sys.executable, "-c", begins + code, path], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    assert not path.exists()


def test_a_process_killed_while_it_puts_the_file_together_leaves_nothing_beside_it(tmp_path: Path) -> None:
    code = """
here.encode_all(work)
def killed():
    yield from list(here.tone())[:8]
    os.kill(os.getpid(), signal.SIGKILL)
here.assemble(work, killed())
"""
    killed_while(code, tmp_path / "film.mp4")
    assert os.listdir(tmp_path) == [".film.mp4.work"]  # noqa: PTH208
    work = begin(tmp_path / "film.mp4")
    assert not missing_segments(work)
    assemble(work, tone())
    assert os.listdir(tmp_path) == ["film.mp4"]  # noqa: PTH208


def test_a_killed_process_loses_only_its_segment(tmp_path: Path) -> None:
    code = """
first, second = work.segments[:2]
here.encode_segment(work, first, here.pictures(first.first, first.count))
def killed():
    yield from here.pictures(second.first, 9)
    os.kill(os.getpid(), signal.SIGKILL)
here.encode_segment(work, second, killed())
"""
    path = tmp_path / "film.mp4"
    killed_while(code, path)
    work = begin(path)
    assert [segment.index for segment in whole_segments(work)] == [0]
    encode_all(work)
    assert assemble(work).frames == FRAMES
    assert os.listdir(tmp_path) == ["film.mp4"]  # noqa: PTH208


def test_two_processes_do_not_render_to_one_file(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with alone(path):
        work = begin(path)
        busy = r"film\.mp4: is being rendered by another process; wait for it or give another name"
        with pytest.raises(OutputError, match=busy), alone(path):
            pass
        with alone(tmp_path / "other.mp4"):
            pass
        encode_all(work)
        assemble(work)
    assert [name.name for name in tmp_path.iterdir()] == ["film.mp4"]


def test_nothing_is_left_of_work_that_had_not_begun(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    with alone(path):
        begin(path)
    assert not list(tmp_path.iterdir())
    with alone(tmp_path / "new" / "newer" / "film.mp4"):
        pass
    assert not list(tmp_path.iterdir())
    with alone(path):
        work = begin(path)
        encode_segment(work, work.segments[0], pictures(0, work.segments[0].count))
    assert [name.name for name in tmp_path.iterdir()] == [".film.mp4.work"]  # to go on with


def test_the_place_is_looked_at_first(tmp_path: Path) -> None:
    (tmp_path / "dir.mp4").mkdir()
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match=r"dir\.mp4: is a folder; give a file name"), alone(tmp_path / "dir.mp4"):
        pass
    with pytest.raises(OutputError, match=r"file is a file"), alone(tmp_path / "file" / "out.mp4"):
        pass
    assert sorted(name.name for name in tmp_path.iterdir()) == ["dir.mp4", "file"]


def test_what_a_killed_process_left_goes(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    (work.folder / ".00000.4711.part.mp4").write_bytes(b"half")
    again = begin(tmp_path / "film.mp4")
    assert not again.notes
    assert [name.name for name in again.folder.iterdir()] == ["work.json"]


def test_what_is_whole_can_be_played(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    for segment in (work.segments[0], work.segments[1], work.segments[3]):
        encode_segment(work, segment, pictures(segment.first, segment.count))
    written = keep_playable(work, tone())
    assert written is not None
    assert (written.path, written.frames) == (tmp_path / "film.partial.mp4", 30)
    assert [time for time, _ in shown(written.path)] == [k / NTSC for k in range(30)]
    with av.open(str(written.path)) as container:
        sound = container.streams.audio[0]
        assert sound.duration * sound.time_base == Fraction(30 * 1001, 30000)
    assert work.folder.exists()
    encode_all(work)
    assemble(work, tone())
    assert sorted(tmp_path.iterdir()) == [tmp_path / "film.mp4"]  # the partial file went with its reason


def test_a_partial_file_goes_though_its_work_was_thrown_away(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_segment(work, work.segments[0], pictures(0, work.segments[0].count))
    assert keep_playable(work, tone()) is not None
    other = begin(tmp_path / "film.mp4", key="other")
    assert "thrown away" in other.notes[-1]
    encode_all(other)
    assemble(other, tone())
    assert sorted(tmp_path.iterdir()) == [tmp_path / "film.mp4"]


def test_nothing_whole_is_nothing_to_play(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_segment(work, work.segments[1], pictures(15, 15))
    assert keep_playable(work, tone()) is None
    assert not work.partial.exists()


def test_a_partial_file_of_somebody_else_stays(tmp_path: Path) -> None:
    (tmp_path / "film.partial.mp4").write_bytes(b"mine")
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    assemble(work)
    assert (tmp_path / "film.partial.mp4").read_bytes() == b"mine"


@pytest.mark.parametrize(
    "change",
    [
        {"key": "b"},
        {"frames": FRAMES + 1},
        {"rate": Fraction(25)},
        {"color": "bt601"},
        {"width": 32},
        {"segment_s": Fraction(1)},
        {"video": VideoFormat(quality=50)},
        {"depth": 10},
    ],
)
def test_other_work_is_never_mixed_in(tmp_path: Path, change: dict) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_segment(work, work.segments[0], pictures(0, 15))
    other = begin(tmp_path / "film.mp4", **change)
    assert whole_segments(other) == ()
    assert other.notes == (f"{work.folder}: unfinished work on something else was thrown away",)


def test_a_folder_of_somebody_else_stays(tmp_path: Path) -> None:
    folder = tmp_path / ".film.mp4.work"
    folder.mkdir()
    (folder / "diary.txt").write_text("dear")
    with pytest.raises(OutputError, match=r"holds diary\.txt, which is no work of ours; move it away"):
        begin(tmp_path / "film.mp4")
    assert (folder / "diary.txt").read_text() == "dear"


@pytest.mark.parametrize("damage", [b"", b"nothing like a video"])
def test_a_damaged_segment_counts_as_missing(tmp_path: Path, damage: bytes) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    work.segments[1].path.write_bytes(damage)
    assert [segment.index for segment in missing_segments(work)] == [1]
    with pytest.raises(MediaError, match="1 of 4 segments are not encoded yet; encode them"):
        assemble(work)


def test_a_segment_of_another_length_counts_as_missing(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    work.segments[3].path.replace(work.segments[1].path)
    assert [segment.index for segment in missing_segments(work)] == [1, 3]


def test_a_segment_of_another_make_is_refused(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4")
    encode_all(work)
    other = begin(tmp_path / "other" / "film.mp4", color="bt601")
    encode_all(other)
    other.segments[2].path.replace(work.segments[2].path)
    with pytest.raises(
        MediaError, match=r"00002\.mp4: was encoded in another way than the first; remove .*\.film\.mp4\.work"
    ):
        assemble(work)
    assert not (tmp_path / "film.mp4").exists()


@pytest.mark.parametrize("count", [14, 16])
def test_a_segment_has_its_number_of_pictures(tmp_path: Path, count: int) -> None:
    work = begin(tmp_path / "film.mp4")
    with pytest.raises(MediaError, match=rf"film\.mp4: segment 0 got {count} pictures, not 15"):
        encode_segment(work, work.segments[0], pictures(0, count))
    assert whole_segments(work) == ()


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("film.gif", {"rate": Fraction(10)}, r"film\.gif: is written directly, not in segments; use write_media"),
        ("film", {}, "is written directly, not in segments"),
        ("film.mp4", {"frames": 0}, "no pictures to write"),
        ("film.webm", {"codec": "h264"}, r"a \.webm file takes no h264"),
    ],
)
def test_what_cannot_be_in_segments_says_so(tmp_path: Path, name: str, options: dict, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        begin(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "codec", "decoder"), [("film.webm", "vp9", "libvpx-vp9"), ("film.mov", "prores", "prores")]
)
def test_alpha_survives_the_join(tmp_path: Path, name: str, codec: str, decoder: str) -> None:
    work = begin(tmp_path / name, codec=codec, alpha=True)
    encode_all(work, alpha=True)
    assemble(work)
    with av.open(str(tmp_path / name)) as container:
        context = av.CodecContext.create(decoder, "r")
        frames = [
            frame for packet in container.demux(video=0) for frame in context.decode(packet if packet.size else None)
        ]
    opacities = [int(frame.to_ndarray(format="rgba")[..., 3].mean() + 0.5) for frame in frames]
    assert opacities == pytest.approx([255 * (index % 2) for index in range(FRAMES)], abs=3)


def test_one_segment_is_enough_for_short_work(tmp_path: Path) -> None:
    work = begin(tmp_path / "film.mp4", segment_s=Fraction(20))
    assert len(work.segments) == 1
    encode_all(work)
    assert assemble(work).frames == FRAMES

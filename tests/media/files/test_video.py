"""Video files: what is written comes back, and bad files say what is wrong with them."""

import io
import os
import platform
import struct
import subprocess
import sys
import wave
import zlib
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from frameloom.core.errors import MediaError, OutputError
from frameloom.media import frames as bounds
from frameloom.media.files.video import probe, read_clip, read_frames, write_clip
from frameloom.media.pages.page import png

FOOTAGE = Path(__file__).parents[3].parent / "shared" / "data" / "footage"
EVERY_FORM = (".mp4", ".webm", ".gif", ".webp", "")
EXACT_FORMS = (".gif", ".webp", "")


def moving_bar(frames: int = 8, height: int = 32, width: int = 48) -> np.ndarray:
    """Return a red bar that moves over dark blue; frames 3 and 4 are equal."""
    clip = np.zeros((frames, height, width, 3), np.uint8)
    clip[:] = (10, 20, 90)
    for index in range(frames):
        left = 4 * (3 if index == 4 else index)
        clip[index, 8:24, left : left + 12] = (250, 30, 40)
    return clip


@pytest.mark.parametrize("suffix", EVERY_FORM)
def test_every_form_gives_back_what_was_written(tmp_path: Path, suffix: str) -> None:
    clip = moving_bar()
    written = write_clip(tmp_path / f"clip{suffix}", clip, 10)
    again = read_clip(written.path)
    assert (written.frames, written.width, written.height, written.notes) == (8, 48, 32, ())
    assert again.shape == clip.shape
    assert again.dtype == np.uint8
    inside, outside = again[:, 16, 4:8], clip[:, 16, 4:8]
    assert np.abs(inside[0].astype(int) - outside[0]).max() <= 8
    if suffix in EXACT_FORMS:
        assert (again == clip).all()
    else:
        assert np.abs(again.astype(int) - clip).mean() < 5


@pytest.mark.parametrize("suffix", EVERY_FORM)
@pytest.mark.parametrize("colour", [(255, 0, 0), (0, 255, 0), (0, 0, 255), (128, 128, 128), (255, 255, 255), (0, 0, 0)])
def test_colours_survive(tmp_path: Path, suffix: str, colour: tuple[int, int, int]) -> None:
    clip = np.broadcast_to(np.array(colour, np.uint8), (2, 16, 16, 3))
    again = read_clip(write_clip(tmp_path / f"clip{suffix}", clip, 10).path)
    assert np.abs(again.astype(int) - clip).max() <= 3


@pytest.mark.parametrize(("height", "is_709"), [(360, False), (720, True)])
def test_untagged_colour_is_read_by_size(tmp_path: Path, height: int, is_709: bool) -> None:
    path = tmp_path / "green.mkv"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=10)
        stream.width, stream.height, stream.pix_fmt = 1280, height, "yuv444p"
        planes = np.empty((3, height, 1280), np.uint8)
        planes[:] = np.array([145, 54, 34], np.uint8)[:, None, None]  # green in BT.601, limited range
        container.mux(stream.encode(av.VideoFrame.from_ndarray(planes, format="yuv444p")))
        container.mux(stream.encode(None))
    red, green, blue = (int(value) for value in next(read_frames(path)).pixels[0, 0])
    # BT.601: R = 1.164 (145 - 16) + 1.596 (34 - 128) = 0; BT.709: G = 150.2 - .213 (54 - 128) - .533 (34 - 128) = 216
    assert abs(green - (216 if is_709 else 255)) <= 2
    assert (red, blue) == pytest.approx((0, 0), abs=2)


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
@pytest.mark.parametrize("rate", [Fraction(25), Fraction(30000, 1001)])
def test_times_are_exact(tmp_path: Path, suffix: str, rate: Fraction) -> None:
    path = write_clip(tmp_path / f"clip{suffix}", moving_bar(), rate).path
    tolerance = Fraction(1, 2000) if suffix == ".webm" else 0  # WebM counts milliseconds
    for index, frame in enumerate(read_frames(path)):
        assert abs(frame.time - index / rate) <= tolerance
    info = probe(path)
    assert (info.width, info.height, info.frames) == (48, 32, 8)
    assert info.rate == rate
    assert abs(info.duration - 8 / rate) <= tolerance


@pytest.mark.parametrize("suffix", [".gif", ".webp"])
def test_rounded_times_do_not_add_up(tmp_path: Path, suffix: str) -> None:
    path = write_clip(tmp_path / f"clip{suffix}", moving_bar(31), 30).path
    last = list(read_frames(path))[-1]
    assert last.time == 1
    assert probe(path).frames == 31


def test_folder_counts_25_a_second(tmp_path: Path) -> None:
    info = probe(write_clip(tmp_path / "frames", moving_bar(5), 10).path)
    assert (info.width, info.height, info.rate, info.frames, info.duration) == (48, 32, 25, 5, Fraction(1, 5))


def test_a_still_is_one_frame(tmp_path: Path) -> None:
    Image.new("RGB", (6, 4), (9, 8, 7)).save(tmp_path / "still.png")
    assert read_clip(tmp_path / "still.png").tolist() == [[[[9, 8, 7]] * 6] * 4]
    assert probe(tmp_path / "still.png").frames == 1


def test_odd_sides_are_padded_with_their_edge_and_said(tmp_path: Path) -> None:
    clip = np.zeros((2, 33, 47, 3), np.uint8)
    clip[:, -1] = clip[:, :, -1] = 255
    written = write_clip(tmp_path / "odd.mp4", clip, 10)
    assert written.notes == ("47x33 px padded to 48x34: H.264 needs even sides",)
    again = read_clip(written.path)
    assert again.shape == (2, 34, 48, 3)
    assert again[:, 33].min() > 200


def test_odd_sides_of_webm_stay(tmp_path: Path) -> None:
    assert read_clip(write_clip(tmp_path / "odd.webm", moving_bar(3, 31, 47), 10).path).shape == (3, 31, 47, 3)


def test_scale_draws_each_pixel_as_a_square(tmp_path: Path) -> None:
    clip = moving_bar(2)
    again = read_clip(write_clip(tmp_path / "large.webp", clip, 10, scale=3).path)
    assert (again == np.kron(clip, np.ones((1, 3, 3, 1), np.uint8))).all()


@pytest.mark.parametrize("shape", [(2, 16, 16), (2, 16, 16, 1)])
def test_grey_is_written_as_grey(tmp_path: Path, shape: tuple[int, ...]) -> None:
    clip = np.arange(np.prod(shape), dtype=np.uint64).astype(np.uint8).reshape(shape)
    again = read_clip(write_clip(tmp_path / "grey.webp", clip, 10).path)
    assert (again == clip.reshape(2, 16, 16, 1)).all()


@settings(max_examples=25, deadline=None)
@given(
    clip=arrays(
        np.uint8,
        st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(1, 9), st.just(3)),
        elements=st.sampled_from([0, 7, 255]),
    ),
    suffix=st.sampled_from([".webp", ""]),
)
def test_lossless_forms_are_exact_for_any_clip(
    tmp_path_factory: pytest.TempPathFactory, clip: np.ndarray, suffix: str
) -> None:
    path = tmp_path_factory.mktemp("any") / f"clip{suffix}"
    assert (read_clip(write_clip(path, clip, 10).path) == clip).all()


def test_only_as_many_frames_as_asked_for_are_read(tmp_path: Path) -> None:
    path = write_clip(tmp_path / "clip.mp4", moving_bar(), 10).path
    assert len(read_clip(path, 3)) == 3
    with pytest.raises(MediaError, match="0 frames asked for; ask for at least one"):
        read_clip(path, 0)


def test_frames_stream_through_the_writer(tmp_path: Path) -> None:
    """A generator that fails leaves no file, and the old one as it was."""
    path = write_clip(tmp_path / "clip.mp4", moving_bar(2), 10).path
    before = path.read_bytes()

    def frames():
        yield from moving_bar(3)
        raise RuntimeError("the model fell over")

    with pytest.raises(RuntimeError, match="fell over"):
        write_clip(path, frames(), 10)
    assert path.read_bytes() == before
    assert [name.name for name in tmp_path.iterdir()] == ["clip.mp4"]


MADE_BY = "frameloom generate mnist-gan --seed 1 " + "x" * 300


@pytest.mark.parametrize("suffix", [".mp4", ".webm"])
def test_video_says_how_it_was_made(tmp_path: Path, suffix: str) -> None:
    path = write_clip(tmp_path / f"clip{suffix}", moving_bar(2), 10, made_by=MADE_BY).path
    with av.open(str(path)) as container:
        tags = {name.lower(): value for name, value in container.metadata.items()}
    assert tags["comment"] == MADE_BY


def test_pictures_say_how_they_were_made(tmp_path: Path) -> None:
    for suffix in EXACT_FORMS:
        write_clip(tmp_path / f"clip{suffix}", moving_bar(2), 10, made_by=MADE_BY)
    with Image.open(tmp_path / "clip.gif") as gif, Image.open(tmp_path / "clip.webp") as webp:
        gif.seek(1)
        assert webp.getexif()[270] == MADE_BY
    assert MADE_BY[:255].encode() in (tmp_path / "clip.gif").read_bytes()
    with Image.open(tmp_path / "clip" / "frame_00001.png") as still:
        assert still.info["Comment"] == MADE_BY


def test_animations_loop_for_ever(tmp_path: Path) -> None:
    for suffix in (".gif", ".webp"):
        with Image.open(write_clip(tmp_path / f"clip{suffix}", moving_bar(2), 10).path) as image:
            assert image.info["loop"] == 0


@pytest.mark.parametrize(
    ("name", "frames", "options", "message"),
    [
        (
            "clip.avi",
            moving_bar(),
            {},
            r"unknown suffix '\.avi'; known: \.mp4, \.webm, \.gif, \.webp, or none for a folder",
        ),
        ("clip.mp4", [], {}, "no frames to write"),
        ("clip.mp4", moving_bar(), {"scale": 0}, "scale 0; give a whole number from 1 up"),
        ("clip.mp4", moving_bar(), {"rate": 0}, "a rate of 0 cannot be written"),
        (
            "clip.mp4",
            moving_bar(),
            {"rate": Fraction(29.97)},
            "a rate of .* cannot be written; give an int or Fraction",
        ),
        ("clip.gif", moving_bar(), {"rate": 60}, r"\.gif plays at most 50 frames per second, not 60; choose \.mp4"),
        ("clip.webp", moving_bar(), {"rate": 120}, r"\.webp plays at most 90 frames per second"),
        ("clip.mp4", moving_bar().astype(np.float32), {}, r"frame 0 is float32 \(32, 48, 3\); give uint8"),
        ("clip.mp4", np.zeros((2, 8, 8, 4), np.uint8), {}, r"frame 0 is uint8 \(8, 8, 4\); give uint8"),
        (
            "clip.mp4",
            [np.zeros((8, 8, 3), np.uint8), np.zeros((8, 6, 3), np.uint8)],
            {},
            "frame 1 is 6x8 px but the first is 8x8",
        ),
        ("clip.mp4", np.zeros((1, 1, 9000, 1), np.uint8), {"scale": 2}, "frames of 18000x2 px are too large"),
    ],
)
def test_what_cannot_be_written_says_why(tmp_path: Path, name: str, frames, options: dict, message: str) -> None:
    rate = options.pop("rate", 10)
    with pytest.raises(MediaError, match=message):
        write_clip(tmp_path / name, frames, rate, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_of_something_else_is_not_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "pictures"
    folder.mkdir()
    (folder / "holiday.png").write_bytes(b"dear to someone")
    with pytest.raises(OutputError, match=r"holds holiday\.png, which is no frame of ours; give a new or empty folder"):
        write_clip(folder, moving_bar(), 10)
    assert (folder / "holiday.png").read_bytes() == b"dear to someone"


def test_a_folder_of_our_frames_is_replaced(tmp_path: Path) -> None:
    write_clip(tmp_path / "frames", moving_bar(8), 10)
    write_clip(tmp_path / "frames", moving_bar(3), 10)
    assert len(read_clip(tmp_path / "frames")) == 3


def test_numbers_in_names_count_as_numbers(tmp_path: Path) -> None:
    for value in (10, 9, 100):
        Image.new("L", (2, 2), value).save(tmp_path / f"shot{value}.png")
    (tmp_path / "notes.txt").write_text("not a picture")
    assert [frame.pixels[0, 0, 0] for frame in read_frames(tmp_path)] == [9, 10, 100]


def test_transparent_pixels_are_black(tmp_path: Path) -> None:
    Image.new("RGBA", (1, 1), (200, 100, 50, 0)).save(tmp_path / "clear.png")
    assert read_clip(tmp_path / "clear.png").tolist() == [[[[0, 0, 0]]]]


def test_sixteen_bit_grey_keeps_its_high_byte(tmp_path: Path) -> None:
    Image.fromarray(np.array([[0x1234, 0xFFFF]], np.uint16)).save(tmp_path / "deep.png")
    assert read_clip(tmp_path / "deep.png").tolist() == [[[[0x12] * 3, [0xFF] * 3]]]


def test_photographs_stand_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[274] = 6  # orientation: turn clockwise to view
    Image.fromarray(np.array([[[255] * 3, [0] * 3]], np.uint8)).save(tmp_path / "turned.png", exif=exif)
    assert read_clip(tmp_path / "turned.png")[0, :, 0, 0].tolist() == [255, 0]


def test_missing_file(tmp_path: Path) -> None:
    for read in (probe, read_clip, lambda path: next(read_frames(path))):
        with pytest.raises(MediaError, match=r"absent\.mp4: no such file; give a video, an animation, or a folder"):
            read(tmp_path / "absent.mp4")


@pytest.mark.parametrize("content", [b"", b"not a video at all" * 50])
def test_not_a_video(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "junk.mp4").write_bytes(content)
    with pytest.raises(MediaError, match=r"junk\.mp4: not a video that can be read \(.+\); known: \.mp4"):
        read_clip(tmp_path / "junk.mp4")


@pytest.mark.parametrize("name", ["junk.gif", "junk.png"])
def test_not_a_picture(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"nothing")
    with pytest.raises(MediaError, match=r"cannot be read as a picture \(unknown format\); give PNG"):
        probe(tmp_path / name)


def test_playlists_reach_no_other_file(tmp_path: Path) -> None:
    write_clip(tmp_path / "secret.mp4", moving_bar(), 10)
    (tmp_path / "list.mp4").write_text(f"ffconcat version 1.0\nfile '{tmp_path / 'secret.mp4'}'\n")
    with pytest.raises(MediaError, match="not a video that can be read"):
        read_clip(tmp_path / "list.mp4")


def test_sound_alone_says_what_was_found(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "tone.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1600))
    with pytest.raises(MediaError, match=r"no video stream \(found: 1 audio stream\); give a file with video"):
        read_clip(tmp_path / "tone.wav")


def test_a_video_stream_without_frames(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "hollow.mkv"), "w") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 32, 32, "yuv420p"
        sound = container.add_stream("aac", rate=48000)
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
        frame.sample_rate = 48000
        container.mux(sound.encode(frame))
        container.mux(sound.encode(None))
    with pytest.raises(MediaError, match="no frames in its video stream; give a file that plays"):
        probe(tmp_path / "hollow.mkv")


@pytest.mark.parametrize(
    ("suffix", "message"),
    [
        (".mp4", r"damaged after \d+ frames \(\d\.\d\d s\): cut off in the middle of a frame; give an undamaged copy"),
        (".gif", r"damaged after \d+ frames \(image file is truncated"),
        (".png", "damaged after 0 frames"),
    ],
)
def test_half_a_file_is_damaged(tmp_path: Path, suffix: str, message: str) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3), dtype=np.uint8)
    path = tmp_path / f"half{suffix}"
    if suffix == ".png":
        path.write_bytes(png(noise[0]))
    else:
        write_clip(path, noise, 10)
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
    with pytest.raises(MediaError, match=message):
        read_clip(path)


def test_overwritten_bytes_are_damage(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (12, 64, 64, 3), dtype=np.uint8)
    path = write_clip(tmp_path / "clip.mp4", noise, 10).path
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = bytes(len(content) - len(content) // 2)
    path.write_bytes(content)
    with pytest.raises(MediaError, match=r"damaged after [1-9]\d* frames"):
        read_clip(path)


def test_a_picture_that_would_fill_memory_is_refused(tmp_path: Path) -> None:
    content = bytearray(png(np.zeros((4, 4, 1), np.uint8)))
    for side, message in ((100_000, "too large a picture"), (9_000, "frames of 9000x9000 px are too large")):
        content[16:24] = struct.pack(">II", side, side)  # width and height in IHDR
        content[29:33] = struct.pack(">I", zlib.crc32(content[12:29]))
        (tmp_path / "bomb.png").write_bytes(content)
        with pytest.raises(MediaError, match=message):
            read_clip(tmp_path / "bomb.png")


def test_a_clip_that_would_fill_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_clip(tmp_path / "clip.mp4", moving_bar(), 10).path
    monkeypatch.setattr(bounds, "MAX_CLIP_BYTES", 4 * 32 * 48 * 3)
    assert len(read_clip(path, 4)) == 4
    with pytest.raises(MediaError, match="GiB of frames; take at most 4 frames, or a smaller video"):
        read_clip(path)


def test_pictures_of_several_sizes(tmp_path: Path) -> None:
    Image.new("L", (4, 4)).save(tmp_path / "a1.png")
    Image.new("L", (5, 4)).save(tmp_path / "a2.png")
    with pytest.raises(MediaError, match=r"a2\.png: 5x4 px but the first picture is 4x4; give one size"):
        read_clip(tmp_path)


def test_a_folder_without_pictures(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no pictures in this folder; it must hold"):
        read_clip(tmp_path)


def test_a_video_that_changes_its_size(tmp_path: Path) -> None:
    def bare_h264(side: int) -> bytes:
        buffer = io.BytesIO()
        with av.open(buffer, "w", format="h264") as container:
            stream = container.add_stream("libx264", rate=10)
            stream.width, stream.height, stream.pix_fmt = side, side, "yuv420p"
            container.mux(
                stream.encode(av.VideoFrame.from_ndarray(np.zeros((side, side, 3), np.uint8), format="rgb24"))
            )
            container.mux(stream.encode(None))
        return buffer.getvalue()

    (tmp_path / "joined.h264").write_bytes(bare_h264(32) + bare_h264(64))
    assert probe(tmp_path / "joined.h264").frames == 2
    with pytest.raises(MediaError, match=r"its size changes to 64x64 px at 0\.04 s; cut it there"):
        read_clip(tmp_path / "joined.h264")


def test_names_with_a_colon_are_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_clip("concat:a.mp4", moving_bar(2), 10)
    assert len(read_clip("concat:a.mp4")) == 2


def test_pages_need_neither_torch_nor_av() -> None:
    code = "import sys, frameloom.media.pages.page; print(sorted({'torch', 'av', 'PIL'} & set(sys.modules)))"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.strip() == "[]"


def footage(name: str) -> Path:
    """Return a real clip, or skip the test."""
    path = FOOTAGE / name
    if not path.exists():
        pytest.skip(f"real footage is not beside the repository: {path}")
    return path


@pytest.mark.parametrize(
    ("name", "size", "rate", "frames"),
    [
        ("free/SAR-2by3.mp4", (640, 360), 30, 60),
        ("free/av1_video.mkv", (640, 360), 25, 125),
        ("free/bt709_full_range.mp4", (1280, 720), 30, 30),
        ("free/chaplin.mp4", (640, 360), 25, 241),
        ("free/h264_10bits.mp4", (200, 200), 30, 30),
        ("free/h265_video.mp4", (128, 128), 10, 10),
        ("free/nasa_13013.mp4", (320, 180), 25, 325),
        ("local/carphone_pristine.mp4", (176, 144), Fraction(30000, 1001), 120),
        ("local/newtonscradle.gif", (200, 150), Fraction(1800, 41), 36),
        ("local/no_duration.webm", (1280, 720), Fraction(15000, 1001), 74),
        ("local/video_90.mov", (320, 568), 30, 3),
    ],
)
def test_real_footage(name: str, size: tuple[int, int], rate: Fraction, frames: int) -> None:
    path = footage(name)
    info = probe(path)
    assert ((info.width, info.height), info.rate, info.frames) == (size, rate, frames)
    times = []
    for frame in read_frames(path):
        assert frame.pixels.shape == (info.height, info.width, 3)
        times.append(frame.time)
    assert len(times) == frames
    assert times[0] == 0
    assert times == sorted(set(times))
    assert abs(times[-1] + 1 / rate - info.duration) < Fraction(1, 20)


def test_real_damage_is_named() -> None:
    path = footage("local/corrupted.mp4")
    good = 0
    with pytest.raises(MediaError, match=r"corrupted\.mp4: damaged after 28 frames \(2\.70 s\)"):  # noqa: PT012
        for _ in read_frames(path):
            good += 1
    assert good == 28


ENCODES = """
import sys
import numpy as np
from pathlib import Path
from frameloom.media.files.video import write_clip
from frameloom.media.image import stretch
lumps = np.random.default_rng(0).random((40, 60)).astype(np.float32)
large = (stretch(lumps, 480, 320, "cubic").clip(0, 1) * 255).astype(np.uint8)
clip = np.stack([large[2 * k : 2 * k + 96, 3 * k : 3 * k + 192] for k in range(26)])
write_clip(Path(sys.argv[1]), np.repeat(clip[..., None], 3, -1), 25)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="fills fresh memory as glibc alone does when asked")
def test_bytes_do_not_depend_on_what_memory_held_before(tmp_path: Path) -> None:
    """Of pictures that are 12 macroblocks wide, x264 would read what it never wrote."""
    made = set()
    for filling in ("1", "165", "254"):
        out = tmp_path / f"{filling}.mp4"
        environment = {**os.environ, "MALLOC_PERTURB_": filling}
        subprocess.run([sys.executable, "-c", ENCODES, out], env=environment, check=True)
        made.add(out.read_bytes())
    assert len(made) == 1

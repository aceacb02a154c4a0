"""Writing media: exact times, exact sound, colours that say what they are, and whole files or none."""

import subprocess
import sys
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from frameloom.core.errors import MediaError, OutputError
from frameloom.media.files import encode
from frameloom.media.files.formats import SoundFormat, VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.frames import Chapter
from frameloom.media.planes import ColorName, Planes, plain, yuv_of

WIDTH, HEIGHT = 64, 48
FAST = VideoFormat(speed="draft", quality=90)
NTSC = Fraction(30000, 1001)
SAMPLES = 30_123
EVERY_CODEC = [
    ("clip.mp4", "h264"),
    ("clip.mp4", "hevc"),
    ("clip.mp4", "av1"),
    ("clip.mp4", "vp9"),
    ("clip.mov", "prores"),
]


def level(index: int) -> int:
    """Return the luma that tells a picture from its neighbours."""
    return 40 + index * 37 % 180


def pictures(count: int = 12, depth: int = 8) -> Iterator[Planes]:
    """Yield flat pictures, each of another luma."""
    kind = np.uint8 if depth == 8 else np.uint16
    half = np.full((HEIGHT // 2, WIDTH // 2), 128 << (depth - 8), kind)
    for index in range(count):
        yield Planes(np.full((HEIGHT, WIDTH), level(index) << (depth - 8), kind), half, half)


def tone(samples: int = SAMPLES, channels: int = 2) -> np.ndarray:
    """Return a sweep from 200 Hz to 3 kHz, like itself at no other time; another phase in each channel."""
    time = np.arange(samples)[:, None] / 48_000
    return (0.3 * np.sin(2 * np.pi * (200 + 2200 * time) * time + np.arange(channels))).astype(np.float32)


def lag(heard: np.ndarray, written: np.ndarray) -> int:
    """Return by how many samples sound comes late."""
    spectrum = np.fft.rfft(heard[:, 0], 1 << 17) * np.conj(np.fft.rfft(written[:, 0], 1 << 17))
    best = int(np.argmax(np.fft.irfft(spectrum)))
    return best if best < 1 << 16 else best - (1 << 17)


def blocks(sound: np.ndarray, size: int = 1000) -> Iterator[np.ndarray]:
    for start in range(0, len(sound), size):
        yield sound[start : start + size]


def write(path: Path, **options):
    given = {
        "pictures": pictures(),
        "sound": None,
        "rate": Fraction(25),
        "width": WIDTH,
        "height": HEIGHT,
        "video": FAST,
    }
    given |= options
    return write_media(path, given.pop("pictures"), given.pop("sound"), **given)


def shown(path: Path) -> list[tuple[Fraction, float]]:
    """Return time and mean luma (of 8 bits) of each picture."""
    with av.open(str(path)) as container:
        return [
            (frame.pts * frame.time_base, float(frame.to_ndarray(format="gray8").mean()))
            for frame in container.decode(video=0)
        ]


def heard(path: Path) -> np.ndarray:
    """Return decoded samples, (N, channels), cut where the file says that its sound ends."""
    with av.open(str(path)) as container:
        stream = container.streams.audio[0]
        resampler = av.AudioResampler(format="fltp")
        parts = [part.to_ndarray() for frame in container.decode(stream) for part in resampler.resample(frame)]
        parts += [part.to_ndarray() for part in resampler.resample(None)]
        end = (
            int(stream.duration * stream.time_base * stream.rate)
            if stream.duration and path.suffix in (".mp4", ".m4a", ".mov")
            else None
        )
    return np.concatenate(parts, axis=1).T[:end]


@pytest.mark.parametrize(("name", "codec"), EVERY_CODEC)
@pytest.mark.parametrize(
    "rate", [Fraction(25), NTSC, Fraction(24000, 1001), Fraction(120), Fraction(1), Fraction(1000, 7)]
)
def test_every_picture_is_shown_at_its_time(tmp_path: Path, name: str, codec: str, rate: Fraction) -> None:
    written = write(tmp_path / name, rate=rate, video=VideoFormat(codec=codec, speed="draft", quality=90))
    assert (written.frames, written.width, written.height, written.notes) == (12, WIDTH, HEIGHT, ())
    found = shown(tmp_path / name)
    assert [time for time, _ in found] == [k / rate for k in range(12)]
    with av.open(str(tmp_path / name)) as container:
        stream = container.streams.video[0]
        assert stream.average_rate == rate
        assert stream.duration * stream.time_base == 12 / rate


@pytest.mark.parametrize(
    ("name", "codec"), [*EVERY_CODEC, ("clip.mkv", "h264"), ("clip.webm", "vp9"), ("clip.webm", "av1")]
)
def test_pictures_keep_their_order_and_content(tmp_path: Path, name: str, codec: str) -> None:
    write(tmp_path / name, video=VideoFormat(codec=codec, speed="medium", quality=95))
    lumas = [luma for _, luma in shown(tmp_path / name)]
    wanted = [(level(index) - 16) * 255 / 219 for index in range(12)]  # gray8 is full range
    assert lumas == pytest.approx(wanted, abs=3)


@pytest.mark.parametrize(("name", "codec"), EVERY_CODEC)
@pytest.mark.parametrize("count", [1, 2, 3])
def test_very_short_clips(tmp_path: Path, name: str, codec: str, count: int) -> None:
    """x265 leaves the times of decoding unset when its pictures are fewer than it holds back."""
    for _ in range(3):
        write(tmp_path / name, pictures=pictures(count), video=VideoFormat(codec=codec, speed="medium"))
        assert [time for time, _ in shown(tmp_path / name)] == [Fraction(k, 25) for k in range(count)]
        with av.open(str(tmp_path / name)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
            assert all(-2 <= packet.dts * packet.time_base * 25 <= count for packet in packets)


@pytest.mark.parametrize(("name", "codec"), [("clip.mkv", "h264"), ("clip.webm", "vp9")])
def test_matroska_counts_milliseconds_and_names_its_rate(tmp_path: Path, name: str, codec: str) -> None:
    write(tmp_path / name, rate=NTSC, video=VideoFormat(codec=codec, speed="draft"))
    for index, (time, _) in enumerate(shown(tmp_path / name)):
        assert abs(time - index / NTSC) <= Fraction(1, 2000)
    with av.open(str(tmp_path / name)) as container:
        assert container.streams.video[0].average_rate == NTSC


@pytest.mark.parametrize(
    ("name", "codec", "error"),
    [
        ("a.mp4", "aac", 0.05),
        ("a.mp4", "opus", 0.05),
        ("a.mp4", "flac", 2**-23),
        ("a.mov", "aac", 0.05),
        ("a.mov", "pcm", 2**-23),
        ("a.mkv", "aac", 0.05),
        ("a.mkv", "opus", 0.05),
        ("a.mkv", "flac", 2**-23),
        ("a.mkv", "pcm", 2**-23),
        ("a.webm", "opus", 0.05),
        ("a.m4a", "aac", 0.05),
        ("a.mka", "aac", 0.05),
        ("a.flac", "flac", 2**-23),
        ("a.wav", "pcm", 2**-23),
        ("a.opus", "opus", 0.05),
        ("a.ogg", "opus", 0.05),
        ("a.mp3", "mp3", 0.05),
    ],
)
def test_sound_comes_back_to_the_sample(tmp_path: Path, name: str, codec: str, error: float) -> None:
    path, sound = tmp_path / name, tone()
    only_sound = path.suffix in (".m4a", ".mka", ".flac", ".wav", ".opus", ".ogg", ".mp3")
    written = write(
        path, pictures=None if only_sound else pictures(), sound=blocks(sound), audio=SoundFormat(codec=codec)
    )
    assert written.frames == (0 if only_sound else 12)
    again = heard(path)
    assert again.shape == sound.shape
    assert lag(again, sound) == 0
    assert np.abs(again - sound)[2100:-2100].max() < error


@pytest.mark.parametrize(
    ("name", "rate", "channels"), [("a.m4a", 44_100, 1), ("a.wav", 44_100, 6), ("a.mka", 22_050, 1)]
)
def test_other_rates_and_channels(tmp_path: Path, name: str, rate: int, channels: int) -> None:
    sound = tone(9_999, channels)
    write(tmp_path / name, pictures=None, sound=[sound], sample_rate=rate, channels=channels)
    again = heard(tmp_path / name)
    assert again.shape == sound.shape
    assert lag(again, sound) == 0
    assert np.abs(again - sound)[2100:-2100].max() < 0.05


def test_sound_past_full_scale_is_clipped(tmp_path: Path) -> None:
    write(tmp_path / "loud.wav", pictures=None, sound=[np.array([[2.0, -2.0], [1.0, -1.0]], np.float32)])
    assert heard(tmp_path / "loud.wav").tolist() == pytest.approx(np.array([[1, -1], [1, -1]]), abs=2**-22)


@pytest.mark.parametrize(("name", "codec"), EVERY_CODEC)
@pytest.mark.parametrize(
    ("color", "matrix", "primaries", "transfer"),
    [("bt601", 6, 6, 6), ("bt709", 1, 1, 1), ("bt2020", 9, 9, 14), ("hlg", 9, 9, 18), ("pq", 9, 9, 16)],
)
def test_colours_say_what_they_are(
    tmp_path: Path, name: str, codec: str, color: ColorName, matrix: int, primaries: int, transfer: int
) -> None:
    write(tmp_path / name, pictures=pictures(2), color=color, video=VideoFormat(codec=codec, speed="draft"))
    with av.open(str(tmp_path / name)) as container:
        stream = container.streams.video[0]
        tags = stream.color_range, stream.colorspace, stream.color_primaries, stream.color_trc
        assert tags == (1, matrix, primaries, transfer)
        frame = next(container.decode(video=0))
        assert (frame.color_range, frame.colorspace) == (1, matrix)


@pytest.mark.parametrize(("name", "codec"), [case for case in EVERY_CODEC if case[1] != "vp9"])
def test_ten_bits_are_ten_bits(tmp_path: Path, name: str, codec: str) -> None:
    values = np.repeat(
        np.arange(400, 464, dtype=np.uint16)[None], HEIGHT, axis=0
    )  # a step of one 10-bit level a column
    half = np.full((HEIGHT // 2, WIDTH // 2), 512, np.uint16)
    ramp = [Planes(values, half, half)] * 3
    video = VideoFormat(codec=codec, speed="draft", quality=100)
    write(tmp_path / name, pictures=ramp, depth=10, video=video)
    with av.open(str(tmp_path / name)) as container:
        frame = next(container.decode(video=0))
    assert "10le" in frame.format.name
    plane = np.frombuffer(frame.planes[0], np.uint16).reshape(HEIGHT, -1)[:, :WIDTH]
    assert np.abs(plane.astype(int) - values).mean() < 1  # of four levels that 8 bits put together


def test_depths_can_be_changed(tmp_path: Path) -> None:
    write(tmp_path / "up.mp4", video=VideoFormat(depth=10, speed="draft"))
    write(
        tmp_path / "down.mp4",
        pictures=pictures(depth=10),
        depth=10,
        video=VideoFormat(depth=8, speed="draft", quality=95),
    )
    with av.open(str(tmp_path / "up.mp4")) as up, av.open(str(tmp_path / "down.mp4")) as down:
        assert next(up.decode(video=0)).format.name == "yuv420p10le"
        assert next(down.decode(video=0)).format.name == "yuv420p"
    assert [luma for _, luma in shown(tmp_path / "down.mp4")][3] == pytest.approx((level(3) - 16) * 255 / 219, abs=3)


def test_ten_bits_in_eight_are_said(tmp_path: Path) -> None:
    written = write(tmp_path / "a.webm", pictures=pictures(depth=10), depth=10)
    assert written.notes == ("vp9 holds 8 bits: the pictures' 10 are rounded; h264, hevc, av1, prores hold 10",)
    with av.open(str(tmp_path / "a.webm")) as container:
        assert next(container.decode(video=0)).format.name == "yuv420p"


def see_through(depth: int = 8) -> Planes:
    """Return a red picture whose left half is transparent."""
    red = plain(WIDTH, HEIGHT, (220, 30, 40), depth)
    alpha = np.zeros((HEIGHT, WIDTH), red.y.dtype)
    alpha[:, WIDTH // 2 :] = 255 if depth == 8 else 1023
    return Planes(red.y, red.u, red.v, alpha)


@pytest.mark.parametrize(
    ("name", "codec", "decoder", "depth"),
    [
        ("a.mov", "prores", "prores", 10),
        ("a.mov", "prores", "prores", 8),
        ("a.webm", "vp9", "libvpx-vp9", 8),
        ("a.mkv", "vp9", "libvpx-vp9", 8),
    ],
)
def test_video_keeps_alpha_where_it_can(tmp_path: Path, name: str, codec: str, decoder: str, depth: int) -> None:
    video = VideoFormat(codec=codec, speed="draft" if name == "a.mkv" else "fast")
    written = write(
        tmp_path / name,
        pictures=[see_through(depth)] * 3 + [plain(WIDTH, HEIGHT, (9, 9, 9), depth)],
        depth=depth,
        video=video,
    )
    assert written.notes == ()
    with av.open(str(tmp_path / name)) as container:
        context = av.CodecContext.create(decoder, "r")
        context.extradata = container.streams.video[0].codec_context.extradata
        frames = [
            frame for packet in container.demux(video=0) for frame in context.decode(packet if packet.size else None)
        ]
    assert len(frames) == 4
    rgba = frames[1].to_ndarray(format="rgba")
    assert rgba[:, : WIDTH // 2 - 4, 3].max() <= 4
    assert rgba[:, WIDTH // 2 + 4 :, 3].min() >= 251
    assert np.abs(rgba[24, 50, :3].astype(int) - (220, 30, 40)).max() < 12
    assert frames[3].to_ndarray(format="rgba")[..., 3].min() >= 251


@pytest.mark.parametrize("name", ["a.gif", "a.webp", "a"])
def test_pictures_keep_alpha(tmp_path: Path, name: str) -> None:
    written = write(tmp_path / name, pictures=[see_through()] * 2 + [plain(WIDTH, HEIGHT, (0, 0, 250))])
    assert (written.frames, written.notes) == (3, ())
    path = tmp_path / name
    with Image.open(path / "frame_00000.png" if path.is_dir() else path) as image:
        pixels = np.array(image.convert("RGBA"))
        assert getattr(image, "n_frames", 1) == (1 if path.is_dir() else 3)
    assert pixels[:, :28, 3].max() == 0
    assert pixels[:, 36:, 3].min() == 255
    assert np.abs(pixels[24, 50, :3].astype(int) - (220, 30, 40)).max() < 20


def test_what_holds_no_alpha_shows_it_on_black_and_says_so(tmp_path: Path) -> None:
    written = write(tmp_path / "a.mp4", pictures=[see_through()] * 2, video=VideoFormat(quality=100, speed="draft"))
    assert written.notes == ("h264 in .mp4 holds no transparency: put on black; .webm or prores keep it",)
    with av.open(str(tmp_path / "a.mp4")) as container:
        frame = next(container.decode(video=0))
    luma = np.frombuffer(frame.planes[0], np.uint8).reshape(HEIGHT, -1)[24, :WIDTH]
    assert abs(int(luma[8]) - 16) <= 2
    assert abs(int(luma[50]) - yuv_of((220, 30, 40))[0]) <= 2


def decoded_pictures(path: Path) -> Iterator[Planes]:
    """Yield pictures as a source gives them: views of the decoder's frames."""
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            y, u, v = (
                np.frombuffer(plane, np.uint8).reshape(plane.height, -1)[:, : plane.width] for plane in frame.planes
            )
            yield Planes(y, u, v, None, frame)


def test_decoded_frames_go_through_without_a_copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "first.mp4", video=VideoFormat(quality=95), rate=Fraction(1, 10))  # all of them key pictures
    monkeypatch.setattr(encode, "_fill", lambda frame, picture: pytest.fail("a picture was copied"))
    write(tmp_path / "second.mp4", pictures=decoded_pictures(tmp_path / "first.mp4"), video=VideoFormat(quality=95))
    first, second = shown(tmp_path / "first.mp4"), shown(tmp_path / "second.mp4")
    assert [time for time, _ in second] == [Fraction(k, 25) for k in range(12)]
    assert [luma for _, luma in first] == pytest.approx([luma for _, luma in second], abs=2)
    with av.open(str(tmp_path / "second.mp4")) as container:
        types = [frame.pict_type for frame in container.decode(video=0)]
    assert types.count(1) == 1  # the encoder chose, not the first file's frames: one I picture


def test_an_encoder_that_may_keep_a_frame_gets_one_of_its_own() -> None:
    shared = encode.VideoTrack(Path("a"), encode.encoder_for("h264", FAST, 8, NTSC), WIDTH, HEIGHT, NTSC, "bt709")
    encoder = encode.encoder_for("h264", FAST, 8, NTSC, name="h264_qsv")
    single = encode.VideoTrack(Path("a"), encoder, WIDTH, HEIGHT, NTSC, "bt709")
    assert len({id(frame) for frame in list(encode._frames(pictures(3), shared))}) == 1
    assert len({id(frame) for frame in list(encode._frames(pictures(3), single))}) == 3


def test_a_decoded_frame_may_come_again(tmp_path: Path) -> None:
    write(tmp_path / "first.mp4")
    still = next(decoded_pictures(tmp_path / "first.mp4"))
    write(tmp_path / "still.mp4", pictures=[still] * 30)
    assert [time for time, _ in shown(tmp_path / "still.mp4")] == [Fraction(k, 25) for k in range(30)]


def test_a_decoded_frame_of_another_size_is_copied(tmp_path: Path) -> None:
    write(tmp_path / "first.mp4")
    parts = (
        Planes(p.y[:24, :32], p.u[:12, :16], p.v[:12, :16], None, p.decoded)
        for p in decoded_pictures(tmp_path / "first.mp4")
    )
    write(tmp_path / "part.mp4", pictures=parts, width=32, height=24)
    with av.open(str(tmp_path / "part.mp4")) as container:
        assert (container.streams.video[0].width, container.streams.video[0].height) == (32, 24)


def test_pictures_and_sound_are_asked_for_in_turn(tmp_path: Path) -> None:
    done = {"pictures": Fraction(0), "sound": Fraction(0)}
    gaps: list[Fraction] = []

    def counted(kind: str, parts: Iterator, step: Fraction) -> Iterator:
        for part in parts:
            done[kind] += step
            gaps.append(abs(done["pictures"] - done["sound"]))
            yield part

    write(
        tmp_path / "long.mp4",
        pictures=counted("pictures", pictures(250), Fraction(1, 25)),
        sound=counted("sound", blocks(tone(480_000), 4800), Fraction(1, 10)),
    )
    assert max(gaps) <= Fraction(1, 5)


def test_one_long_block_of_sound_does_not_keep_pictures_waiting(tmp_path: Path) -> None:
    write(tmp_path / "a.mp4", pictures=pictures(100), sound=[tone(192_000)])
    with av.open(str(tmp_path / "a.mp4")) as container:
        kinds = [packet.stream.type for packet in container.demux() if packet.size]
    first_half = kinds[: len(kinds) // 2]
    assert first_half.count("video") > 25
    assert first_half.count("audio") > 25


def test_a_player_can_start_before_all_is_loaded(tmp_path: Path) -> None:
    for name in ("a.mp4", "a.mov"):
        write(tmp_path / name)
        content = (tmp_path / name).read_bytes()
        assert content.index(b"moov") < content.index(b"mdat")


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov", "a.webm"])
def test_chapters_and_words_come_back(tmp_path: Path, name: str) -> None:
    parts = [Chapter(Fraction(0), Fraction(1, 5), "Begin"), Chapter(Fraction(1, 5), Fraction(12, 25), "Ende, schön")]
    write(tmp_path / name, chapters=parts, made_by="by hand", metadata={"title": "Ein Fuchs"})
    with av.open(str(tmp_path / name)) as container:
        found = [
            (c["start"] * c["time_base"], c["end"] * c["time_base"], c["metadata"].get("title"))
            for c in container.chapters()
        ]
        tags = {key.lower(): value for key, value in container.metadata.items()}
    assert found == [(part.start, part.stop, part.title) for part in parts]
    assert (tags["title"], tags["comment"]) == ("Ein Fuchs", "by hand")


@pytest.mark.parametrize("kind", [RuntimeError, KeyboardInterrupt])
@pytest.mark.parametrize("name", ["a.mp4", "a.gif", "a.webp", "a"])
def test_a_failure_leaves_nothing(tmp_path: Path, name: str, kind: type[BaseException]) -> None:
    def failing() -> Iterator[Planes]:
        yield from pictures(5)
        raise kind("in the middle")

    with pytest.raises(kind, match="in the middle"):
        write(tmp_path / name, pictures=failing())
    assert list(tmp_path.iterdir()) == []


def test_a_full_disk_is_named_and_leaves_nothing(tmp_path: Path) -> None:
    code = """
import resource, sys
from fractions import Fraction
from pathlib import Path
import numpy as np
from frameloom.core.errors import OutputError
from frameloom.media.planes import Planes
from frameloom.media.files.sink import write_media
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
noise = np.random.default_rng(0)
def pictures():
    for _ in range(40):
        y = noise.integers(16, 235, (144, 256), dtype=np.uint8)
        yield Planes(y, y[::2, ::2].copy(), y[1::2, 1::2].copy())
try:
    write_media(Path(sys.argv[1]), pictures(), None, rate=Fraction(25), width=256, height=144)
except OutputError as error:
    print(error)
"""
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path / "big.mp4")], capture_output=True, text=True, check=True
    )
    assert "big.mp4: cannot be written (File too large)" in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.mp4", {"pictures": []}, r"a\.mp4: no pictures to write"),
        (
            "a.mp4",
            {"pictures": [plain(32, 32, (0, 0, 0))]},
            "picture 0 is 32x32 px, but the video is 64x48; give pictures of one",
        ),
        (
            "a.mp4",
            {"sound": [np.zeros((10, 1), np.float32)]},
            r"a block of sound is \(10, 1\), not \(samples, 2\); give each",
        ),
        ("a.mp4", {"rate": Fraction(1, 3_000_000)}, "a rate of 1/3000000 cannot be written"),
        ("a.mp4", {"width": 20_000}, "frames of 20000x48 px are too large"),
        ("a.gif", {"rate": Fraction(60)}, r"\.gif plays at most 50 frames per second, not 60; choose \.mp4"),
        ("a.webp", {"rate": Fraction(100)}, r"\.webp plays at most 90 frames per second, not 100; choose \.mp4"),
        (
            "a.opus",
            {"pictures": None, "sound": [], "sample_rate": 44_100},
            "opus holds no sound of 44100 samples per second",
        ),
        (
            "a.wav",
            {"pictures": None, "sound": [], "channels": 3},
            "3 channels of sound cannot be written; choose 1, 2, 6 or 8",
        ),
        (
            "a.mp3",
            {"pictures": None, "sound": [], "channels": 6},
            "6 channels of sound cannot be written; choose 1 or 2",
        ),
        (
            "a.mp4",
            {"video": VideoFormat(hardware="h264_qsv_x")},
            "hardware 'h264_qsv_x' does not encode h264; choose one of",
        ),
    ],
)
def test_what_cannot_be_written_says_why(tmp_path: Path, name: str, options: dict, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        write(tmp_path / name, **options)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        write(tmp_path / "file" / "a.mp4")


def test_lossy_webp_is_smaller_and_close(tmp_path: Path) -> None:
    noise = np.random.default_rng(1)
    y = noise.integers(100, 140, (HEIGHT, WIDTH), dtype=np.uint8)
    clip = [Planes(y, np.full((24, 32), 128, np.uint8), np.full((24, 32), 128, np.uint8))] * 2
    write(tmp_path / "small.webp", pictures=clip, video=VideoFormat(quality=60))
    write(tmp_path / "exact.webp", pictures=clip, video=VideoFormat(quality=100))
    assert (tmp_path / "small.webp").stat().st_size < (tmp_path / "exact.webp").stat().st_size / 2
    with Image.open(tmp_path / "small.webp") as image:
        assert image.n_frames == 2
        assert abs(np.array(image.convert("L")).mean() - (y.mean() - 16) * 255 / 219) < 4


def test_a_gif_too_long_for_memory_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.media.frames.MAX_CLIP_BYTES", 4 * WIDTH * HEIGHT * 3)
    with pytest.raises(MediaError, match="too long for a GIF, after 5 frames; make it smaller, or choose"):
        write(tmp_path / "a.gif", rate=Fraction(10))


def test_captions_of_a_source_frame_are_not_carried_along() -> None:
    for codec in ("h264", "hevc"):
        assert encode.encoder_for(codec, FAST, 8, NTSC).options["a53cc"] == "0"

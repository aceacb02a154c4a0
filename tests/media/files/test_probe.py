"""What a file is said to hold is what was put into it."""

import json
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from frameloom.cli.inspect import app
from frameloom.core.errors import MediaError
from frameloom.media.files import probe as probing
from frameloom.media.files.info import record_of, text_of
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.frames import Chapter

FOOTAGE = Path(__file__).parents[3] / "../shared/data/footage"


def write(
    path: Path,
    times: Sequence[int] = range(25),
    tick: Fraction = Fraction(1, 25),
    *,
    codec: str = "libx264",
    form: str = "yuv420p",
    sound: str | None = None,
    rate: Fraction = Fraction(25),
    bf: str = "0",
    **tags: int,
) -> Path:
    """Write grey pictures at these times and, if a codec is named, a second of stereo silence at 44.1 kHz."""
    with av.open(str(path), "w") as container:
        container.metadata["title"] = "Sea\nand sky"
        stream = container.add_stream(
            codec, rate=rate, options={"preset": "ultrafast", "bf": bf} if codec == "libx264" else {}
        )
        stream.width, stream.height, stream.pix_fmt = 64, 48, form
        stream.time_base = stream.codec_context.time_base = tick
        stream.metadata["language"] = "deu"
        for name, value in tags.items():
            setattr(stream.codec_context, name, value)
        if sound:
            audio = container.add_stream(sound, rate=44_100, layout="stereo")
            audio.metadata["language"] = "fra"
        container.set_chapters(
            [
                {"id": 1, "start": 0, "end": 400, "time_base": Fraction(1, 1000), "metadata": {"title": "Dawn"}},
                {"id": 2, "start": 400, "end": 1000, "time_base": Fraction(1, 1000), "metadata": {}},
            ]
        )
        for time in times:
            frame = av.VideoFrame(64, 48, form)
            for plane in frame.planes:
                np.frombuffer(plane, np.uint8)[:] = 100
            for name, value in tags.items():
                setattr(frame, name, value)
            frame.pts, frame.time_base = time, tick
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if sound:
            silent = av.AudioFrame(format="s16", layout="stereo", samples=44_100)
            np.frombuffer(silent.planes[0], np.uint8)[:] = 0
            silent.sample_rate, silent.pts = 44_100, 0
            size = audio.frame_size or None
            packer = av.AudioResampler(audio.format.name, "stereo", 44_100, size)
            for packed in [*packer.resample(silent), *packer.resample(None)]:
                if packed is not None:
                    container.mux(audio.encode(packed))
            container.mux(audio.encode(None))
    return path


def test_everything_that_was_put_in_is_found(tmp_path: Path) -> None:
    tags = {"color_range": 1, "colorspace": 9, "color_primaries": 9, "color_trc": 18}
    info = probe(write(tmp_path / "x.mp4", form="yuv420p10le", sound="aac", **tags))
    video, sound = info.video, info.sound
    assert video is not None
    assert sound is not None
    assert (info.container, info.duration, info.start, info.size) == ("mp4", 1, 0, (tmp_path / "x.mp4").stat().st_size)
    assert (info.width, info.height, info.rate, info.frames) == (64, 48, 25, 25)
    assert (video.codec, video.rate, video.base_rate, video.constant_rate) == ("h264", 25, 25, True)
    assert (video.frames, video.duration, video.start, video.language) == (25, 1, 0, "deu")
    assert (video.pixel_format, video.depth, video.bits, video.alpha) == ("yuv420p10le", 10, 10, False)
    assert (video.range, video.matrix, video.primaries) == ("limited", "bt2020nc", "bt2020")
    assert (video.transfer, video.color) == ("arib-std-b67", "hlg")
    assert (sound.codec, sound.rate, sound.layout, sound.channels) == ("aac", 44_100, "stereo", 2)
    assert (sound.duration, sound.start, sound.language) == (1, 0, "fra")
    assert info.chapters == (Chapter(Fraction(0), Fraction(2, 5), "Dawn"), Chapter(Fraction(2, 5), Fraction(1), ""))
    assert dict(info.metadata)["title"] == "Sea\nand sky"


@pytest.mark.parametrize(
    ("times", "tick", "constant"),
    [
        (range(30), Fraction(1, 25), True),
        (range(0, 30_030, 1001), Fraction(1, 30_000), True),
        ([round(index * 1001 / 30) for index in range(400)], Fraction(1, 1000), True),
        ([0, 1, 2, 3, 5, 6, 7], Fraction(1, 25), False),
        ([index * 40 + index % 2 * 5 for index in range(40)], Fraction(1, 1000), False),
        ([0], Fraction(1, 25), True),
        ([0, 5], Fraction(1, 25), True),
    ],
)
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_constant_rate_is_told_from_a_variable_one(
    tmp_path: Path, suffix: str, times: Sequence[int], tick: Fraction, constant: bool
) -> None:
    video = probe(write(tmp_path / f"x{suffix}", times, tick)).video
    assert video.constant_rate == constant
    assert video.frames == len(times)
    assert constant or abs(video.rate * video.duration - len(times)) < Fraction(1, 10)


def test_pictures_that_change_places_are_no_variable_rate(tmp_path: Path) -> None:
    """Among the first packets of a file with B frames, some pictures before the last are missing."""
    path = write(tmp_path / "x.mp4", range(400), bf="3")
    with av.open(str(path)) as container:
        times = sorted(packet.pts for packet, _ in zip(container.demux(video=0), range(300), strict=False))
    assert times[-1] - times[0] > 299 * (times[1] - times[0])
    assert probe(path).video.constant_rate


@pytest.mark.parametrize("name", ["x.mkv", "x.h264", "x.ts", "x.webm"])
def test_without_an_index_packets_are_counted(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / name, range(40), codec="libvpx-vp9" if name == "x.webm" else "libx264")
    info = probe(path)
    assert (info.frames, info.duration) == (40, Fraction(8, 5))
    monkeypatch.setattr(probing, "MAX_WALKED_BYTES", 0)
    if name != "x.h264":  # whose length nothing else tells
        assert (probe(path).frames, probe(path).duration) == (40, Fraction(8, 5))


def test_a_late_sound_is_placed(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mkv", range(25, 50), sound="pcm_s16le")
    info = probe(path)
    assert (info.sound.start, info.video.start) == (0, 1)
    assert info.duration == 2
    assert next(read_pictures(path)).time == info.video.start


def test_sound_alone(tmp_path: Path) -> None:
    path = tmp_path / "x.wav"
    with av.open(str(path), "w") as container:
        audio = container.add_stream("pcm_s24le", rate=48_000, layout="5.1")
        silent = av.AudioFrame(format="s32", layout="5.1", samples=24_000)
        np.frombuffer(silent.planes[0], np.uint8)[:] = 0
        silent.sample_rate = 48_000
        container.mux(audio.encode(silent))
    info = probe(path)
    assert info.video is None
    assert (info.sound.channels, info.sound.duration, info.duration) == (6, Fraction(1, 2), Fraction(1, 2))
    for name in ("width", "height", "rate", "frames"):
        with pytest.raises(MediaError, match=r"x\.wav: no video stream; give a file with video"):
            getattr(info, name)


def test_subtitles_are_listed(tmp_path: Path) -> None:
    (tmp_path / "x.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nGood evening.\n")
    path = tmp_path / "x.mkv"
    write(tmp_path / "plain.mkv")
    with av.open(str(tmp_path / "x.srt")) as texts, av.open(str(tmp_path / "plain.mkv")) as plain, av.open(str(path), "w") as both:  # fmt: skip  # noqa: E501
        streams = [(source, both.add_stream_from_template(source.streams[0])) for source in (plain, texts)]
        streams[1][1].metadata["language"] = "eng"
        for source, stream in streams:
            for packet in source.demux():
                if packet.dts is not None or packet.size:
                    packet.stream = stream
                    both.mux(packet)
    (subtitle,) = probe(path).subtitles
    assert (subtitle.codec, subtitle.language) == ("subrip", "eng")


def test_pictures_are_told_from_video(tmp_path: Path) -> None:
    red = Image.new("RGBA", (31, 20), (255, 0, 0, 128))
    red.save(tmp_path / "red.png")
    red.save(tmp_path / "red.gif", save_all=True, append_images=[Image.new("RGBA", (31, 20))], duration=[100, 300])
    still, moving = probe(tmp_path / "red.png"), probe(tmp_path / "red.gif")
    assert (still.width, still.height, still.frames, still.video.alpha) == (32, 20, 1, True)
    assert (still.video.stored_width, still.container) == (31, "png")
    assert (moving.frames, moving.duration, moving.rate) == (2, Fraction(2, 5), 5)
    assert not moving.video.constant_rate or moving.frames == 2
    (tmp_path / "red.gif").unlink()
    folder = probe(tmp_path)
    assert (folder.container, folder.frames, folder.duration) == ("folder", 1, Fraction(1, 25))


def test_the_text_is_for_people(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mov", [0, 1, 2, 30], Fraction(1, 25), sound="aac", colorspace=1, color_range=2)
    lines = text_of(probe(path)).replace(str(tmp_path), "").splitlines()
    assert lines[0].startswith("/x.mov: mov, 0:01.24, ")
    assert lines[1].startswith("  video     h264 64x48, 3.226 pictures/s on average, variable, 4 in 0:01.24, 8 bit yuv")
    assert "full range bt709" in lines[1]
    assert lines[2].startswith("  sound     aac 44.1 kHz stereo, 0:01.00, ")
    assert lines[3:5] == ["  chapter   0:00.00 Dawn", "  chapter   0:00.40"]
    assert "  title: Sea and sky" in lines
    assert not any("major_brand" in line for line in lines)


def test_the_record_is_exact(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4", range(0, 30_030, 1001), Fraction(1, 30_000), rate=Fraction(30_000, 1001))
    record = json.loads(json.dumps(record_of(probe(path))))
    assert record["videos"][0]["rate"] == "30000/1001"
    assert record["duration"] == "1.001"
    assert record["chapters"][0] == {"start": "0", "stop": "0.4", "title": "Dawn"}
    assert record["metadata"]["title"] == "Sea\nand sky"


def test_the_command_prints_text_or_one_object(tmp_path: Path) -> None:
    path = write(tmp_path / "x.mp4")
    text = CliRunner().invoke(app, [str(path)])
    assert text.exit_code == 0
    assert text.output == text_of(probe(path)) + "\n"
    record = CliRunner().invoke(app, [str(path), "--json"])
    assert json.loads(record.output) == record_of(probe(path))


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (
            "free/SAR-2by3.mp4",
            {"width": 640, "height": 540, "sample_aspect_ratio": Fraction(2, 3), "matrix": "unknown"},
        ),
        ("free/av1_video.mkv", {"codec": "av1", "frames": 125, "duration": 5, "range": "limited", "matrix": "bt709"}),
        ("free/bt709_full_range.mp4", {"range": "full", "pixel_format": "yuvj420p", "color": "bt709"}),
        ("free/h264_10bits.mp4", {"depth": 10, "pixel_format": "yuv420p10le", "frames": 30, "color": "bt601"}),
        ("free/h265_video.mp4", {"codec": "hevc", "rate": 10, "constant_rate": True}),
        ("free/nasa_13013.mp4", {"frames": 325, "rate": 25, "constant_rate": True, "language": "eng"}),
        ("local/no_duration.webm", {"frames": 74, "constant_rate": False, "alpha": False, "codec": "vp9"}),
        ("local/video_90.mov", {"width": 320, "height": 568, "rotation": 90, "stored_width": 568, "mirrored": False}),
        ("local/newtonscradle.gif", {"frames": 36, "rate": Fraction(1800, 41), "duration": Fraction(82, 100)}),
        ("local/corrupted.mp4", {"frames": 50, "duration": 5}),
    ],
)
def test_real_footage(name: str, expected: dict[str, object]) -> None:
    path = FOOTAGE / name
    if not path.exists():
        pytest.skip(f"real footage is not beside the repository: {path}")
    video = probe(path).video
    assert {field: getattr(video, field) for field in expected} == expected

"""Formats: which file takes what, and what encoders are told."""

from fractions import Fraction
from pathlib import Path

import pytest
from pydantic import ValidationError

from frameloom.core.errors import MediaError
from frameloom.media.files.formats import (
    CONTAINERS,
    SoundFormat,
    VideoFormat,
    choose,
    encoder_for,
    keeps_alpha,
    key_frame_distance,
    quantizer,
)

ENCODERS = ("libx264", "libx265", "libsvtav1", "libvpx-vp9")


@pytest.mark.parametrize(
    ("name", "video", "sound"),
    [
        ("a.mp4", "h264", "aac"),
        ("a.MOV", "h264", "aac"),
        ("a.mkv", "h264", "aac"),
        ("a.webm", "vp9", "opus"),
        ("a.gif", "gif", None),
        ("a.webp", "webp", None),
        ("a", "png", None),
        ("a.m4a", None, "aac"),
        ("a.mka", None, "flac"),
        ("a.flac", None, "flac"),
        ("a.wav", None, "pcm"),
        ("a.opus", None, "opus"),
        ("a.ogg", None, "opus"),
        ("a.mp3", None, "mp3"),
    ],
)
def test_a_suffix_has_its_codecs(name: str, video: str | None, sound: str | None) -> None:
    chosen = choose(Path(name), VideoFormat() if video else None, SoundFormat() if sound else None)
    assert (chosen.video, chosen.sound) == (video, sound)


@pytest.mark.parametrize(
    ("name", "video", "sound", "message"),
    [
        ("a.avi", {}, {}, r"a\.avi: unknown suffix '\.avi'; known: \.mp4, \.mov, \.mkv, \.webm$"),
        ("a.avi", {}, None, r"known: \.mp4, .*\.webp, or none for a folder of PNG"),
        ("a.avi", None, {}, r"unknown suffix '\.avi'; known: \.mp4, .*\.webm, \.m4a, .*\.ogg, \.mp3$"),
        ("a.mp4", None, None, r"a\.mp4: neither pictures nor sound to write; give one of them"),
        ("a.wav", {}, {}, r"a \.wav file holds no pictures; leave them out, or write \.mp4, \.mov, \.mkv or \.webm"),
        ("a.gif", {}, {}, r"a \.gif file holds no sound; leave it out, or write \.mp4, \.mov, \.mkv or \.webm"),
        (
            "a",
            {},
            {"codec": "flac"},
            r"a folder of PNG holds no sound; leave it out, or write \.mp4 or \.mkv",
        ),
        (
            "a.webm",
            {"codec": "h264"},
            {},
            r"a \.webm file takes no h264; choose vp9 or av1, or write \.mp4, \.mov or \.mkv",
        ),
        (
            "a.mp4",
            {},
            {"codec": "pcm"},
            r"takes no pcm; choose aac, opus or flac, or write \.mov or \.mkv",
        ),
        ("a.mp4", {"codec": "prores"}, {}, r"takes no prores; choose h264, hevc, av1 or vp9, or write \.mov or \.mkv"),
        (
            "a.gif",
            {"depth": 10},
            None,
            "gif holds 8 bits, not 10; leave depth out, or choose h264, hevc, av1 or prores",
        ),
    ],
)
def test_what_does_not_fit_says_what_would(name: str, video: dict | None, sound: dict | None, message: str) -> None:
    with pytest.raises(MediaError, match=message):
        choose(
            Path(name),
            None if video is None else VideoFormat(**video),
            None if sound is None else SoundFormat(**sound),
        )


@pytest.mark.parametrize(
    "settings", [{"quality": 0}, {"quality": 101}, {"depth": 12}, {"codec": "mpeg2"}, {"speed": "slow"}]
)
def test_settings_have_ranges(settings: dict) -> None:
    with pytest.raises(ValidationError):
        VideoFormat(**settings)


def test_alpha_by_codec_and_file() -> None:
    kept = {
        (suffix, codec)
        for suffix, kind in CONTAINERS.items()
        for codec in kind.video
        if keeps_alpha(Path(f"a{suffix}"), codec)
    }
    assert kept == {
        (".mov", "prores"),
        (".mkv", "prores"),
        (".mkv", "vp9"),
        (".webm", "vp9"),
        (".gif", "gif"),
        (".webp", "webp"),
        ("", "png"),
    }


def test_x264_anchors_the_scale() -> None:
    assert [quantizer("libx264", quality) for quality in (100, 90, 80, 70, 60)] == [8, 13, 18, 23, 28]


@pytest.mark.parametrize("encoder", ENCODERS)
def test_more_quality_never_costs_quality(encoder: str) -> None:
    steps = [quantizer(encoder, quality) for quality in range(1, 101)]
    assert steps == sorted(steps, reverse=True)
    assert 1 <= steps[-1] < steps[0] <= 63


@pytest.mark.parametrize(
    ("rate", "pictures"),
    [(Fraction(25), 125), (Fraction(30000, 1001), 150), (Fraction(1, 10), 1), (Fraction(120), 600)],
)
def test_key_frames_come_every_five_seconds(rate: Fraction, pictures: int) -> None:
    assert key_frame_distance(rate) == pictures


def test_groups_of_pictures_are_closed() -> None:
    assert "open-gop=0" in encoder_for("hevc", VideoFormat(), 8, Fraction(25)).options["x265-params"]


def test_pixel_formats() -> None:
    form = VideoFormat()
    rate = Fraction(25)
    assert encoder_for("h264", form, 8, rate).pixel_format == "yuv420p"
    assert encoder_for("h264", form, 10, rate).pixel_format == "yuv420p10le"
    assert encoder_for("h264", VideoFormat(depth=8), 10, rate).pixel_format == "yuv420p"
    assert encoder_for("vp9", form, 10, rate).pixel_format == "yuv420p"
    assert encoder_for("vp9", form, 8, rate, alpha=True).pixel_format == "yuva420p"
    assert encoder_for("prores", form, 8, rate).pixel_format == "yuv422p10le"
    assert encoder_for("prores", form, 10, rate, alpha=True).pixel_format == "yuva444p10le"
    assert encoder_for("h264", form, 10, rate, name="h264_nvenc").pixel_format == "p010le"
    assert encoder_for("h264", form, 8, rate, name="h264_qsv").pixel_format == "nv12"


@pytest.mark.parametrize(("quality", "profile"), [(30, "proxy"), (60, "lt"), (80, "standard"), (90, "hq")])
def test_prores_has_profiles(quality: int, profile: str) -> None:
    assert encoder_for("prores", VideoFormat(quality=quality), 8, Fraction(25)).options["profile"] == profile

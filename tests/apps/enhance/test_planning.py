"""What will be done: noise is measured as it is, and stages come in their order."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.apps.enhance.films import film, noisy

from frameloom.apps.enhance.condition import condition_of
from frameloom.apps.enhance.config import MOST_NOISE, PROFILES, EnhanceConfig
from frameloom.apps.enhance.network import Lanczos
from frameloom.apps.enhance.planning import denoising, plan
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError
from frameloom.effects.pictures.base import ClipContext
from frameloom.media.files.source import Picture, probe, read_pictures
from frameloom.media.image import to_rgb


def test_denoising_comes_nearer_to_what_was_there() -> None:
    """Still pictures with noise of 8: at least 5 dB, and 2 where all moves."""

    def gain(move: int) -> float:
        clean = [noisy(0, 0, move=move * k) for k in range(16)]
        given = [Picture(noisy(8, k, move=move * k), Fraction(k, 25), Fraction(1, 25)) for k in range(16)]
        made = list(denoising(8, ClipContext(320, 176)).run(iter(given)))

        def error(pictures: list[Picture]) -> float:
            pairs = zip(pictures[4:], clean[4:], strict=True)
            return float(np.mean([((p.planes.y.astype(float) - c.y) ** 2).mean() for p, c in pairs]))

        return 10 * float(np.log10(error(given) / error(made)))

    assert gain(0) > 5
    assert gain(5) > 2


def asked(source: Path, **options: object) -> EnhanceConfig:
    return EnhanceConfig.model_validate({"input": source, "out": Path("out.mp4"), **options})


def test_stages_come_in_order(tmp_path: Path) -> None:
    source = film(tmp_path / "loud.mp4", list(range(0, 600, 24)), 600, sounds=0, noise=8)
    config = asked(source, scale=3, denoise="auto", color="auto", stabilise=True)
    condition = condition_of(config, probe(source))
    planned = plan(config, probe(source), Lanczos(3), condition.noise)
    assert [stage.name for stage in planned.stages] == ["denoise", "color", "upscale", "stabilise"]
    assert (planned.width, planned.height) == (192, 144)
    assert condition.notes[0].startswith("noise: ")
    assert condition.notes[0].endswith("taken out")


def test_oblong_pixels_that_become_square_are_told(tmp_path: Path) -> None:
    info = probe(film(tmp_path / "film.mp4", list(range(0, 240, 24)), 240, sounds=0))
    (video,) = info.videos
    oblong = replace(info, videos=(replace(video, sample_aspect_ratio=Fraction(3, 2), width=96),))
    planned = plan(asked(info.path, color="auto"), oblong, Lanczos(1))
    assert planned.notes == ("pixels: oblong ones become square, so 64x48 px are 96x48",)


def test_what_has_no_noise_is_left_alone(tmp_path: Path) -> None:
    source = film(tmp_path / "quiet.mp4", list(range(0, 600, 24)), 600, sounds=0)
    condition = condition_of(asked(source, denoise="auto"), probe(source))
    assert condition.notes == ("noise: 0.0 of 255, left alone",)
    assert plan(asked(source, denoise="auto"), probe(source), Lanczos(1), condition.noise).stages == ()


def test_colour_loses_its_cast_and_uses_the_whole_range(tmp_path: Path) -> None:
    """A grey ramp that was stored dull and reddish comes out grey, from black to white."""
    import av

    source = tmp_path / "dull.mp4"
    ramp = np.linspace(60, 180, 160)[None, :, None].repeat(96, 0) * np.array([1.08, 1.0, 0.94])
    with av.open(str(source), "w") as container:
        stream = container.add_stream("libx264", rate=25, options={"crf": "10"})
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for _ in range(12):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(ramp.astype(np.uint8), format="rgb24")))
        container.mux(stream.encode(None))
    (stage,) = plan(asked(source, color="auto"), probe(source), Lanczos(1)).stages
    given = next(iter(read_pictures(source)))
    (made,) = stage.run(iter([given]))
    before, after = (to_rgb(each.planes, "bt601").astype(float) for each in (given, made))
    cast_before, cast_after = (np.ptp(rgb[:, 40:120].mean((0, 1))) for rgb in (before, after))
    assert cast_after < cast_before / 2
    assert np.ptp(after[..., 1]) > 1.3 * np.ptp(before[..., 1])


def test_a_profile_is_a_set_of_defaults() -> None:
    config = asked(Path("in.mp4"), profile="vhs")
    assert (config.scale, config.deblock, config.denoise, config.color) == (2, "auto", "auto", "auto")
    config = asked(Path("in.mp4"), profile="vhs", scale=4, denoise="no")
    assert (config.scale, config.denoise, config.color) == (4, "no", "auto")


def test_who_takes_tiny_is_in_a_hurry() -> None:
    assert asked(Path("in.mp4"), scale=2).video.speed == "medium"
    assert asked(Path("in.mp4"), scale=2, quality="tiny").video.speed == "fast"
    chosen = asked(Path("in.mp4"), scale=2, quality="tiny", video={"quality": 90}).video
    assert (chosen.quality, chosen.speed) == (90, "fast")
    assert asked(Path("in.mp4"), scale=2, quality="tiny", video={"speed": "best"}).video.speed == "best"


@pytest.mark.parametrize("profile", PROFILES)
def test_every_profile_asks_for_something(profile: str) -> None:
    assert asked(Path("in.mp4"), profile=profile).profile == profile


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "nothing is asked for; give a scale of 2, 3 or 4, denoise, deblock, stabilise, color, fps, or a profile"),
        (
            {"deblock": "auto", "quality": "lanczos"},
            "deblock takes a network, and lanczos is none; give the quality tiny",
        ),
        ({"scale": 5}, "scale: input should be 1, 2, 3 or 4, got 5"),
        ({"scale": 2, "strength": 1.5}, "strength: input should be less than or equal to 1"),
        ({"denoise": "lots"}, f"denoise: write auto, no, or .* at most {MOST_NOISE:g}, got 'lots'"),
        ({"denoise": 31}, "denoise: write auto, no, or .*, got 31"),
        ({"denoise": 0}, "denoise: write auto, no, or .*, got 0"),
        ({"profile": "cinema"}, "profile: input should be 'phone', 'vhs', 'anime', 'webcam' or 'screen'"),
        ({"scale": 2, "colour": "auto"}, "colour: unknown setting; did you mean 'color'"),
    ],
)
def test_what_cannot_be_asked_for_says_so(options: dict, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        validate(EnhanceConfig, {"input": "a.mp4", "out": "b.mp4", **options}, "enhance")

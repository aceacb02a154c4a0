"""One body of rules for every effect of the catalogue."""

import typing
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError
from tests.effects.clips import context, picture

from frameloom.effects.curve import Keyframe
from frameloom.effects.pictures.base import PictureEffect
from frameloom.effects.pictures.catalog import Effect
from frameloom.effects.pictures.regions import Box
from frameloom.media.files.pictures import Image
from frameloom.media.planes import Depth, Planes

KINDS = {kind.model_fields["effect"].default: kind for kind in typing.get_args(typing.get_args(Effect)[0])}

SETTINGS: dict[str, dict[str, object]] = {
    "adjust": {"exposure": 0.5, "contrast": 1.2, "brightness": 0.05, "gamma": 1.1, "saturation": 1.3},
    "white-balance": {"temperature": 0.5, "tint": -0.2, "auto": 0.5},
    "grade": {"lift": (0.02, 0, 0), "gamma": (1.1, 1, 0.9), "gain": (1, 1.1, 0.9)},
    "look": {"name": "teal-orange"},
    "denoise": {"temporal": 0.5, "spatial": 0.5},
    "hide": {"box": {"left": 0.3, "top": 0.3, "width": 0.3, "height": 0.3}, "follow": True, "how": "blur"},
    "chroma-key": {"color": "#00b140"},
    "matte-box": {"box": {"left": 0.1, "top": 0.1, "width": 0.5, "height": 0.5}, "feather": 0.1},
    "glitch": {"amount": 1.0},
    "zoom": {"zoom": [{"t": 0, "value": 1.1}, {"t": 1, "value": 1.5}], "angle": 5},
    "shadow": {},
}

NEUTRAL: dict[str, list[dict[str, object]]] = {
    "adjust": [{}],
    "white-balance": [{}],
    "grade": [{}, {"gain": (1.2, 1, 1), "strength": 0}],
    "lut": [{"strength": 0}],
    "look": [{"strength": 0}],
    "match": [{"strength": 0}],
    "blur": [{"radius": 0}, {"region": {"left": 2, "top": 2}}],
    "sharpen": [{"amount": 0}],
    "glow": [{"strength": 0}],
    "denoise": [{"temporal": 0}],
    "hide": [{"box": {"left": 3, "top": 3}}],
    "chroma-key": [],
    "luma-key": [],
    "matte-box": [{}],
    "vignette": [{"strength": 0}],
    "grain": [{"strength": 0}],
    "old-film": [{"tone": "none", "grain": 0, "flicker": 0, "scratches": 0, "dust": 0, "weave": 0, "vignette": 0}],
    "glitch": [{"amount": 0}, {"amount": 1, "slices": False, "colors": False, "blocks": False}],
    "mirror": [],
    "zoom": [{}],
    "ken-burns": [{"end": {}}],
    "shake": [{"amount": 0}],
    "stabilise": [{"strength": 0}],
    "border": [{"width": 0}],
    "round-corners": [{"radius": 0}],
    "shadow": [{"strength": 0, "inset": 0}],
}
"""Settings with which nothing changes; an empty list where there are none."""

MAKES_ALPHA = {"chroma-key", "luma-key", "matte-box", "round-corners", "shadow"}
MOVES_ALPHA = {"mirror", "zoom", "ken-burns", "shake", "stabilise", "old-film"}


@pytest.fixture(scope="module")
def make(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., PictureEffect]:
    folder = tmp_path_factory.mktemp("effects")
    cube = folder / "invert.cube"
    corners = [f"{1 - r} {1 - g} {1 - b}" for b in (0, 1) for g in (0, 1) for r in (0, 1)]
    cube.write_text("LUT_3D_SIZE 2\n" + "\n".join(corners))
    still = folder / "reference.png"
    Image.fromarray(np.random.default_rng(3).integers(0, 255, (48, 64, 3)).astype(np.uint8)).save(still)
    files: dict[str, dict[str, Path]] = {"lut": {"path": cube}, "match": {"reference": still}}

    def build(name: str, settings: dict[str, object]) -> PictureEffect:
        base = {"box": {}} if name == "hide" else {}
        return KINDS[name].model_validate({**base, **files.get(name, {}), **settings})

    return build


def rolled(one: Planes, px: int) -> Planes:
    return Planes(np.roll(one.y, px, 1), np.roll(one.u, px // 2, 1), np.roll(one.v, px // 2, 1), one.alpha)


def clip_of(depth: Depth, alpha: bool = False, count: int = 5) -> list[Planes]:
    """Pictures that move from one to the next, then another shot; none may be written."""
    pictures = [rolled(picture(depth=depth, seed=index // 4, alpha=alpha), 2 * (index % 3)) for index in range(count)]
    for one in pictures:
        for plane in (one.y, one.u, one.v, one.alpha):
            if plane is not None:
                plane.flags.writeable = False
    return pictures


def run(effect: PictureEffect, pictures: list[Planes], seed: int = 0) -> list[Planes]:
    clip = context(pictures, seed)
    change = effect.begin(clip)
    return [change(one, index / clip.rate) for index, one in enumerate(pictures)]


def same(a: Planes, b: Planes) -> bool:
    parts = zip((a.y, a.u, a.v, a.alpha), (b.y, b.u, b.v, b.alpha), strict=True)
    return all(np.array_equal(x, y) if x is not None and y is not None else x is y for x, y in parts)


def test_no_effect_is_left_out() -> None:
    assert set(NEUTRAL) == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("alpha", [False, True])
def test_form_range_and_repeat(make: Callable[..., PictureEffect], name: str, depth: Depth, alpha: bool) -> None:
    effect = make(name, SETTINGS.get(name, {}))
    pictures = clip_of(depth, alpha)
    before = [one.y.copy() for one in pictures]
    results = run(effect, pictures)
    assert all(np.array_equal(a, b.y) for a, b in zip(before, pictures, strict=True))
    for one, result in zip(pictures, results, strict=True):
        for plane, like in ((result.y, one.y), (result.u, one.u), (result.v, one.v)):
            assert plane.shape == like.shape
            assert plane.dtype == like.dtype
            assert int(plane.max()) < 1 << depth
        if alpha or name in MAKES_ALPHA:
            assert result.alpha is not None
            assert result.alpha.shape == one.y.shape
            assert result.alpha.dtype == one.y.dtype
            assert int(result.alpha.max()) < 1 << depth
        else:
            assert result.alpha is None
        if alpha and name not in MAKES_ALPHA | MOVES_ALPHA:
            assert np.array_equal(result.alpha, one.alpha)
    assert any(not same(a, b) for a, b in zip(pictures, results, strict=True)), "changes nothing"
    assert all(same(a, b) for a, b in zip(results, run(effect, pictures), strict=True))


@pytest.mark.parametrize("name", KINDS)
def test_ten_bits_say_the_same_as_eight(make: Callable[..., PictureEffect], name: str) -> None:
    effect = make(name, SETTINGS.get(name, {}))
    small, large = (run(effect, clip_of(depth)) for depth in (8, 10))
    for a, b in zip(small, large, strict=True):
        for x, y in ((a.y, b.y), (a.u, b.u), (a.v, b.v)):
            assert np.abs(x - y.astype(float) / 4).mean() < 1.0


@pytest.mark.parametrize(("name", "settings"), [(name, part) for name, parts in NEUTRAL.items() for part in parts])
def test_neutral_settings_give_the_very_same_picture(
    make: Callable[..., PictureEffect], name: str, settings: dict[str, object]
) -> None:
    pictures = clip_of(8)
    assert all(a is b for a, b in zip(pictures, run(make(name, settings), pictures), strict=True))


@pytest.mark.parametrize("name", ["grain", "glitch", "shake", "old-film"])
def test_seed_decides(make: Callable[..., PictureEffect], name: str) -> None:
    effect = make(name, SETTINGS.get(name, {}))
    pictures = clip_of(8)
    one, other = run(effect, pictures, seed=1), run(effect, pictures, seed=2)
    assert not all(same(a, b) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("name", ["grain", "glitch", "shake", "old-film", "zoom", "ken-burns"])
def test_any_picture_can_be_made_alone(make: Callable[..., PictureEffect], name: str) -> None:
    effect = make(name, SETTINGS.get(name, {}))
    pictures = clip_of(8)
    whole = run(effect, pictures)
    alone = effect.begin(context(pictures))(pictures[3], Fraction(3, 25))
    assert same(alone, whole[3])


def test_curves_are_followed() -> None:
    fade = (Keyframe(t=0, value=0), Keyframe(t=1, value=-6, easing="linear"))
    effect = KINDS["adjust"](exposure=fade)
    one = picture()
    change = effect.begin(context([one]))
    assert change(one, Fraction(0)) is one
    half, whole = change(one, Fraction(1, 2)), change(one, Fraction(1))
    assert one.y.mean() > half.y.mean() > whole.y.mean()


def test_names_choose_the_effect() -> None:
    found = TypeAdapter(Effect).validate_python({"effect": "vignette", "strength": 0.25})
    assert type(found).__name__ == "Vignette"
    assert Box(left=0.25, top=0.5, width=0.5, height=0.25).center == (0.5, 0.625)


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"effect": "vignette", "strength": 2}, "must be from 0 to 1, but a value is 2"),
        ({"effect": "border", "color": "grün"}, "unknown colour 'grün'"),
        ({"effect": "chroma-key", "color": "grün"}, "unknown colour 'grün'"),
        ({"effect": "blurr"}, "does not match any of the expected tags"),
        (
            {"effect": "zoom", "zoom": [{"t": 0, "value": 1}, {"t": 1, "value": 99}]},
            "from 0.05 to 50, but a value is 99",
        ),
    ],
)
def test_settings_out_of_range_are_named(settings: dict[str, object], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        TypeAdapter(Effect).validate_python(settings)


def test_a_view_of_a_decoder_is_taken(make: Callable[..., PictureEffect]) -> None:
    one = picture(96, 48)
    view = Planes(one.y[:, :64], one.u[:, :32], one.v[:, :32])
    assert not view.y.flags.c_contiguous
    for name in KINDS:
        clip = replace(context([view]), read=context([view, view]).read)
        make(name, SETTINGS.get(name, {})).begin(clip)(view, Fraction(0))


@pytest.mark.parametrize("name", KINDS)
def test_pictures_of_another_size_are_taken(make: Callable[..., PictureEffect], name: str) -> None:
    """A title's pictures are as large as its text is at that time."""
    change = make(name, SETTINGS.get(name, {})).begin(context([picture(64, 48), picture(64, 48)]))
    for index, (width, height) in enumerate([(64, 48), (80, 32), (30, 22), (64, 48)]):
        one = picture(width, height, alpha=True)
        result = change(one, Fraction(index, 25))
        assert result.y.shape == (height, width)
        assert result.u.shape == (height // 2, width // 2)
        assert result.alpha is not None
        assert result.alpha.shape == (height, width)

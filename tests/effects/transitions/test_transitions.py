"""What holds for every transition, whatever it looks like."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError
from frameloom.effects.transitions import TRANSITION_NAMES, Look, TransitionName, begin
from frameloom.media.planes import Depth, Planes, dtype_of

WIDTH, HEIGHT = 96, 64
MOMENTS = (0.02, 0.3, 0.5, 0.8, 0.98)

STILL = [
    name for name in TRANSITION_NAMES if name.startswith(("fade", "wipe", "smooth", "diag", "circleo", "circlecl"))
]
STILL += ["vertopen", "horzclose", "radial", "dissolve", "hlslice", "vdwind", "matte", "distance", "morph", "cut"]
STILL = [name for name in STILL if name not in ("fadeblack", "fadewhite", "fadegrays")]
"""Those that neither move nor colour what they show."""


COLOURED = ["fadeblack", "fadewhite", "fadegrays", "dip", "circlecrop", "rectcrop"]
COLOURED += ["cube", "page-curl", "film-burn", "glitch", "bokeh"]
"""Those that bring colours, light or shadow of their own."""


def picture(seed: int, depth: Depth = 8, alpha: bool = False) -> Planes:
    """Legal noise that nobody may write to, as a decoder's frames are."""
    dice = np.random.default_rng(seed)
    gain, half = 1 << (depth - 8), (HEIGHT // 2, WIDTH // 2)

    def noise(low: int, high: int, shape: tuple[int, int]) -> np.ndarray:
        plane = (dice.integers(low, high, shape) * gain).astype(dtype_of(depth))
        plane.flags.writeable = False
        return plane

    planes = noise(16, 236, (HEIGHT, WIDTH)), noise(16, 241, half), noise(16, 241, half)
    return Planes(*planes, noise(0, 256, (HEIGHT, WIDTH)) if alpha else None)


@pytest.fixture(scope="module")
def matte(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("matte") / "slope.png"
    Image.fromarray(np.tile(np.arange(0, 255, 5, dtype=np.uint8), (20, 1))).save(path)
    return path


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("name", TRANSITION_NAMES)
def test_gives_pictures_of_the_same_form(name: TransitionName, depth: Depth, matte: Path) -> None:
    a, b = picture(1, depth), picture(2, depth)
    change = begin(Look(name=name, matte=matte), WIDTH, HEIGHT, depth)
    for progress in MOMENTS:
        result = change(a, b, progress)
        assert result.alpha is None
        for plane, own in zip((result.y, result.u, result.v), (a.y, a.u, a.v), strict=True):
            assert plane.shape == own.shape
            assert plane.dtype == own.dtype
            assert int(plane.max()) < 256 << (depth - 8)


@pytest.mark.parametrize("name", TRANSITION_NAMES)
def test_ends_are_the_pictures_themselves(name: TransitionName, matte: Path) -> None:
    a, b = picture(1), picture(2, alpha=True)
    change = begin(Look(name=name, matte=matte), WIDTH, HEIGHT)
    assert change(a, b, 0) is a
    assert change(a, b, 1) is b
    assert change(a, b, -0.1) is a
    assert change(a, b, 1.1) is b


@pytest.mark.parametrize("name", TRANSITION_NAMES)
def test_is_near_each_picture_near_its_end(name: TransitionName, matte: Path) -> None:
    """A transition that ran backwards would be near the other one."""
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    dark, bright = (Planes(np.full((HEIGHT, WIDTH), level, np.uint8), half, half) for level in (50, 200))
    change = begin(Look(name=name, matte=matte), WIDTH, HEIGHT)
    early, late = change(dark, bright, 0.02).y.mean(), change(dark, bright, 0.98).y.mean()
    assert abs(early - 50) < 30
    assert abs(late - 200) < 30


@pytest.mark.parametrize("name", TRANSITION_NAMES)
def test_depends_on_nothing_but_pictures_and_progress(name: TransitionName, matte: Path) -> None:
    a, b = picture(1), picture(2)
    look = Look(name=name, matte=matte, seed=5)
    forward = begin(look, WIDTH, HEIGHT)
    first = [forward(a, b, progress) for progress in MOMENTS]
    backward = begin(look, WIDTH, HEIGHT)
    second = [backward(a, b, progress) for progress in reversed(MOMENTS)][::-1]
    for one, other in zip(first, second, strict=True):
        assert np.array_equal(one.y, other.y)
        assert np.array_equal(one.u, other.u)
        assert np.array_equal(one.v, other.v)


@pytest.mark.parametrize("name", STILL)
def test_from_a_picture_to_itself_nothing_changes(name: TransitionName, matte: Path) -> None:
    a = picture(1)
    change = begin(Look(name=name, matte=matte), WIDTH, HEIGHT)
    for progress in MOMENTS:
        result = change(a, a, progress)
        for plane, own in zip((result.y, result.u, result.v), (a.y, a.u, a.v), strict=True):
            assert np.abs(plane.astype(int) - own).max() <= 1


@pytest.mark.parametrize("depth", [8, 10])
@pytest.mark.parametrize("name", TRANSITION_NAMES)
def test_opaque_alpha_changes_nothing(name: TransitionName, depth: Depth, matte: Path) -> None:
    a, b = picture(1, depth), picture(2, depth)
    full = np.full((HEIGHT, WIDTH), (256 << (depth - 8)) - 1, dtype_of(depth))
    change = begin(Look(name=name, matte=matte), WIDTH, HEIGHT, depth)
    for progress in MOMENTS:
        plain, seen = change(a, b, progress), change(Planes(a.y, a.u, a.v, full), b, progress)
        assert seen.alpha is not None
        assert int(seen.alpha.min()) >= full.max() - 1
        assert np.abs(plain.y.astype(int) - seen.y).max() <= 2
        assert np.abs(plain.u.astype(int) - seen.u).max() <= 2


@pytest.mark.parametrize("name", TRANSITION_NAMES)
def test_what_is_transparent_is_never_seen(name: TransitionName, matte: Path) -> None:
    """One picture is bright and transparent, the other dark and opaque: no visible place may be bright."""
    half = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    hidden = Planes(np.full((HEIGHT, WIDTH), 235, np.uint8), half, half, np.zeros((HEIGHT, WIDTH), np.uint8))
    shown = Planes(np.full((HEIGHT, WIDTH), 40, np.uint8), half, half)
    change = begin(Look(name=name, matte=matte), WIDTH, HEIGHT)
    for progress in MOMENTS:
        result = change(hidden, shown, progress)
        if name in ("fadewhite", "page-curl", "film-burn") or result.alpha is None:
            continue  # their own light may be seen
        assert not ((result.alpha > 64) & (result.y > 60)).any()


@pytest.mark.parametrize("name", [name for name in TRANSITION_NAMES if name not in COLOURED])
def test_chroma_goes_with_luma(name: TransitionName, matte: Path) -> None:
    """All planes show the same slopes, chroma at half the size, so they must do so on the way."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]

    def slopes(luma: np.ndarray) -> Planes:
        half = luma.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3)).astype(np.uint8)
        return Planes(luma.astype(np.uint8), half, half)

    change = begin(Look(name=name, matte=matte), WIDTH, HEIGHT)
    for progress in MOMENTS:
        result = change(slopes(60 + 1.5 * x), slopes(200 - 2 * y), progress)
        mean = result.y.reshape(HEIGHT // 2, 2, WIDTH // 2, 2).mean(axis=(1, 3))
        assert np.abs(result.u - mean).mean() < 1.5
        assert np.array_equal(result.u, result.v)


@pytest.mark.parametrize("easing", ["hold", "back", "elastic-out", "expo", "bounce-out"])
def test_easing_never_leaves_the_way(easing: str) -> None:
    a, b = picture(1), picture(2)
    change = begin(Look.model_validate({"name": "slideleft", "easing": easing}), WIDTH, HEIGHT)
    for progress in np.linspace(0, 1, 21):
        result = change(a, b, float(progress))
        assert result.y.shape == a.y.shape
        if easing == "hold" and progress < 1:
            assert result is a


def test_easing_shapes_progress() -> None:
    """`quad` has done 2 * 0.25^2 = 1/8 after a quarter of the time: 12 of 96 columns."""
    a, b = picture(1), picture(2)
    result = begin(Look(name="slideleft", easing="quad"), WIDTH, HEIGHT)(a, b, 0.25)
    assert np.array_equal(result.y[:, -12:], b.y[:, :12])
    assert np.array_equal(result.y[:, :-12], a.y[:, 12:])


def test_views_into_wider_rows_are_taken_as_they_are() -> None:
    """Decoders pad their rows: planes are then views with gaps."""
    wide = np.full((HEIGHT, WIDTH + 32), 70, np.uint8)
    half = np.full((HEIGHT // 2, WIDTH // 2 + 16), 120, np.uint8)
    a = Planes(wide[:, :WIDTH], half[:, : WIDTH // 2], half[:, : WIDTH // 2])
    for name in TRANSITION_NAMES:
        if name != "matte":
            result = begin(Look(name=name), WIDTH, HEIGHT)(a, picture(2), 0.4)
            assert result.y.shape == (HEIGHT, WIDTH), name


def test_matte_must_be_given() -> None:
    with pytest.raises(ConfigError, match=r"needs a picture; give matte = 'picture\.png'"):
        validate(Look, {"name": "matte"}, "edit.toml")
    forgotten = Look.model_construct(name="matte", easing="linear", matte=None, softness=None)
    with pytest.raises(ConfigError, match="transition 'matte': no picture"):
        begin(forgotten, WIDTH, HEIGHT)


def test_matte_must_be_readable(tmp_path: Path) -> None:
    path = tmp_path / "matte.png"
    path.write_bytes(b"not a picture")
    with pytest.raises(MediaError, match=re.escape(str(path))):
        begin(Look(name="matte", matte=path), WIDTH, HEIGHT)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"name": "wipeleft", "color": "blakc"}, "unknown colour 'blakc'"),
        ({"name": "wipelfet"}, "name: no transition 'wipelfet'; did you mean 'wipeleft' or "),
        ({"softness": 1.5}, "softness: input should be less than or equal to 1"),
        ({"direction": "north"}, "direction: input should be 'left'"),
        ({"seed": -1}, "seed: input should be greater than or equal to 0"),
    ],
)
def test_settings_are_checked(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=re.escape(message)):
        validate(Look, settings, "edit.toml")


def test_there_are_the_names_that_were_promised() -> None:
    assert len(TRANSITION_NAMES) == len(set(TRANSITION_NAMES))
    assert {"cut", "dip", "zoom", "whip", "film-burn", "morph", "matte"} < set(TRANSITION_NAMES[58:])

"""The gallery of transitions, as a sheet and as a film."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from frameloom.apps.edit.gallery import GalleryConfig, contact_sheet, gallery, play
from frameloom.apps.edit.scenery import day, night
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError, MediaError, OutputError
from frameloom.effects.transitions import TRANSITION_NAMES, Look
from frameloom.media.files.video import probe, read_clip
from frameloom.media.image import to_rgb
from frameloom.media.planes import plain

BLACK, WHITE = plain(64, 36, (0, 0, 0)), plain(64, 36, (255, 255, 255))


def test_a_row_shows_the_way_from_left_to_right() -> None:
    """Five columns of a fade from black to white are 10, 30, 50, 70 and 90 % white."""
    page = contact_sheet([Look(name="fade")], BLACK, WHITE)
    assert page.dtype == np.uint8
    assert page.shape[0] == 36 + 2 * 6
    first = page.shape[1] - 5 * (64 + 6)
    shares = [page[20, first + 70 * column + 32, 0] / 255 for column in range(5)]
    assert shares == pytest.approx([0.1, 0.3, 0.5, 0.7, 0.9], abs=0.02)
    assert page[:, : first - 6].max() > 150  # the name beside it


def test_rows_follow_the_names() -> None:
    page = contact_sheet([Look(name="cut"), Look(name="wipeleft")], BLACK, WHITE, columns=1)
    first = page.shape[1] - 70
    assert page[6 + 18, first + 32].tolist() == [255, 255, 255]
    assert page[48 + 18, first + 2].tolist() == [0, 0, 0]
    assert page[48 + 18, first + 62].tolist() == [255, 255, 255]


def test_a_sheet_needs_a_name() -> None:
    with pytest.raises(ConfigError, match="contact sheet: no transitions"):
        contact_sheet([], BLACK, WHITE)


def test_a_film_goes_there_and_back() -> None:
    """At 10 frames a second: ten frames of the way and four of rest, from the one picture, then from the other."""
    looks = [Look(name="fade"), Look(name="cut")]
    frames = list(play(looks, BLACK, WHITE, Fraction(1), Fraction(10)))
    corner = [int(frame.y[0, 0]) for frame in frames]
    assert corner[:14] == pytest.approx([16 + 21.9 * min(step, 10) for step in range(14)], abs=1)
    assert corner[14:] == [235] * 5 + [16] * 9


def test_a_film_names_each_transition() -> None:
    """The first frame is the first picture, but for the name near the lower border."""
    black = plain(320, 180, (0, 0, 0))
    frame = next(play([Look(name="fade")], black, black, Fraction(1), Fraction(10)))
    assert frame.y[:120].max() == 16
    assert frame.y[120:].max() > 200


def test_all_transitions_on_one_sheet(tmp_path: Path) -> None:
    out = tmp_path / "all.png"
    assert gallery(GalleryConfig(out=out, width=32, columns=2)) == out
    with Image.open(out) as sheet:
        rows = (sheet.height - 6) / (18 + 6)
        assert rows == int(rows)
        assert rows >= len(TRANSITION_NAMES) / 8
        assert 1 < sheet.width / sheet.height < 1.8


def test_many_rows_stand_in_blocks_side_by_side() -> None:
    """Blocks are read downwards: of 24 transitions half way, the first and the last, white ones, are at two corners."""
    white = Look(name="dip", color="white")
    page = contact_sheet([white] + [Look(name="wipeup")] * 22 + [white], BLACK, BLACK, columns=1)
    assert 1 < page.shape[1] / page.shape[0] < 1.8
    full = [(row, column) for row, column in np.argwhere(page.min(axis=2) == 255)]
    assert len(full) == 2 * 64 * 36
    assert full[0][0] == 6
    assert full[-1] == (page.shape[0] - 6 - 1, page.shape[1] - 6 - 1)


@pytest.mark.parametrize("suffix", [".mp4", ".webp"])
def test_films_are_written_whole(tmp_path: Path, suffix: str) -> None:
    out = tmp_path / f"film{suffix}"
    gallery(GalleryConfig(out=out, names=("wipeleft", "matte"), width=64, seconds=Fraction(1, 2), rate=Fraction(10)))
    info = probe(out)
    assert (info.width, info.height, info.frames) == (64, 36, 2 * (5 + 4))


def test_pictures_of_ones_own(tmp_path: Path) -> None:
    """A tall red and a wide blue picture are cut to fill 16:9."""
    for name, color, size in (("a", (255, 0, 0), (30, 90)), ("b", (0, 0, 255), (160, 20))):
        Image.new("RGB", size, color).save(tmp_path / f"{name}.png")
    matte = tmp_path / "matte.png"
    Image.fromarray(np.tile(np.linspace(0, 255, 64).astype(np.uint8), (36, 1))).save(matte)
    out = tmp_path / "sheet.png"
    config = GalleryConfig(
        out=out, names=("matte",), a=tmp_path / "a.png", b=tmp_path / "b.png", matte=matte, width=64, columns=1
    )
    gallery(config)
    page = read_clip(out)[0]
    left = page.shape[1] - 70
    assert np.abs(page[24, left + 4].astype(int) - (0, 0, 255)).max() < 12
    assert np.abs(page[24, left + 58].astype(int) - (255, 0, 0)).max() < 12


def test_bad_places_and_pictures(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"none\.png"):
        gallery(GalleryConfig(out=tmp_path / "sheet.png", a=tmp_path / "none.png"))
    with pytest.raises((MediaError, OutputError), match="unknown suffix"):
        gallery(GalleryConfig(out=tmp_path / "film.txt", names=("cut",), width=32))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("settings", "message"),
    [({"names": ["fad"]}, "did you mean 'fade'"), ({"columns": 0}, "columns"), ({"seconds": 0}, "more than zero")],
)
def test_settings_are_checked(settings: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        validate(GalleryConfig, {"out": "sheet.png", **settings}, "transitions")


def test_scenery_is_day_and_night() -> None:
    for width, height in ((320, 180), (64, 36), (90, 160)):
        bright, dark = day(width, height), night(width, height)
        assert (bright.width, bright.height) == (dark.width, dark.height) == (width, height)
        assert bright.y.mean() > dark.y.mean() + 40
    assert np.array_equal(day(64, 36).y, day(64, 36).y)
    for picture in (day(320, 180), night(320, 180)):
        white = (to_rgb(picture)[40:140, 110:210] > 205).all(axis=2)
        assert 0.1 < white.mean() < 0.5  # the letter, and little else

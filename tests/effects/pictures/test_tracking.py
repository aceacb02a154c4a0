"""Following and hiding a part of the picture, against a path that is known."""

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from tests.effects.clips import RATE, context, texture

from frameloom.effects.pictures import tracking
from frameloom.effects.pictures.privacy import Hide
from frameloom.effects.pictures.regions import Box
from frameloom.effects.pictures.tracking import Tracked, track
from frameloom.media.image import resize
from frameloom.media.planes import Planes

WIDTH, HEIGHT = 320, 180
GROUND = texture(WIDTH, HEIGHT, 3, cell=14)
FACE = np.random.default_rng(9).integers(0, 255, (11, 9)).astype(np.uint8)

Path = Callable[[int], tuple[float, float, float] | None]
"""Number of a picture to the middle of the face in px and its height, or None where it is hidden."""


def clip_of(path: Path, count: int = 40) -> list[tuple[Planes, Fraction]]:
    chroma = np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8)
    pictures = []
    for index in range(count):
        luma, place = GROUND.copy(), path(index)
        if place is not None:
            x, y, tall = place
            face = resize(FACE, round(tall * 0.8), round(tall), "cubic")
            top, left = round(y - tall / 2), round(x - tall * 0.4)
            luma[top : top + face.shape[0], left : left + face.shape[1]] = face
        pictures.append((Planes(luma, chroma, chroma), index / RATE))
    return pictures


def box_of(place: tuple[float, float, float]) -> Box:
    x, y, tall = place
    return Box(
        left=(x - tall * 0.4) / WIDTH, top=(y - tall / 2) / HEIGHT, width=tall * 0.8 / WIDTH, height=tall / HEIGHT
    )


def away_px(found: Tracked, place: tuple[float, float, float]) -> float:
    x, y = found.box.center
    return float(np.hypot(x * WIDTH - place[0], y * HEIGHT - place[1]))


def walk(index: int) -> tuple[float, float, float]:
    return 80 + 3 * index, 90 + 25 * np.sin(index / 6), 44


def grow(index: int) -> tuple[float, float, float]:
    return 160, 90, 40 * 1.015**index


@pytest.mark.parametrize("path", [walk, grow])
@pytest.mark.parametrize("start", [0, 20, 39])
def test_a_known_path_is_followed_both_ways(path: Callable[[int], tuple[float, float, float]], start: int) -> None:
    found = track(clip_of(path), box_of(path(start)), start / RATE)
    assert [one.time for one in found] == [index / RATE for index in range(40)]
    for index, one in enumerate(found):
        assert one.confidence > 0.4
        assert away_px(one, path(index)) < 4
        assert one.box.height * HEIGHT == pytest.approx(path(index)[2], rel=0.12)


def test_what_is_hidden_is_lost_covered_wider_and_found_again() -> None:
    def path(index: int) -> tuple[float, float, float] | None:
        return None if 12 <= index < 25 else (120 + index, 90, 44)

    found = track(clip_of(path), box_of((120, 90, 44)))
    lost = [index for index, one in enumerate(found) if one.confidence == 0]
    assert set(range(13, 25)) <= set(lost) <= set(range(11, 28))
    widths = [found[index].box.width for index in range(13, 25)]
    assert all(later > earlier for earlier, later in pairwise(widths))
    assert widths[-1] > 1.15 * found[0].box.width
    assert away_px(found[-1], (159, 90, 44)) < 4
    assert found[-1].box.height * HEIGHT == pytest.approx(44, rel=0.15)


def test_a_cut_loses_it() -> None:
    pictures = clip_of(walk)
    other = Planes(255 - texture(WIDTH, HEIGHT, 8, cell=20) // 3, pictures[0][0].u, pictures[0][0].v)
    found = track([(one, time) if time < 1 else (other, time) for one, time in pictures], box_of(walk(0)))
    assert found[24].confidence > 0.4
    assert all(one.confidence == 0 for one in found[25:])


def test_an_even_part_stays_where_it_is() -> None:
    even = Planes(np.full((HEIGHT, WIDTH), 90, np.uint8), *(np.full((HEIGHT // 2, WIDTH // 2), 128, np.uint8),) * 2)
    found = track([(even, index / RATE) for index in range(10)], Box(left=0.4, top=0.4, width=0.2, height=0.2))
    assert all(one.box.left == 0.4 for one in found)


def test_nothing_to_follow_through() -> None:
    assert track([], Box()) == ()


def test_memory_before_the_start_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tracking, "_HELD_BYTES", 5 * WIDTH * HEIGHT)
    found = track(clip_of(walk), box_of(walk(30)), 30 / RATE)
    assert [one.time for one in found][:2] == [26 / RATE, 27 / RATE]


def hidden(one: Planes, index: int) -> float:
    """Return how much of the face is still to be seen: correlation with it where it is."""
    x, y, tall = walk(index)
    top, left = round(y - tall / 2), round(x - tall * 0.4)
    face = resize(FACE, round(tall * 0.8), round(tall), "cubic").astype(float)
    seen = one.y[top : top + face.shape[0], left : left + face.shape[1]].astype(float)
    if seen.std() < 1:
        return 0.0
    return float(np.corrcoef(seen.ravel(), face.ravel())[0, 1])


@pytest.mark.parametrize("how", ["blur", "pixelate", "black"])
def test_the_face_is_covered_in_every_picture(how: str) -> None:
    pictures = [one for one, _ in clip_of(walk)]
    told: list[str] = []
    effect = Hide.model_validate({"box": box_of(walk(20)), "at": 20 / RATE, "follow": True, "how": how})
    change = effect.begin(replace(context(pictures), tell=told.append))
    for index, one in enumerate(pictures):
        result = change(one, index / RATE)
        assert hidden(one, index) > 0.95
        assert hidden(result, index) < (0.8 if how != "black" else 0.05)
        assert np.array_equal(result.y[:20], one.y[:20])
    assert told == ["hide: followed in all 40 pictures"]


def test_the_maker_is_told_where_it_was_lost() -> None:
    pictures = [one for one, _ in clip_of(lambda index: None if 12 <= index < 25 else (120 + index, 90, 44))]
    told: list[str] = []
    Hide(box=box_of((120, 90, 44)), follow=True).begin(replace(context(pictures), tell=told.append))
    assert len(told) == 1
    assert told[0].startswith("hide: lost from 0.4")
    assert told[0].endswith("look at these times, and give another box there")
    told.clear()
    Hide(box=Box(), follow=True).begin(replace(context(pictures), read=lambda: iter(()), tell=told.append))
    assert told == ["hide: there are no pictures to follow through; the box stays where it is"]


def test_coarse_blocks_are_eight_to_the_box() -> None:
    one = clip_of(walk, 1)[0][0]
    box = Box(left=0.25, top=0.25, width=0.5, height=0.5)  # 160 px: blocks of 20
    result = Hide(box=box, margin=0, feather=0).begin(context([one]))(one, Fraction(0))
    row = result.y[90, 82:238].astype(int)
    assert (np.diff(row) != 0).sum() <= 10
    assert len(set(row.tolist())) >= 5


def test_between_small_pictures_both_places_are_covered() -> None:
    def fast(index: int) -> tuple[float, float, float]:
        return 60 + 10 * index, 90, 44

    pictures = [one for one, _ in clip_of(fast, 12)]
    change = Hide(box=box_of(fast(0)), follow=True, how="black", margin=0, feather=0).begin(context(pictures))
    result = change(pictures[4], Fraction(9, 50))  # half-way from the fourth to the fifth picture
    row = np.flatnonzero(result.y[90] == 16)
    assert row.min() <= 60 + 40 - 16
    assert row.max() >= 60 + 50 + 16

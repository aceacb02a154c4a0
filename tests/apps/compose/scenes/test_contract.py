import random
from fractions import Fraction
from pathlib import Path
from typing import Any, get_args

import numpy as np
import pytest
from tests.apps.compose.scenes.example_scenes import EXAMPLES, OF_FOOTAGE, SIZES, example, stage, write_picture

from frameloom.apps.compose.scenes import SceneConfig, begin, parts
from frameloom.apps.compose.scenes.layout import cue_times
from frameloom.media.files.video import write_clip
from frameloom.media.image import to_rgb
from frameloom.media.planes import Planes


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("material")
    write_picture(folder / "picture.png")
    frames = [np.full((48, 64, 3), 20 * number, np.uint8) for number in range(10)]
    write_clip(folder / "clip.mp4", frames, 10)
    return folder


def same(first: Planes, second: Planes) -> bool:
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in ("y", "u", "v"))


def test_no_kind_is_left_out() -> None:
    kinds = {kind.model_fields["kind"].default for kind in get_args(get_args(SceneConfig)[0])}
    assert kinds == set(EXAMPLES)


@pytest.mark.parametrize("aspect", SIZES)
@pytest.mark.parametrize("kind", EXAMPLES)
def test_pictures_are_whole_and_words_within_the_safe_area(kind: str, aspect: str, folder: Path) -> None:
    shown = stage(aspect, folder)
    picture = begin(example(kind), shown)(shown.duration)
    width, height = SIZES[aspect]
    assert picture.y.shape == (height, width)
    assert picture.u.shape == picture.v.shape == (height // 2, width // 2)
    assert picture.y.dtype == picture.u.dtype == np.uint8
    assert picture.alpha is None
    if kind in OF_FOOTAGE:
        return
    marked = np.abs(to_rgb(picture).astype(int) - 255).max(axis=2) > 24
    left, top, right, bottom = shown.safe
    assert marked[top:bottom, left:right].any()
    marked[top - 2 : bottom + 2, left - 2 : right + 2] = False  # what smooth edges reach over
    assert not marked.any()


@pytest.mark.parametrize("kind", EXAMPLES)
def test_a_picture_depends_on_its_time_alone(kind: str, folder: Path) -> None:
    shown = stage("16:9", folder)
    times = [Fraction(number, 4) for number in range(21)]
    forward, anyhow = begin(example(kind), shown), begin(example(kind), shown)
    expected = {time: forward(time) for time in times}
    shuffled = random.Random(3).sample(times, len(times))
    for time in shuffled:
        assert same(anyhow(time), expected[time])


@pytest.mark.parametrize("kind", sorted(set(EXAMPLES) - {"image", "model", "clip", "presenter"}))
def test_nothing_is_drawn_anew_once_all_has_come(kind: str, folder: Path) -> None:
    draw = begin(example(kind), stage("16:9", folder, duration=9, cues=(0,) * 12))
    assert draw(Fraction(7)) is draw(Fraction(8)) is draw(Fraction(9))


@pytest.mark.parametrize("kind", sorted(set(EXAMPLES) - {"model"}))
def test_each_part_comes_at_its_cue(kind: str, folder: Path) -> None:
    scene = example(kind)
    names = parts(scene)
    assert all(name.strip() for name in names)
    cues = tuple(Fraction(2 * number) for number in range(1, len(names) + 1))
    draw: Any = begin(scene, stage("16:9", folder, duration=2 * len(names) + 4, cues=cues))
    if kind in OF_FOOTAGE:
        return
    before = draw(cues[0] - Fraction(1, 50))
    for cue in cues:
        after = draw(cue + Fraction(19, 10))
        assert not same(before, after), cue
        before = after


def test_cues_that_are_missing_are_spread_over_the_time_that_is_left() -> None:
    assert cue_times(stage(duration=10, cues=(1, 2)), 2) == [1, 2]
    assert cue_times(stage(duration=10, cues=(1,)), 3) == [1, 4.25, 7.5]
    assert cue_times(stage(duration=10), 1) == [0.15]
    assert cue_times(stage(duration=10), 2) == [0.15, 7.5]
    assert cue_times(stage(duration=10, cues=(9,)), 2) == [9, 9]
    assert cue_times(stage(duration=10, cues=(1,)), 3, together=True) == pytest.approx([1, 1.6, 2.2])

"""Layers become pictures: colours by hand, and no copy where none is needed."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.edit.compose import compose
from frameloom.apps.edit.layout import layout
from frameloom.apps.edit.timeline import Timeline
from frameloom.media.files.video import write_clip
from frameloom.media.planes import Planes, yuv_of

SIZE = {"width": 64, "height": 48, "rate": 10}
RED = {"kind": "color", "color": "#ff0000"}
BLUE = {"kind": "color", "color": "#0000ff"}


def pictures(*tracks: object, **more: object) -> list[Planes]:
    return list(compose(layout(Timeline.model_validate({**SIZE, "tracks": tracks, **more}))))


def track(*items: object, **more: object) -> dict[str, object]:
    return {"items": items, **more}


def middle(picture: Planes) -> tuple[int, int, int]:
    return int(picture.y[24, 32]), int(picture.u[12, 16]), int(picture.v[12, 16])


@pytest.fixture(scope="module")
def counting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file whose picture k has grey level 20 + 4 k, 25 of them in 2.5 s."""
    path = tmp_path_factory.mktemp("files") / "counting.mp4"
    frames = np.broadcast_to((20 + 4 * np.arange(25, dtype=np.uint8))[:, None, None, None], (25, 48, 64, 3))
    write_clip(path, frames, 10)
    return path


def numbers(shown: list[Planes]) -> list[int]:
    """Return which picture of the counting file each is."""
    greys = [(float(picture.y.mean()) - 16) / 219 * 255 for picture in shown]
    return [round((grey - 20) / 4) for grey in greys]


def test_a_covering_picture_is_passed_on_without_a_copy(counting: Path) -> None:
    shown = pictures(track(RED_CLIP), track({"source": counting}))
    assert all(picture.decoded is not None for picture in shown)


RED_CLIP = {"source": RED, "duration": 2.5}


def test_a_clip_may_grow_out_of_nothing() -> None:
    scale = [{"t": 0, "value": 0}, {"t": 1, "value": 1, "easing": "back-in"}]  # swings below zero first
    shown = pictures(track({**RED_CLIP, "scale": scale}), background="#00ff00")
    assert [middle(shown[number]) for number in (0, 2)] == [yuv_of((0, 255, 0))] * 2
    assert all((shown[number].y == yuv_of((255, 0, 0))[0]).all() for number in (10, 20))
    assert middle(pictures(track({**RED_CLIP, "scale": 0}), background="#00ff00")[3]) == yuv_of((0, 255, 0))


def test_nothing_shown_is_the_background() -> None:
    shown = pictures(track({"duration": 0.5}, {"source": RED, "duration": 0.2}), background="#00ff00")
    assert middle(shown[0]) == yuv_of((0, 255, 0))
    assert middle(shown[5]) == yuv_of((255, 0, 0))


def test_half_opacity_is_the_mean() -> None:
    shown = pictures(track({"source": RED, "duration": 1}), track({"source": BLUE, "duration": 1, "opacity": 0.5}))
    expected = np.add(yuv_of((255, 0, 0)), yuv_of((0, 0, 255))) / 2
    assert np.abs(np.subtract(middle(shown[0]), expected)).max() <= 1


def test_a_fade_goes_from_one_to_the_other_evenly() -> None:
    fade = {"name": "fade", "duration": 1}
    shown = pictures(track({"source": RED, "duration": 2}, fade, {"source": BLUE, "duration": 2}))
    assert len(shown) == 30
    red, blue = np.array(yuv_of((255, 0, 0))), np.array(yuv_of((0, 0, 255)))
    for number, picture in enumerate(shown):
        share = min(max((number - 10) / 10, 0), 1)
        assert np.abs(np.array(middle(picture)) - (red + (blue - red) * share)).max() <= 1, number


def test_picture_in_picture_lies_in_its_place() -> None:
    small = {"source": BLUE, "duration": 1, "scale": 0.25, "x": 0.75, "y": 0.25}
    shown = pictures(track({"source": RED, "duration": 1}), track(small))[0]
    blue, red = yuv_of((0, 0, 255))[0], yuv_of((255, 0, 0))[0]
    inside = shown.y == blue
    assert inside[6:18, 40:56].all()
    assert inside.sum() == 12 * 16
    assert (shown.y[~inside] == red).all()


def test_keyframes_move_a_picture_between_pixels() -> None:
    curve = [{"t": 0, "value": 0.25, "easing": "linear"}, {"t": 1, "value": 0.75, "easing": "linear"}]
    shown = pictures(
        track({"source": RED, "duration": 1}), track({"source": BLUE, "duration": 1, "scale": 0.25, "x": curve})
    )
    blue, red = yuv_of((0, 0, 255))[0], yuv_of((255, 0, 0))[0]
    for number in range(10):
        weight = (red - shown[number].y[24].astype(float)) / (red - blue)
        place = (weight * (np.arange(64) + 0.5)).sum() / weight.sum() / 64
        assert place == pytest.approx(0.25 + 0.05 * number, abs=0.005)


def test_a_quarter_turn_exchanges_sides() -> None:
    wide = {"source": {"kind": "color", "color": "blue"}, "duration": 1, "scale": 0.5, "rotation": 90}
    shown = pictures(track({"source": RED, "duration": 1}), track(wide))[0]
    weight = (shown.y < (yuv_of((0, 0, 255))[0] + yuv_of((255, 0, 0))[0]) / 2).astype(int)
    assert weight.any(axis=0).sum() == pytest.approx(24, abs=1)
    assert weight.any(axis=1).sum() == pytest.approx(32, abs=1)


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({}, list(range(25))),
        ({"start": 1, "duration": 0.5}, [10, 11, 12, 13, 14]),
        ({"speed": 2}, [2 * k for k in range(12)] + [24]),
        ({"start": 1, "duration": 0.5, "reverse": True}, [14, 13, 12, 11, 10]),
        ({"start": 1.2, "duration": 0.3, "freeze": True}, [12, 12, 12]),
        ({"start": 2.3, "duration": 0.5}, [23, 24, 24, 24, 24]),
    ],
)
def test_the_right_moment_of_the_source_is_shown(
    counting: Path, settings: dict[str, object], expected: list[int]
) -> None:
    assert numbers(pictures(track({"source": counting, **settings}))) == expected


def test_slow_motion_blends_neighbours(counting: Path) -> None:
    shown = pictures(track({"source": counting, "speed": 0.5, "duration": 1, "slow_motion": "blend"}))
    greys = [(float(picture.y.mean()) - 16) / 219 * 255 for picture in shown]
    assert greys == pytest.approx([20 + 2 * k for k in range(10)], abs=1.2)


def test_any_part_is_the_same_as_in_the_whole(counting: Path) -> None:
    timeline = Timeline.model_validate({**SIZE, "tracks": [track({"source": counting})]})
    laid = layout(timeline)
    assert numbers(list(compose(laid, 7, 12))) == [7, 8, 9, 10, 11]


def test_ten_bits_stay_ten_bits(counting: Path) -> None:
    shown = pictures(
        track({"source": counting}, {"name": "wipeleft", "duration": 0.5}, {"source": RED, "duration": 1}),
        track({"source": BLUE, "duration": 1, "scale": 0.5}),
        depth=10,
    )
    assert {picture.depth for picture in shown} == {10}
    assert shown[-1].y[0, 0] == yuv_of((255, 0, 0), depth=10)[0]


def test_fades_come_up_from_and_go_down_to_the_background() -> None:
    shown = pictures(
        track({"source": {"kind": "color", "color": "white"}, "duration": 1, "fade_in": 0.5, "fade_out": 0.5})
    )
    levels = [int(picture.y[0, 0]) for picture in shown]
    assert levels[0] == 16
    assert levels[5] == 235
    assert levels[:6] == sorted(levels[:6])
    assert levels[5:] == sorted(levels[5:], reverse=True)


def test_files_are_closed_when_composing_stops(counting: Path) -> None:
    laid = layout(Timeline.model_validate({**SIZE, "tracks": [track({"source": counting})] * 3}))
    before = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    stream = compose(laid)
    next(stream)
    stream.close()
    after = len(list(Path("/proc/self/fd").iterdir())) if Path("/proc/self/fd").exists() else 0
    assert after == before
    assert laid.duration == Fraction(5, 2)

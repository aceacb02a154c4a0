from fractions import Fraction

import numpy as np
import pytest

from frameloom.apps.edit.automatic.watching import (
    camera,
    changes,
    edge,
    layout_distance,
    palette_distance,
    to_oklab,
    watch,
    watch_pictures,
)
from frameloom.core.errors import MediaError
from frameloom.media.files.picture import Picture
from frameloom.media.files.sink import write_media
from frameloom.media.image import from_rgb

RATE = Fraction(25)
WIDTH, HEIGHT = 160, 90


def scene(seed, width=WIDTH, height=HEIGHT, blur=6):
    """Return soft coloured blobs, (height, width, 3): something to see at every scale."""
    noise = np.random.default_rng(seed).uniform(0, 255, (height // blur + 2, width // blur + 2, 3))
    rows = np.linspace(0, noise.shape[0] - 1.001, height)
    columns = np.linspace(0, noise.shape[1] - 1.001, width)
    r, c = rows.astype(int), columns.astype(int)
    fr, fc = (rows - r)[:, None, None], (columns - c)[None, :, None]
    top = noise[r][:, c] * (1 - fc) + noise[r][:, c + 1] * fc
    low = noise[r + 1][:, c] * (1 - fc) + noise[r + 1][:, c + 1] * fc
    return (top * (1 - fr) + low * fr).astype(np.uint8)


def pictures(frames, rate=RATE):
    for number, frame in enumerate(frames):
        yield Picture(from_rgb(np.ascontiguousarray(frame)), number / rate, 1 / rate)


def seen(frames):
    return watch_pictures(pictures(frames), Fraction(0), len(frames) / RATE)


def write(path, frames):
    planes = (picture.planes for picture in pictures(frames))
    write_media(path, planes, None, rate=RATE, width=WIDTH, height=HEIGHT)


def panned(right, down, count=25):
    """Return pictures whose content goes this many px to the right and down from each to the next."""
    large = scene(1, 480, 360)
    return [large[120 - down * n : 210 - down * n, 160 - right * n : 320 - right * n] for n in range(count)]


@pytest.mark.parametrize(
    ("right", "down", "direction"), [(3, 0, "right"), (-3, 0, "left"), (0, 2, "down"), (0, -2, "up")]
)
def test_the_direction_and_speed_of_a_pan(right, down, direction):
    found = edge(seen(panned(right, down)), Fraction(1), "before")
    assert found.direction == direction
    assert found.right == pytest.approx(right * 25 / WIDTH, abs=0.02)
    assert found.down == pytest.approx(down * 25 / WIDTH, abs=0.02)
    assert abs(found.growth) < 0.05
    assert found.bustle < 0.08


def test_a_slant_is_neither_across_nor_along():
    assert edge(seen(panned(2, 2)), Fraction(1), "before").direction == "mixed"


@pytest.mark.parametrize(("factor", "direction"), [(1.02, "in"), (1 / 1.02, "out")])
def test_a_zoom(factor, direction):
    large = scene(2, 480, 270)
    frames = []
    for n in range(25):
        size = factor**n
        rows = ((np.arange(HEIGHT) - HEIGHT / 2) / size + 135).astype(int)
        columns = ((np.arange(WIDTH) - WIDTH / 2) / size + 240).astype(int)
        frames.append(large[rows][:, columns])
    found = edge(seen(frames), Fraction(1), "before")
    assert found.direction == direction
    assert found.growth == pytest.approx((factor - 1) * 25, abs=0.15)


def test_somebody_who_walks_past_is_bustle_and_no_pan():
    frames = []
    for n in range(25):
        frame = scene(3).copy()
        frame[30:90, 4 * n : 4 * n + 40] = scene(4)[30:90, :40]
        frames.append(frame)
    found = edge(seen(frames), Fraction(1), "before")
    assert found.direction == "still"
    assert found.bustle > 0.3


def test_camera_takes_the_flow_of_most_places():
    field = np.full((20, 30, 2), (2.0, -1.0), np.float32)
    field[:8] = (40, 40)
    assert camera(field, np.ones((20, 30), bool))[:3] == pytest.approx((2, -1, 0), abs=0.05)
    assert camera(field, np.zeros((20, 30), bool)) == (0, 0, 0, 0)


def test_a_still_picture_is_still():
    found = edge(seen([scene(5)] * 25), Fraction(1), "before")
    assert found.direction == "still"
    assert found.bustle < 0.01


def test_movement_is_not_measured_across_a_hard_cut():
    watched = seen(panned(3, 0, 12) + [scene(6)] * 13)
    assert watched.found.cuts == (Fraction(12, 25),)
    compared = [moment for moment in watched.moments if moment.since is not None]
    assert len(compared) < len(watched.moments) - 1
    assert not any(moment.since < Fraction(12, 25) <= moment.time for moment in compared)
    assert edge(watched, Fraction(1), "before").direction == "still"
    assert edge(watched, Fraction(12, 25), "before").direction == "right"


def test_blur_is_told_from_detail():
    noise = np.random.default_rng(7).integers(0, 256, (HEIGHT, WIDTH, 1)).repeat(3, axis=2).astype(np.uint8)
    sharp, soft = (edge(seen([frame] * 5), Fraction(0), "after") for frame in (noise, scene(7, blur=30)))
    assert sharp.sharpness > 5 * soft.sharpness


def test_oklab_of_known_colours():
    # Ottosson's own table: red is (0.628, 0.225, 0.126), blue (0.452, -0.032, -0.312)
    colors = np.array([[255, 0, 0], [0, 0, 255], [0, 0, 0]], np.uint8)
    expected = [[0.628, 0.225, 0.126], [0.452, -0.032, -0.312], [0, 0, 0]]
    np.testing.assert_allclose(to_oklab(colors), expected, atol=2e-3)


def test_palettes_are_alike_when_places_are_not():
    one = scene(8)
    a, b = (edge(seen([frame] * 3), Fraction(0), "after") for frame in (one, one[:, ::-1]))
    assert palette_distance(a, b) < 0.01
    assert layout_distance(a, b) > 0.1
    assert layout_distance(a, a) == 0


def test_grey_levels_are_as_far_apart_as_their_lightness():
    dark, light = (np.full((HEIGHT, WIDTH, 3), level, np.uint8) for level in (50, 200))
    a, b = (edge(seen([frame] * 3), Fraction(0), "after") for frame in (dark, light))
    apart = float(to_oklab(np.array([200] * 3, np.uint8))[0] - to_oklab(np.array([50] * 3, np.uint8))[0])
    assert palette_distance(a, b) == pytest.approx(apart, abs=0.01)
    assert b.lightness - a.lightness == pytest.approx(apart, abs=0.01)


def test_a_file_is_watched_small_and_within_its_span(tmp_path):
    path = tmp_path / "pan.mp4"
    write(path, panned(2, 0, 30))
    watched = watch(path, Fraction(1, 5), Fraction(1))
    assert watched.moments[0].time == Fraction(1, 5)
    assert watched.moments[-1].time < 1
    assert edge(watched, Fraction(1), "before").direction == "right"


def test_changes_are_none_in_a_still_picture_and_many_in_a_pan(tmp_path):
    path = tmp_path / "both.mp4"
    write_media(
        path,
        (p.planes for p in pictures([scene(1)] * 15 + panned(3, 0, 15))),
        None,
        rate=RATE,
        width=WIDTH,
        height=HEIGHT,
    )
    found = list(changes(path))
    assert max(change.share for change in found if change.time < Fraction(3, 5)) == 0
    assert min(change.share for change in found if change.time > Fraction(7, 10)) > 0.3


def test_no_pictures_in_the_span():
    with pytest.raises(MediaError, match=r"no pictures between 1\.00 and 2\.00 s"):
        watch_pictures(iter(()), Fraction(1), Fraction(2))


def test_too_many_pictures(monkeypatch):
    monkeypatch.setattr("frameloom.apps.edit.automatic.watching.MAX_PICTURES", 3)
    with pytest.raises(MediaError, match="more than 3 pictures"):
        seen([scene(1)] * 5)


def test_sound_alone_cannot_be_watched(tmp_path):
    path = tmp_path / "tone.wav"
    write_media(path, None, iter([np.zeros((4800, 2), np.float32)]))
    with pytest.raises(MediaError, match="no video stream"):
        watch(path)

"""Another shape: the subject stays in the picture, and nothing lies outside the film."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.apps.summarise.films import HEIGHT, RATE, WIDTH, write

from frameloom.apps.edit.timeline import Clip
from frameloom.apps.summarise.analysis import Analysis, analyse
from frameloom.apps.summarise.condense import CondenseConfig, condense
from frameloom.apps.summarise.framing import framing, size_of
from frameloom.apps.summarise.sight import focus_of
from frameloom.apps.summarise.summarise import SummariseConfig, summarise
from frameloom.core.config import validate
from frameloom.core.errors import ConfigError
from frameloom.effects.curve import value_at
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.source import read_pictures
from frameloom.media.image import from_rgb


@pytest.fixture(scope="module")
def wanderer(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A red square goes from the left to the right of a grey film in twelve seconds."""

    def drawn(index: int) -> np.ndarray:
        picture = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
        picture[::6] = 100
        left = 8 + (WIDTH - 28) * index // 120
        picture[20:32, left : left + 12] = (220, 30, 30)
        return picture

    film = tmp_path_factory.mktemp("films") / "wanderer.mp4"
    return write(film, (from_rgb(drawn(index)) for index in range(120)))


@pytest.fixture(scope="module")
def followed(wanderer: Path) -> Analysis:
    return analyse(wanderer, keep=False, view="lines")


def test_the_focus_is_on_what_stands_out() -> None:
    lab = np.full((36, 64, 3), 0.5, np.float32)
    lab[10:14, 40:48] = (0.6, 0.2, 0.1)
    x, y = focus_of(lab)
    assert (x, y) == pytest.approx((44 / 64, 12 / 36), abs=0.03)


def test_the_picture_follows_the_subject(followed: Analysis) -> None:
    size = size_of(followed, Fraction(9, 16), None)
    assert size == (30, 54)
    x, y = framing(followed, Fraction(0), Fraction(12), size)
    times = WIDTH / 30
    middles = [value_at(x, Fraction(second)) for second in range(13)]
    assert y == 0.5
    assert middles == sorted(middles, reverse=True)  # the film goes to the left while its subject goes to the right
    assert all(1 - times / 2 - 1e-3 <= middle <= times / 2 + 1e-3 for middle in middles)  # no border is seen
    assert middles[0] - middles[-1] > 0.5 * (times - 1)


def test_a_tall_summary_shows_the_subject(wanderer: Path, tmp_path: Path) -> None:
    out = tmp_path / "tall.mp4"
    fast = VideoFormat(speed="draft")
    summarise(
        SummariseConfig(input=wanderer, out=out, length=6, aspect="9:16", cache=tmp_path / "c", video=fast), "lines"
    )
    seen = list(read_pictures(out))
    assert (seen[0].planes.width, seen[0].planes.height) == (30, 54)
    red = [float((picture.planes.v > 160).mean()) for picture in seen]
    assert np.mean(np.array(red) > 0.03) > 0.9
    assert len(seen) == 6 * RATE


def test_the_film_s_own_shape_is_not_cut(followed: Analysis) -> None:
    made = condense(followed, CondenseConfig(length=4, width=48))
    (clip, *_) = (item for item in made.timeline.tracks[0].items if isinstance(item, Clip))
    assert (clip.x, clip.y) == (0.5, 0.5)
    assert (made.timeline.width, made.timeline.height) == (48, 28)


@pytest.mark.parametrize("shape", ["tall", "9", "0:16", "100:1"])
def test_what_is_no_shape_is_refused(shape: str) -> None:
    with pytest.raises(ConfigError, match=r"aspect: .*shape"):
        validate(CondenseConfig, {"aspect": shape}, "summarise")


def test_a_picture_of_one_colour_shows_no_subject() -> None:
    assert focus_of(np.zeros((36, 64, 3), np.float32)) == (0.5, 0.5)

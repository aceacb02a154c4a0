"""Whether two films can be one before and after."""

from pathlib import Path

import numpy as np
import pytest
from tests.effects.clips import texture

from frameloom.apps.enhance.alike import check_match, unlike
from frameloom.core.errors import MediaError
from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import MediaInfo, probe
from frameloom.media.image import from_rgb


def film(path: Path, seed: int = 1, size: tuple[int, int] = (96, 64), seconds: int = 2) -> MediaInfo:
    """Write a still texture, the same in every size."""
    width, height = size
    grey = np.kron(texture(24, 16, seed=seed), np.ones((height // 16, width // 24))).astype(np.uint8)
    shown = (from_rgb(np.repeat(grey[..., None], 3, axis=2)) for _ in range(seconds * 10))
    write_media(path, shown, None, rate=10, width=width, height=height, video=VideoFormat(speed="draft"))
    return probe(path)


def test_a_larger_film_of_the_same_matches(tmp_path: Path) -> None:
    small, large = film(tmp_path / "small.mp4"), film(tmp_path / "large.mp4", size=(192, 128))
    check_match(small, large)
    assert unlike(small, large) == ""


def test_another_length_and_another_shape_are_refused(tmp_path: Path) -> None:
    one = film(tmp_path / "one.mp4")
    with pytest.raises(MediaError, match=r"long\.mp4: 0:05\.00 long, and .*one\.mp4 0:02\.00; give a film and what"):
        check_match(one, film(tmp_path / "long.mp4", seconds=5))
    with pytest.raises(MediaError, match=r"wide\.mp4: 192x64 px is another shape than 96x64 px of .*one\.mp4"):
        check_match(one, film(tmp_path / "wide.mp4", size=(192, 64)))


def test_another_content_is_told(tmp_path: Path) -> None:
    one, other = film(tmp_path / "one.mp4"), film(tmp_path / "other.mp4", seed=2)
    check_match(one, other)
    assert unlike(one, other).endswith("one.mp4 at the same moments; are they the same film?")

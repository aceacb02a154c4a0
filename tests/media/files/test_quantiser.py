"""How coarsely pictures are stored, told by their decoder."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from tests.apps.enhance.films import film
from tests.effects.clips import texture

from frameloom.core.errors import MediaError
from frameloom.media.files.quantiser import quantisers

START = [Fraction(0)]


def encoded(path: Path, codec: str, options: dict[str, str]) -> Path:
    """Write a picture in motion."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=25, options=options)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(12):
            rgb = np.roll(texture(160, 96), 3 * number, axis=1)[..., None].repeat(3, 2).astype(np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(rgb, format="rgb24")))
        container.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("quantiser", [0, 20, 40])
def test_a_fixed_quantiser_is_found(tmp_path: Path, quantiser: int) -> None:
    path = encoded(tmp_path / "film.mp4", "libx264", {"qp": str(quantiser), "x264-params": "ipratio=1:pbratio=1"})
    found = quantisers(path, [Fraction(0), Fraction(1, 5)], 4)
    assert found == pytest.approx([quantiser] * 8, abs=0.01)


def test_other_codecs_say_nothing(tmp_path: Path) -> None:
    assert quantisers(encoded(tmp_path / "film.mkv", "ffv1", {}), START) == []


def test_what_is_no_film_is_named(tmp_path: Path) -> None:
    (tmp_path / "words.mp4").write_text("no film")
    with pytest.raises(MediaError, match=r"words.mp4: not a media file"):
        quantisers(tmp_path / "words.mp4", START)


def test_damage_is_passed_over(tmp_path: Path) -> None:
    path = film(tmp_path / "film.mp4", list(range(0, 600, 24)), 600, sounds=0, noise=8)
    data = bytearray(path.read_bytes())
    middle = len(data) // 2
    data[middle : middle + 400] = bytes(400)
    path.write_bytes(bytes(data))
    assert quantisers(path, [Fraction(0), Fraction(1, 2)])

"""Small films to summarise: shots of different places, and words at known times."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.effects.clips import texture
from tests.effects.hearing import noise, stereo, voice

from frameloom.media.files.formats import VideoFormat
from frameloom.media.files.sink import write_media
from frameloom.media.image import from_rgb
from frameloom.media.planes import Planes
from frameloom.media.sound import Sound

RATE = Fraction(10)
WIDTH, HEIGHT = 96, 54
CUTS = (8.0, 15.0)
SECONDS = 24
WORDS = [
    (1.0, 1.8),
    (2.2, 3.4),
    (3.9, 5.0),
    (7.2, 8.8),
    (10.0, 11.2),
    (11.6, 12.6),
    (16.0, 17.5),
    (18.0, 18.7),
    (20.0, 22.0),
]
"""The fourth goes over the first cut."""


def place(shot: int) -> NDArray[np.uint8]:
    """A place with colours of its own, (H, W, 3)."""
    grey = texture(WIDTH + 8, HEIGHT + 8, seed=shot).astype(np.float64)
    tint = np.array([(1, 0.6, 0.3), (0.4, 0.9, 0.5), (0.5, 0.5, 1)][shot % 3])
    return np.clip(grey[..., None] * tint, 0, 255).astype(np.uint8)


def pictures(cuts: tuple[float, ...] = CUTS, seconds: float = SECONDS) -> Iterator[Planes]:
    for index in range(int(seconds * RATE)):
        time = float(index / RATE)
        shot = sum(time >= cut for cut in cuts)
        shift = index % 4
        yield from_rgb(np.ascontiguousarray(place(shot)[2 : 2 + HEIGHT, shift : shift + WIDTH]))


def talk(path: Path) -> Path:
    """Write a film of three shots in which somebody speaks."""
    wave = voice(WORDS, SECONDS) + noise(SECONDS, -62)
    return write(path, pictures(), stereo(wave))


def write(path: Path, shown: Iterator[Planes], sound: Sound | None = None, rate: Fraction = RATE) -> Path:
    """Write pictures and sound as a film."""
    blocks = None if sound is None else iter([sound])
    video = VideoFormat(speed="draft")
    write_media(path, shown, blocks, rate=rate, width=WIDTH, height=HEIGHT, video=video)
    return path

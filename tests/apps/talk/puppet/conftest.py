"""A portrait that may be shown, and a sound to say."""

from fractions import Fraction
from pathlib import Path
from typing import cast

import numpy as np
import pytest

from frameloom.apps.talk.puppet.landmarks import find_landmarks
from frameloom.apps.talk.puppet.puppet import Puppet
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_still
from frameloom.media.image import Rgb, resize

PORTRAIT = Path(__file__).parents[3] / "media" / "pictures" / "astronaut.jpg"


@pytest.fixture(scope="session")
def portrait() -> Path:
    """Eileen Collins, smiling with open lips, 240x240 px."""
    return PORTRAIT


@pytest.fixture(scope="session")
def rgb() -> Rgb:
    return np.ascontiguousarray(read_still(PORTRAIT)[..., :3])


@pytest.fixture(scope="session")
def large(rgb: Rgb) -> Rgb:
    return cast(Rgb, resize(rgb, 480, 480))


@pytest.fixture(scope="session")
def puppet(large: Rgb) -> Puppet:
    return Puppet(large, find_landmarks(large, "astronaut").mesh)


@pytest.fixture(scope="session")
def voice(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A hum that comes and goes three times in 1.3 s."""
    path = tmp_path_factory.mktemp("voice") / "voice.wav"
    time = np.arange(62_400) / 48_000
    hum = sum(np.sin(2 * np.pi * 140 * k * time) / k for k in range(1, 20))
    loud = np.clip(np.sin(2 * np.pi * time / 0.43), 0, 1) * 0.15
    write_media(path, None, [(hum * loud).astype(np.float32)[:, None]], channels=1, rate=Fraction(25))
    return path

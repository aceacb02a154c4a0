"""Clips fill the picture; a portrait that was made to speak is shown whole, so that its mark stays."""

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from tests.apps.compose.scenes.example_scenes import stage

from frameloom.apps.compose.scenes.clips import Clip
from frameloom.apps.talk.puppet.mark import NOTE
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain


@pytest.mark.parametrize("suffix", [".mp4", ".mov", ".mkv", ".webm"])
def test_a_portrait_keeps_its_lower_edge(suffix: str, tmp_path: Path) -> None:
    square = plain(96, 96, (40, 40, 40))
    square.y[88:] = 235  # where a mark would be
    whole = {}
    for name, made_by in (("film", "somebody"), ("puppet", f"frameloom puppet; {NOTE}")):
        path = tmp_path / f"{name}{suffix}"
        write_media(path, [square] * 5, None, width=96, height=96, made_by=made_by)
        shown = Clip(path=path).begin(stage(size=(160, 90)))(Fraction(0)).y
        whole[name] = bool((shown[:, 60:100] > 180).any(1).any())
    assert whole == {"film": False, "puppet": True}
    assert np.ptp(shown) > 100

"""Pictures one after the other: each at its cue, opened when it comes."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from tests.apps.compose.scenes.example_scenes import stage

from frameloom.apps.compose.scenes.clips import Clip
from frameloom.apps.compose.scenes.footage import Picture
from frameloom.apps.compose.scenes.series import Series
from frameloom.media.files.pictures import write_still
from frameloom.media.files.sink import write_media
from frameloom.media.planes import plain

S = Fraction


def test_each_shot_comes_at_its_cue_and_begins_there(tmp_path: Path) -> None:
    for name, gray in (("a.png", 40), ("b.png", 200)):
        write_still(tmp_path / name, np.full((36, 64, 3), gray, np.uint8))
    grays = [plain(64, 36, (step, step, step)) for step in range(0, 100, 10)]
    write_media(tmp_path / "c.mp4", grays, None, rate=S(10), width=64, height=36)
    shots = (Picture(path=Path("a.png")), Clip(path=Path("c.mp4")), Picture(path=Path("b.png")))
    shown = replace(stage("16:9", tmp_path), cues=(S(0), S(1), S(2)), duration=S(3))
    draw = Series(shots=shots).begin(shown)

    def luma(time: Fraction) -> float:
        return float(draw(time).y.mean())

    first, last = luma(S(0)), luma(S(5, 2))
    assert luma(S(99, 100)) == pytest.approx(first, abs=1)
    assert luma(S(1)) == pytest.approx(16, abs=3)  # the clip's first picture is black
    assert luma(S(3, 2)) == pytest.approx(16 + 50 * 219 / 255, abs=4)
    assert last > 150
    assert luma(S(0)) == first


def test_what_cannot_be_is_told() -> None:
    picture = {"kind": "image", "path": "a.png"}
    with pytest.raises(ValidationError, match="not heard; give it a beat of its own"):
        Series.model_validate({"shots": [picture, {"kind": "clip", "path": "a.mp4", "sound": True}]})
    with pytest.raises(ValidationError, match="3 texts for 2 shots"):
        Series.model_validate({"shots": [picture, picture], "named": ["a", "b", "c"]})

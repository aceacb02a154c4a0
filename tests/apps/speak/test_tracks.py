"""A track that was written is read again; what is none is told."""

import json
from pathlib import Path

import numpy as np
import pytest

from frameloom.apps.speak.tracks import read_track, write_track
from frameloom.core.errors import MediaError
from frameloom.media.visemes import VISEMES, VisemeTrack


def track(rows: int) -> VisemeTrack:
    dice = np.random.default_rng(0)
    weights = dice.random((rows, 15)).astype(np.float32) ** 4
    return VisemeTrack(weights / weights.sum(1, keepdims=True), dice.random(rows).astype(np.float32))


@pytest.mark.parametrize("rows", [0, 1, 57])
def test_what_was_written_is_read(rows: int, tmp_path: Path) -> None:
    path = tmp_path / "new" / "track.json"
    write_track(track(rows), path, voice="hibari")
    again = read_track(path)
    assert again.weights == pytest.approx(track(rows).weights, abs=2e-3)
    assert again.weights.sum(1) == pytest.approx(1, abs=1e-5)
    assert again.intensity == pytest.approx(track(rows).intensity, abs=1e-4)


def test_the_file_says_what_it_holds_and_where_mouths_change(tmp_path: Path) -> None:
    weights = np.eye(15, dtype=np.float32)[[0, 0, 1, 1, 10]]
    write_track(VisemeTrack(weights, np.ones(5, np.float32)), tmp_path / "t.json", voice="hibari")
    record = json.loads((tmp_path / "t.json").read_text())
    assert record["cues"] == [[0.0, "sil"], [0.02, "PP"], [0.04, "aa"]]
    assert record["visemes"] == list(VISEMES)
    assert (record["rate"], record["voice"]) == (100, "hibari")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "no viseme track"),
        ("[]", "no viseme track"),
        ('{"weights": []}', "no viseme track"),
        (json.dumps({"rate": 50, "visemes": VISEMES, "weights": [], "intensity": []}), "no viseme track of 100 rows"),
        (json.dumps({"rate": 100, "visemes": VISEMES, "weights": [[0] * 15], "intensity": [0]}), "no viseme track of"),
        (json.dumps({"rate": 100, "visemes": VISEMES, "weights": [[1] * 15], "intensity": []}), "no viseme track of"),
        (json.dumps({"rate": 100, "visemes": VISEMES, "weights": [[1] * 7], "intensity": [0]}), "no viseme track"),
    ],
)
def test_what_is_no_track_is_told(text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "t.json").write_text(text)
    with pytest.raises(MediaError, match=message):
        read_track(tmp_path / "t.json")


def test_a_missing_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="cannot be read"):
        read_track(tmp_path / "none.json")

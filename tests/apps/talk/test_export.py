"""Mouth movements for other programs: each format is written, and says what was said."""

import json
from pathlib import Path

import numpy as np
import pytest
from tests.apps.talk.tracks import track_of

from frameloom.apps.speak.tracks import read_track
from frameloom.apps.talk.export import EXPORT_FORMATS, write_visemes
from frameloom.core.errors import OutputError
from frameloom.media.visemes import VisemeTrack

pytest.importorskip("openfacefx", reason="openfacefx is not installed")

TRACK = track_of([("aa", 0.5, 0.9), ("PP", 0.9, 1.0), ("O", 1.0, 1.4), ("FF", 1.4, 1.5)], 2)


@pytest.mark.parametrize("suffix", [one.suffix for one in EXPORT_FORMATS])
def test_every_format_is_written_whole(tmp_path: Path, suffix: str) -> None:
    path = write_visemes(TRACK, tmp_path / f"line{suffix}", "line.wav")
    assert path.stat().st_size > 40
    assert len(list(tmp_path.iterdir())) == 1


def test_rhubarb_shapes_follow_the_sounds(tmp_path: Path) -> None:
    """D is an open mouth, A closed lips, G the lip under the teeth, as in Rhubarb's own table."""
    told = json.loads(write_visemes(TRACK, tmp_path / "a.rhubarb.json", "line.wav").read_text())
    assert told["metadata"]["soundFile"] == "line.wav"
    shapes = {t: next(c["value"] for c in told["mouthCues"] if c["start"] <= t < c["end"]) for t in (0.7, 0.95, 1.45)}
    assert shapes == {0.7: "D", 0.95: "A", 1.45: "G"}


def test_keys_keep_the_closure_and_the_rest(tmp_path: Path) -> None:
    told = json.loads(write_visemes(TRACK, tmp_path / "a.track.json").read_text())
    keys = {channel["name"]: np.array(channel["keys"]) for channel in told["channels"]}
    assert np.interp(0.95, *keys["PP"].T) == pytest.approx(1, abs=0.02)
    assert np.interp(0.7, *keys["aa"].T) == pytest.approx(1, abs=0.02)
    assert np.interp(0.1, *keys["sil"].T) == pytest.approx(1, abs=0.02)


def test_silence_and_nothing_can_be_exported(tmp_path: Path) -> None:
    empty = VisemeTrack(np.zeros((0, 15), np.float32), np.zeros(0, np.float32))
    assert write_visemes(empty, tmp_path / "a.rhubarb.json").exists()


def test_an_unknown_suffix_is_told_what_is_known(tmp_path: Path) -> None:
    with pytest.raises(
        OutputError, match=r"line\.fbx: no format for mouth movements ends so; known: \.json, \.track\.json"
    ):
        write_visemes(TRACK, tmp_path / "line.fbx")


def test_json_is_our_own_form_and_all_else_that_of_others(tmp_path: Path) -> None:
    ours = read_track(write_visemes(TRACK, tmp_path / "a.json"))
    assert (ours.labels == TRACK.labels).all()
    assert write_visemes(TRACK, tmp_path / "a.tsv").read_text().startswith("0.00\t")
    assert "mouthCues" in json.loads(write_visemes(TRACK, tmp_path / "b.rhubarb.json").read_text())

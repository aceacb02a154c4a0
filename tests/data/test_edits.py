"""Edits: labels say what pictures show, every transition is drawn, and numbers fix clips."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from frameloom.core.errors import DataError
from frameloom.data.clips import UnreadableClipWarning
from frameloom.data.cutting import GRADUAL, cut_together, small
from frameloom.data.edits import THUMB, Edits, EditsConfig
from frameloom.data.source import open_source
from frameloom.data.takes import HEIGHT, WIDTH, Take
from frameloom.effects.transitions import TRANSITION_NAMES
from frameloom.media import thumbs
from frameloom.media.files.video import write_clip

LEVELS = (40, 90, 140, 190)


def plain_footage() -> list[list[Take]]:
    """Return stills of one grey each, so that what is seen tells of which it is."""
    return [
        [Take(*(np.full((1, 108 // part, 192 // part), level, np.uint8) for part in (1, 2, 2)))] for level in LEVELS
    ]


def settings(**changed: Any) -> EditsConfig:
    return EditsConfig(**{"folder": "nowhere", "frames": 120, "mishaps": 0.0, "unedited": 0.0, "shot": 30, **changed})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    dice = np.random.default_rng(0)
    for split in ("train", "val"):
        (tmp_path / split).mkdir()
        for number in range(2):
            coarse = dice.integers(0, 256, (9, 16, 3)).astype(np.uint8).repeat(12, 0).repeat(12, 1)
            Image.fromarray(coarse).save(tmp_path / split / f"{number}.png")
        write_clip(tmp_path / split / "clip.mp4", np.stack([np.roll(coarse, time, 1) for time in range(16)]), 25)
    return tmp_path


def test_clips_have_their_forms_and_the_same_number_is_the_same_clip(folder: Path) -> None:
    config = EditsConfig(folder=str(folder), frames=30)
    source = open_source(config, "train", seed=3)
    batch = source.batch(1, 4)
    assert batch["video"].shape == (4, *source.shape) == (4, 30, 3, 27, 48)
    assert batch["video"].abs().max() <= 1
    assert batch["cuts"].shape == batch["transitions"].shape == (4, 30)
    halves = [Edits(config, "train", 3).batch(1, 4, (rank, 2)) for rank in range(2)]
    for name, values in batch.items():
        assert torch.equal(torch.cat([half[name] for half in halves]), values)
    assert not torch.equal(batch["video"], source.batch(2, 4)["video"])
    assert not torch.equal(batch["video"], open_source(config, "train", seed=4).batch(1, 4)["video"])


def test_val_ends(folder: Path) -> None:
    source = Edits(EditsConfig(folder=str(folder), frames=20, clips=5), "val")
    assert source.count == 5
    assert len(source.batch(1, 3)["video"]) == 2
    with pytest.raises(DataError, match=r"val clip 6 lies beyond the last of 5"):
        source.batch(2, 3)
    assert Edits(EditsConfig(folder=str(folder), frames=20), "train").count is None


def test_a_cut_is_where_the_picture_changes_all_of_it_and_nowhere_else() -> None:
    seen = 0
    for seed in range(12):
        edited = cut_together(np.random.default_rng(seed), settings(gradual=0.0), plain_footage())
        luma = edited.take.y.astype(int)
        changes = np.flatnonzero(abs(np.diff(luma, axis=0)).max((1, 2)) > 0) + 1
        assert changes.tolist() == edited.cuts
        assert not edited.transitions
        seen += len(edited.cuts)
    assert seen > 12


def test_pictures_of_a_transition_are_neither_of_its_shots_and_all_others_are_one() -> None:
    seen = set()
    for seed in range(40):
        edited = cut_together(np.random.default_rng(seed), settings(gradual=1.0), plain_footage())
        changes = set((np.flatnonzero(abs(np.diff(edited.take.y.astype(int), axis=0)).mean((1, 2)) > 4) + 1).tolist())
        within = {time for first, end, _ in edited.transitions for time in range(first, end + 1)}
        assert changes - within <= set(edited.cuts)
        seen |= {name for _, _, name in edited.transitions}
        for first, end, _ in edited.transitions:
            assert 0 < first < end < 120
            for one, other in ((first - 1, first), (end - 1, end)):
                assert (edited.take.y[one] != edited.take.y[other]).any()
    assert len(seen) > 20


def test_every_transition_of_the_editor_is_among_them() -> None:
    assert set(GRADUAL) | {"cut"} == set(TRANSITION_NAMES)


def test_each_transition_can_be_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    from frameloom.data import cutting

    for name in GRADUAL:
        monkeypatch.setattr(cutting, "GRADUAL", (name,))
        config = settings(gradual=1.0, plain=0.0, frames=60, shot=15, longest=12)
        made = [cut_together(np.random.default_rng(seed), config, plain_footage()) for seed in range(3)]
        assert {kind for edited in made for _, _, kind in edited.transitions} == {name}, name


def test_without_edits_there_are_none_whatever_happens() -> None:
    for seed in range(10):
        random = np.random.default_rng(seed)
        edited = cut_together(random, settings(unedited=1.0, mishaps=1.0), plain_footage())
        assert not edited.cuts
        assert not edited.transitions


def test_small_pictures_are_means() -> None:
    dice = np.random.default_rng(0)
    take = Take(*(dice.integers(0, 256, (3, HEIGHT // part, WIDTH // part)).astype(np.uint8) for part in (1, 2, 2)))
    made = small(take)
    assert made.shape == (3, *THUMB)
    assert made[:, 0] == pytest.approx(take.y.reshape(3, 27, 2, 48, 2).mean((2, 4)), abs=0.76)
    assert np.array_equal(made[:, 1], take.u)
    assert (3, thumbs.HEIGHT, thumbs.WIDTH) == THUMB


def test_what_cannot_be_read_is_skipped_and_nothing_at_all_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "train").mkdir()
    (tmp_path / "train" / "broken.png").write_bytes(b"no picture")
    with (
        pytest.warns(UnreadableClipWarning, match=r"broken.png: skipped"),
        pytest.raises(DataError, match="no train footage; give videos or pictures"),
    ):
        Edits(EditsConfig(folder=str(tmp_path)), "train")

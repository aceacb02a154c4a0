"""The instrument: with perfect parts it reads without a mistake, and its losses have the values of pure guessing."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from frameloom.core.errors import ModelError
from frameloom.models import digit_reader
from frameloom.models.base import Batch
from frameloom.models.digit_reader import Classifier, DigitReader, DigitReaderConfig

Clips = Callable[..., Batch]
Maker = Callable[..., Tensor]


class Answers(nn.Module):
    """A classifier that names patches, by the patch."""

    def __init__(self, patches: Tensor, classes: Tensor, sure: float) -> None:
        super().__init__()
        self.known, self.sure = list(zip(patches.flatten(0, 1), classes.flatten(), strict=True)), sure

    def forward(self, patches: Tensor) -> tuple[Tensor, Tensor]:
        logits = torch.zeros(len(patches), 10)
        for row, patch in enumerate(patches):
            distances = [(patch - known).abs().sum() for known, _ in self.known]
            logits[row, self.known[int(torch.stack(distances).argmin())][1]] = self.sure
        return logits.requires_grad_(), patches.flatten(1)[:, :3]


@pytest.fixture
def reader() -> DigitReader:
    return DigitReader(DigitReaderConfig(frames=4, canvas=24, patch=8, width=8, features=8))


@pytest.fixture
def perfect(
    reader: DigitReader,
    toy_clips: Clips,
    located: Maker,
    found: Maker,
    given_answers: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> tuple[DigitReader, Batch]:
    """A reader whose parts know the batch, and name the sprites in an order of their own."""
    batch = toy_clips(count=4, frames=4)
    patches = found(batch["patches"])
    reader.localiser = given_answers(located(found(batch["positions"].transpose(1, 2))))
    reader.appearance = given_answers(torch.stack([patches, patches], 1).requires_grad_())
    reader.classifier = Answers(batch["patches"], batch["classes"], sure=50.0)
    monkeypatch.setattr(digit_reader, "_shifted", lambda patches: patches)
    return reader, batch


def test_perfect_parts_read_without_a_mistake(perfect: tuple[DigitReader, Batch], found: Maker) -> None:
    reader, batch = perfect
    loss = reader.reading_loss(batch, 0.0)
    assert loss.parts["accuracy"].item() == 1
    assert loss.parts["localisation"].item() == pytest.approx(0, abs=1e-4)
    assert loss.parts["appearance"].item() == pytest.approx(0, abs=1e-4)
    assert loss.parts["class"].item() == pytest.approx(0, abs=1e-4)
    assert loss.total.item() == pytest.approx(0, abs=1e-3)
    reading = reader.read(batch["video"])
    order = found(batch["positions"].transpose(1, 2)).transpose(1, 2)
    assert torch.equal(reading.positions, order.float())
    assert torch.equal(reading.class_logits.argmax(2), found(batch["classes"]))
    assert torch.equal(reading.patches, found(batch["patches"]))
    assert reading.features.shape == (4, 2, 3)


def test_guessing_costs_the_log_of_the_choices(perfect: tuple[DigitReader, Batch], given_answers: Any) -> None:
    reader, batch = perfect
    reader.localiser = given_answers(torch.full((4, 2, 4, 17, 17), -math.log(17 * 17)))
    reader.appearance = given_answers(torch.full((4, 2, 2, 8, 8), 0.5, requires_grad=True))
    reader.classifier = Answers(batch["patches"], batch["classes"], sure=0.0)
    loss = reader.reading_loss(batch, 0.0)
    parts = {name: part.item() for name, part in loss.parts.items() if name != "accuracy"}
    expected = {"localisation": 2 * math.log(17), "appearance": math.log(2), "class": math.log(10)}
    assert parts == pytest.approx(expected)
    total = 2 * math.log(17) + 4 * math.log(2) + 0.5 * math.log(10)
    assert loss.total.item() == pytest.approx(total)


def test_longer_clips_are_read_from_anywhere_in_training(perfect: tuple[DigitReader, Batch], toy_clips: Clips) -> None:
    reader, _ = perfect
    longer = toy_clips(count=4, frames=6)
    shown = [longer["video"][:, start : start + 4, 0] for start in range(3)]
    starts = set()
    for seed in range(12):
        torch.manual_seed(seed)
        reader.reading_loss(longer, 0.0)
        seen = reader.localiser.questions[-1] * 2 - 1
        starts.add(next(start for start, frames in enumerate(shown) if torch.equal(frames, seen)))
    assert starts == {0, 1, 2}
    reader.read(longer["video"])
    assert torch.equal(reader.localiser.questions[-1] * 2 - 1, shown[0])


def test_appearance_is_taught_at_true_and_at_found_corners(
    perfect: tuple[DigitReader, Batch], located: Maker, given_answers: Any, found: Maker
) -> None:
    reader, batch = perfect
    truth = found(batch["positions"].transpose(1, 2))
    near = (truth + 1).clamp(max=16)
    reader.localiser = given_answers(torch.logaddexp(located(near), located(truth) - 2))
    kinds = set()
    for _ in range(8):
        reader.reading_loss(batch, 0.0)
        for clip, corners in enumerate(reader.appearance.questions[-1]):
            kinds.add("true" if torch.equal(corners, truth[clip]) else "found")
            assert torch.equal(corners, truth[clip]) or torch.equal(corners, near[clip])
    assert kinds == {"true", "found"}


def test_patches_are_shifted_together_by_up_to_two_px() -> None:
    patches = torch.zeros(3, 8, 8)
    patches[:, 3, 4] = torch.tensor([1.0, 2.0, 3.0])
    offsets = set()
    for _ in range(200):
        moved = digit_reader._shifted(patches)
        assert moved.shape == patches.shape
        spots = [tuple(spot.nonzero()[0].tolist()) for spot in moved]
        assert len(set(spots)) == 1
        assert moved.amax((1, 2)).tolist() == [1.0, 2.0, 3.0]
        offsets.add((spots[0][0] - 3, spots[0][1] - 4))
    assert {row for row, _ in offsets} == {column for _, column in offsets} == {-2, -1, 0, 1, 2}
    assert len(offsets) > 15


@pytest.mark.parametrize("patch", [8, 12, 28])
def test_a_classifier_takes_patches_of_any_size(patch: int) -> None:
    logits, features = Classifier(classes=10, features=5, patch=patch)(torch.rand(3, patch, patch))
    assert logits.shape == (3, 10)
    assert features.shape == (3, 5)


def test_a_clip_that_is_too_short_is_refused(reader: DigitReader) -> None:
    with pytest.raises(ModelError, match="this reader reads 4 frames, the clips have 3; give more"):
        reader.read(torch.zeros(1, 3, 1, 24, 24))

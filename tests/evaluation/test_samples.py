"""Figures of samples, with a reader that knows what it is shown: perfect samples score as real clips do."""

import math
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from frameloom.core.errors import DataError, ModelError
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.evaluation import samples
from frameloom.evaluation.samples import I3d, SampleScores, lines, sample_scores, sampling
from frameloom.models.base import Condition

CONFIG = MovingMnistConfig(frames=12)
KNOWN: dict[bytes, Mapping[str, Tensor]] = {}
"""What is to be seen in each clip shown so far."""


@dataclass
class Reading:
    positions: Tensor
    class_logits: Tensor
    features: Tensor


class Reader:
    """Looks up what is in a clip; classes with a probability of .99."""

    def read(self, video: Tensor) -> Reading:
        seen = [KNOWN[clip.numpy().tobytes()] for clip in video]
        patches = torch.stack([clip["patches"] for clip in seen])
        classes = torch.stack([clip["classes"] for clip in seen])
        return Reading(
            torch.stack([clip["positions"] for clip in seen]).float(),
            F.one_hot(classes, 10) * math.log(0.99 * 9 / 0.01),
            F.avg_pool2d(patches, 7).flatten(2),
        )


def shown(batch: Mapping[str, Tensor]) -> Mapping[str, Tensor]:
    """Let the reader know a batch."""
    for index, clip in enumerate(batch["video"]):
        KNOWN[clip.numpy().tobytes()] = {key: values[index] for key, values in batch.items()}
    return batch


class Known(MovingMnist):
    def batch(self, index: int, size: int, share: tuple[int, int] = (0, 1)) -> Mapping[str, Tensor]:
        return shown(super().batch(index, size, share))


class Perfect:
    """Samples are clips of the training split, changed as a test asks."""

    def __init__(self) -> None:
        self.source = MovingMnist(CONFIG, "train")
        self.index = 0

    def sample(
        self, count: int, *, condition: Condition | None = None, generator: torch.Generator | None = None
    ) -> Tensor:
        self.index += 1
        return shown(self.changed(dict(self.source.batch(self.index, count))))["video"]

    def changed(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        return batch


class Frozen(Perfect):
    """Nothing moves."""

    def changed(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        batch["positions"] = batch["positions"][:, :1].clamp(5, 30).expand_as(batch["positions"])
        batch["video"] = batch["video"][:, :1].expand_as(batch["video"]).contiguous()
        return batch


class Wobbly(Perfect):
    """Digits tremble by up to 3 px."""

    def changed(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        generator = torch.Generator().manual_seed(0)
        batch["positions"] = batch["positions"] + torch.randint(-3, 4, batch["positions"].shape, generator=generator)
        return batch


class OnlyThrees(Perfect):
    """One class, and the same digit."""

    def changed(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
        batch["classes"] = torch.full_like(batch["classes"], 3)
        batch["patches"] = batch["patches"][:1].expand_as(batch["patches"])
        return batch


def scores(model: object, clips: int = 120, **settings: object) -> SampleScores:
    return sample_scores(
        model, Reader(), Known(CONFIG, "test"), Known(CONFIG, "val"), clips=clips, batch=60, **settings  # type: ignore[arg-type]
    )  # fmt: skip


def test_perfect_samples_score_as_real_clips_do() -> None:
    found = scores(Perfect())
    for figures in (found.generated, found.real):
        assert figures.clips == 120
        assert figures.recognised.mean == 1.0
        assert figures.classes_present == 10
        assert figures.balance > 0.97
        assert figures.speed_px == pytest.approx(3.6, abs=0.1)
        assert figures.misfit_px is not None
        assert figures.misfit_px < 0.6  # whole pixels
        assert figures.straight == pytest.approx(0.95, abs=0.06)
        assert figures.right_speed == pytest.approx(0.95, abs=0.06)
    assert found.real.asked_for == 1.0
    assert found.generated.asked_for is None
    assert found.frechet == pytest.approx(found.frechet_real, rel=0.6)
    assert found.fvd is None
    assert found.frames == 12


def test_samples_that_do_not_move_or_tremble_are_found_out() -> None:
    frozen, wobbly = scores(Frozen()).generated, scores(Wobbly()).generated
    assert frozen.speed_px == 0
    assert frozen.right_speed == 0
    assert frozen.straight == 1
    assert frozen.motion == frozen.flicker == 0
    assert wobbly.straight is not None
    assert wobbly.straight < 0.1


def test_samples_of_one_class_are_found_out() -> None:
    found = scores(OnlyThrees())
    assert found.generated.classes == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert found.generated.classes_present == 1
    assert found.generated.balance == 0
    assert found.frechet > 3 * found.frechet_real


def test_unsure_readings_are_not_counted_as_recognised() -> None:
    class Unsure(Reader):
        def read(self, video: Tensor) -> Reading:
            reading = super().read(video)
            reading.class_logits = reading.class_logits * torch.tensor([[[1.0], [0.1]]])  # the second digit
            return reading

    found = sample_scores(Perfect(), Unsure(), Known(CONFIG, "test"), Known(CONFIG, "val"), clips=40)
    assert found.generated.recognised.mean == 0.5


def test_classes_are_asked_for_and_counted_whatever_their_order() -> None:
    class Obedient(Perfect):
        """Shows the first class asked for, in the second place, and a wrong one."""

        config = type("Settings", (), {"condition": "classes", "classes": 10, "sprites": 2})()

        def sample(
            self, count: int, *, condition: Condition | None = None, generator: torch.Generator | None = None
        ) -> Tensor:
            assert condition is not None
            assert condition.classes is not None
            self.asked = condition.classes
            return super().sample(count)

        def changed(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
            wrong = (self.asked.max(dim=1).values + 1) % 10
            wrong = torch.where((self.asked == wrong[:, None]).any(dim=1), (wrong + 1) % 10, wrong)
            wrong = torch.where((self.asked == wrong[:, None]).any(dim=1), (wrong + 1) % 10, wrong)
            batch["classes"] = torch.stack([wrong, self.asked[:, 0]], dim=1)
            return batch

    assert scores(Obedient()).generated.asked_for == 0.5


def test_models_that_go_on_from_a_frame_are_given_real_ones() -> None:
    class GoesOn(Perfect):
        config = type("Settings", (), {"condition": "first"})()
        given: Tensor

        def sample(
            self, count: int, *, condition: Condition | None = None, generator: torch.Generator | None = None
        ) -> Tensor:
            assert condition is not None
            assert condition.first is not None
            self.given = condition.first
            return super().sample(count)

    model = GoesOn()
    scores(model, clips=40)
    assert torch.equal(model.given, MovingMnist(CONFIG, "test").batch(0, 60)["video"][:40, :1])


def test_progress_goes_over_the_three_sets_and_examples_are_kept() -> None:
    steps = list(sampling(Perfect(), Reader(), Known(CONFIG, "test"), Known(CONFIG, "val"), clips=30, batch=20))
    assert [step.done for step in steps] == [20, 30, 50, 60, 80, 90, 90]
    assert steps[-1].progress == 1
    assert steps[0].text == "20/90 clips, real clips A"
    assert steps[0].record == {"clips": 20, "of": 90, "doing": "real clips A"}
    assert steps[-1].examples is not None
    assert steps[-1].examples.shape == (16, 12, 1, 64, 64)


def test_line_through_a_steady_flight_ignores_one_misreading() -> None:
    track = torch.tensor([10.0, 8.0]) + torch.arange(7)[:, None] * torch.tensor([2.0, -0.5])
    track[3] += 6
    [(speed, misfit)] = lines(track[None, :, None])
    assert speed == pytest.approx(math.hypot(2, 0.5))
    assert misfit == pytest.approx(math.hypot(6, 6) / 7)


def test_runs_end_at_walls_and_short_ones_do_not_count() -> None:
    row = torch.tensor([20.0, 24, 28, 32, 36, 32, 28, 24, 20, 16, 12, 8])  # four frames, the wall, seven frames
    found = lines(torch.stack([row, torch.full((12,), 18.0)], dim=1)[None, :, None])
    assert found == [(4.0, 0.0)]
    assert lines(torch.full((1, 12, 1, 2), 0.5)) == []


def test_a_model_without_runs_has_no_speed() -> None:
    class AtTheWall(Perfect):
        def changed(self, batch: dict[str, Tensor]) -> dict[str, Tensor]:
            batch["positions"] = torch.zeros_like(batch["positions"])
            return batch

    figures = scores(AtTheWall()).generated
    assert (figures.runs, figures.speed_px, figures.straight) == (0, None, None)


@pytest.mark.parametrize(
    ("settings", "model_frames", "clips", "message"),
    [
        ({"crop": 24}, 12, 10, r"reads grey clips of 64x64 px, got \(1, 24, 24\)"),
        ({"frames": 6}, 12, 40, r"samples are \(40, 12, .* where real clips are \(40, 6, .* set data\.frames"),
        ({"frames": 4}, 4, 10, "real clips gave 0 runs away from the walls, 20 are needed"),
    ],
)
def test_clips_that_cannot_be_read_or_compared_are_refused(
    settings: dict[str, int], model_frames: int, clips: int, message: str
) -> None:
    config = CONFIG.model_copy(update=settings)
    model = Perfect()
    model.source = MovingMnist(CONFIG.model_copy(update={"frames": model_frames}), "train")
    with pytest.raises(DataError, match=message):
        sample_scores(model, Reader(), Known(config, "test"), Known(config, "val"), clips=clips)


class Detector(nn.Module):
    """Has the calling form of StyleGAN-V's network; its features are the mean colours."""

    def forward(self, x: Tensor, rescale: bool = True, resize: bool = True, return_features: bool = False) -> Tensor:
        return x.mean(dim=(2, 3, 4)) + torch.arange(3)


def saved(network: nn.Module, path: Path) -> Path:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.jit.script(network).save(str(path))
    return path


def test_the_users_i3d_file_gives_the_real_fvd(tmp_path: Path) -> None:
    i3d = I3d.load(saved(Detector(), tmp_path / "i3d.pt"))
    video = torch.full((2, 10, 1, 8, 8), 3.0)
    video[0] = 0.0
    assert torch.allclose(i3d.features(video), torch.tensor([[127.5, 128.5, 129.5], [255.0, 256.0, 257.0]]))
    found = scores(Perfect(), clips=40, i3d=i3d)
    assert found.fvd is not None
    assert found.fvd_real is not None
    assert found.fvd > 0
    assert "user's own I3D file" in found.notes[-1]


def test_files_that_are_no_i3d_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"missing\.pt: no TorchScript file; give the i3d_torchscript\.pt"):
        I3d.load(tmp_path / "missing.pt")
    torch.save({"weights": torch.zeros(1)}, tmp_path / "weights.pt")
    with pytest.raises(ModelError, match=r"weights\.pt: no TorchScript file \("):
        I3d.load(tmp_path / "weights.pt")
    with pytest.raises(ModelError, match="cannot be used as StyleGAN-V's"):
        I3d(nn.Linear(3, 3)).features(torch.zeros(1, 10, 1, 8, 8))


def test_constants_are_those_that_the_help_states() -> None:
    assert (samples.CONFIDENCE, samples.CLASS_SHARE, samples.RUN_FRAMES) == (0.9, 0.02, 5)

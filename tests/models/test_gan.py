"""The game by hand: who wants which score up, what the judges see, and when they pay."""

import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from frameloom.core.errors import ModelError
from frameloom.models.base import Batch, Condition
from frameloom.models.gan import Gan, GanConfig, Judge, augment

Clips = Callable[..., Batch]
SIZES: dict[str, Any] = {"frames": 4, "size": 24, "patch": 8, "z_dim": 4, "path_dim": 3, "c_dim": 4, "h_dim": 16}


def small(**settings: Any) -> Gan:
    return Gan(GanConfig(**SIZES, **settings))


def with_scores(gan: Gan, real: float, fake: float, monkeypatch: pytest.MonkeyPatch) -> list[Tensor]:
    """Give every clip the same scores, and return them: real and fake."""
    scores = [torch.full((3,), value, requires_grad=True) for value in (real, fake)]
    monkeypatch.setattr(gan, "_judge", lambda *_: [(scores[0], scores[1]), (scores[0], scores[1])])
    return scores


@pytest.mark.parametrize(
    ("objective", "judges", "generator"),
    [
        ("relativistic", 2 * math.log1p(math.exp(-1.5)), 2 * math.log1p(math.exp(1.5))),  # softplus of the gap
        ("hinge", 2 * ((1 - 0.75) + (1 - 0.75)), 2 * 0.75),  # margins of 0.75 and -0.75; minus the fakes' score
    ],
)
def test_losses_by_hand(
    objective: str, judges: float, generator: float, toy_clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    gan = small(objective=objective, penalty=0.0)
    real, fake = with_scores(gan, 0.75, -0.75, monkeypatch)
    loss = gan.judge_loss(toy_clips(), 0.0)
    assert loss.total.item() == pytest.approx(judges)
    assert loss.parts["gap_frame"].item() == loss.parts["gap_clip"].item() == 1.5
    towards_real, towards_fake = torch.autograd.grad(loss.total, [real, fake])
    assert towards_real.max() < 0 < towards_fake.min()  # a step lifts the real and lowers the fake
    loss = gan.generator_loss(toy_clips(), 0.0)
    assert loss.total.item() == pytest.approx(generator)
    assert loss.parts["fooling"].item() == pytest.approx(generator)
    assert torch.autograd.grad(loss.total, fake)[0].max() < 0  # a step lifts the fake


@pytest.mark.parametrize("decoder", ["pixels", "sprites"])
def test_a_step_of_the_generator_lifts_the_score_of_its_clips(decoder: str, toy_clips: Clips) -> None:
    gan, batch = small(decoder=decoder, objective="hinge"), toy_clips()
    optimiser = torch.optim.SGD(gan.generator.paint.parameters(), 0.05)
    losses = []
    for _ in range(4):
        torch.manual_seed(2)  # the same noise, frames and judges
        loss = gan.generator_loss(batch, 0.0).total
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        losses.append(loss.item())
    assert losses == sorted(losses, reverse=True)


def test_the_judges_do_not_teach_the_generator(toy_clips: Clips) -> None:
    gan = small(penalty_every=1)
    gan.judge_loss(toy_clips(), 0.0).total.backward()
    assert all(parameter.grad is None for parameter in gan.generator.parameters())


def test_penalties_are_lazy_and_weigh_the_more(toy_clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    gan = small(penalty=0.5, penalty_every=3)
    monkeypatch.setattr(gan, "_penalty", lambda *_: torch.tensor(2.0))
    losses = [gan.judge_loss(toy_clips(), 0.0) for _ in range(6)]
    assert [loss.parts["penalty"].item() for loss in losses] == [0, 0, 3 * 0.5 * 2, 0, 0, 3 * 0.5 * 2]
    for loss in losses:
        assert loss.total.item() == pytest.approx((loss.parts["game"] + loss.parts["penalty"]).item())


@pytest.mark.parametrize(("decoder", "seen"), [("pixels", 24 * 24), ("sprites", 8 * 8)])
def test_penalties_of_linear_judges(decoder: str, seen: int, toy_clips: Clips) -> None:
    gan = small(decoder=decoder)
    gan.frame_judge, gan.clip_judge = _Linear(3.0), _Linear(2.0)
    corners = toy_clips()["positions"] if decoder == "sprites" else None
    penalty = gan._penalty(toy_clips(), toy_clips(seed=1)["video"], corners)
    # R1 and R2 are alike: half the squared slope of every pixel that a judge sees at once.
    assert penalty.item() == pytest.approx(2 * 0.5 * (9 * seen + 4 * 4 * 24 * 24))


class _Linear(nn.Module):
    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))

    def forward(self, images: Tensor, classes: Tensor | None) -> Tensor:
        return self.slope * images.flatten(1).sum(1)


def test_the_sprite_judge_looks_through_a_window_at_each_sprite(toy_clips: Clips) -> None:
    gan, batch = small(decoder="sprites"), toy_clips()
    views = gan._views(batch["video"], batch["positions"], [2, 1])
    assert views.shape == (3 * 2 * 2, 1, 8, 8)
    expected = []
    for clip in range(3):
        for frame in (2, 1):
            for row, column in batch["positions"][clip, frame].tolist():
                expected.append(batch["video"][clip, frame, :, row : row + 8, column : column + 8])
    assert torch.equal(views, torch.stack(expected))


def test_every_view_has_the_classes_of_what_it_shows() -> None:
    classes = torch.tensor([[1, 2], [3, 4]])
    sprites, pixels = (small(decoder=name, condition="classes") for name in ("sprites", "pixels"))
    assert sprites._names(classes, 2).tolist() == [[1], [2], [1], [2], [3], [4], [3], [4]]
    assert pixels._names(classes, 2).tolist() == [[1, 2], [1, 2], [3, 4], [3, 4]]
    assert sprites._names(None, 2) is None


def test_the_frame_judge_sees_frames_and_the_clip_judge_clips(toy_clips: Clips) -> None:
    gan = small()
    gan.frame_judge, gan.clip_judge = _Linear(1.0), _Linear(1.0)
    batch = toy_clips()
    batch = {**batch, "video": batch["video"][:, :1].expand(-1, 4, -1, -1, -1)}  # every frame shows the same
    (real, fake), (real_clip, fake_clip) = gan._judge(batch["video"], None, -batch["video"], None, batch)
    frame = batch["video"][:, 0].flatten(1).sum(1)
    torch.testing.assert_close(real, frame.repeat_interleave(2))
    torch.testing.assert_close(fake, -frame.repeat_interleave(2))
    torch.testing.assert_close(real_clip, 4 * frame)
    torch.testing.assert_close(fake_clip, -4 * frame)


def test_a_judge_projects_on_the_names_of_the_classes() -> None:
    judge = Judge(channels=1, size=8, width=16, classes=3)
    images, classes = torch.randn(2, 1, 8, 8), torch.tensor([[0, 2], [1, 1]])
    assert judge.name is not None
    features = nn.functional.leaky_relu(judge.look(images), 0.2)
    names = torch.stack([(judge.name.weight[0] + judge.name.weight[2]) / 2, judge.name.weight[1]])
    level = judge(images, None)
    torch.testing.assert_close(judge(images, classes) - level, (names * features).sum(1) / 4, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(level, features @ judge.score.weight[0] + judge.score.bias)


def test_sprites_are_painted_at_the_corners_that_are_told() -> None:
    gan = small(decoder="sprites")
    nn.init.constant_(gan.generator.paint.output.bias, 60.0)  # full squares
    video, corners = gan.generator(torch.randn(6, 4), torch.randn(6, 5, 3), Condition())
    expected = torch.full((3, 4, 1, 24, 24), -1.0)
    for clip in range(3):
        for frame in range(4):
            for row, column in corners[clip, frame].tolist():
                expected[clip, frame, :, row : row + 8, column : column + 8] = 1
    torch.testing.assert_close(video, expected)


@pytest.mark.parametrize("condition", ["classes", "first"])
def test_a_condition_reaches_its_own_clip_only(condition: str) -> None:
    for decoder in ("pixels", "sprites"):
        gan = small(decoder=decoder, condition=condition)
        noise = gan._noise(2)
        told = [torch.zeros(2, 2, dtype=torch.int64) if condition == "classes" else torch.zeros(2, 1, 1, 24, 24)] * 2
        told[1] = told[0].clone()
        told[1][1] = 1
        one, other = (gan.generator(*noise, Condition(**{condition: value}))[0] for value in told)
        assert torch.equal(one[0], other[0])
        assert not torch.equal(one[1], other[1])


def test_fakes_are_made_under_the_conditions_of_the_batch(toy_clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    gan, batch = small(condition="classes"), toy_clips()
    conditions = []
    forward = gan.generator.forward

    def watched(content: Tensor, motion: Tensor, condition: Condition) -> tuple[Tensor, Tensor | None]:
        conditions.append(condition)
        return forward(content, motion, condition)

    monkeypatch.setattr(gan.generator, "forward", watched)
    gan.judge_loss(batch, 0.0)
    gan.generator_loss(batch, 0.0)
    for condition in conditions:
        assert condition.classes is batch["classes"]
        assert torch.equal(condition.first, batch["video"][:, :1])
    assert len(conditions) == 2


def test_a_missing_condition_is_asked_for() -> None:
    with pytest.raises(
        ModelError, match=r"goes on from a first frame, and none was given; give Condition\(first=...\)"
    ):
        small(condition="first").sample(2)
    gan = small(condition="classes")
    with pytest.raises(ModelError, match=r"of given classes, and none were given; give Condition\(classes=...\)"):
        gan.generator(*gan._noise(2), Condition())
    assert gan.sample(2).shape == (2, 4, 1, 24, 24)  # draws them


def test_the_guard_speaks_when_a_judge_has_won_for_good() -> None:
    gan = small()
    assert gan.guard({"gap_frame": 59.0, "gap_clip": -99.0}) is None
    said = gan.guard({"gap_frame": 3.0, "gap_clip": 61.2})
    assert said == "the discriminator has won (score gap 61); raise penalty or lower the rate"


def test_augmentation_is_one_draw_a_clip_and_the_same_over_its_frames() -> None:
    frame = torch.rand(1, 1, 1, 32, 32) * 0.9  # never -1
    changed = augment(frame.expand(8, 3, -1, -1, -1), 1.0)
    assert changed.shape == (8, 3, 1, 32, 32)
    assert torch.equal(changed, changed[:, :1].expand(-1, 3, -1, -1, -1))
    padded = torch.full((40, 40), -1.0)
    padded[4:36, 4:36] = frame[0, 0, 0]
    shifts = set()
    for clip in changed[:, 0, 0]:
        shown = {
            (row, column): clip == padded[row : row + 32, column : column + 32]
            for row in range(9)  # by at most 32 / 8 px to every side
            for column in range(9)
        }
        shift = max(shown, key=lambda one: int(shown[one].sum()))
        hole = ~shown[shift]
        rows, columns = hole.any(1).nonzero(), hole.any(0).nonzero()
        assert (clip[hole] == -1).all()
        assert rows.max() - rows.min() < 8  # 32 / 4 px wide
        assert columns.max() - columns.min() < 8
        assert hole.sum() >= 4 * 4  # less than 8 x 8 where it meets the border, which is empty too
        shifts.add(shift)
    assert len(shifts) > 4
    assert all(len(set(along)) > 2 for along in zip(*shifts, strict=True))  # down and across


def test_a_share_of_the_clips_is_augmented() -> None:
    video = torch.rand(400, 1, 1, 8, 8)
    assert torch.equal(augment(video, 0.0), video)
    changed = (augment(video, 0.3) != video).flatten(1).any(1).float().mean()
    assert 0.2 < changed < 0.4


def test_real_and_fake_are_augmented_alike(toy_clips: Clips, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    monkeypatch.setattr("frameloom.models.gan.augment", lambda video, share: (seen.append(len(video)), video)[1])
    gan = small(augment=0.5)
    gan.judge_loss(toy_clips(), 0.0)
    gan.generator_loss(toy_clips(), 0.0)
    assert seen == [6, 6]


def test_the_clip_judge_sees_the_first_frame_that_a_clip_should_go_on_from(toy_clips: Clips) -> None:
    gan = small(condition="first")
    batch = toy_clips(frames=4)
    video = batch["video"]
    shown = gan._shown(torch.cat([video, -video]), batch)
    assert torch.equal(shown, torch.cat([torch.cat([video[:, :1]] * 2), torch.cat([video, -video])], 1).flatten(1, 2))
    assert torch.equal(small()._shown(video, batch), video.flatten(1, 2))

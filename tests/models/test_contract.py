"""What holds for every family, in both decoders: one test body each."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, get_args

import pytest
import torch
from torch import Tensor

from frameloom.models.base import Batch, Condition, Loss, Model, Predicts, Samples, Steered, Steps
from frameloom.models.digit_reader import DigitReaderConfig
from frameloom.models.gan import GanConfig
from frameloom.models.interpolator import Interpolator, InterpolatorConfig
from frameloom.models.predictor import PredictorConfig
from frameloom.models.scene_reader import SceneReader, SceneReaderConfig
from frameloom.models.seq2seq import Seq2SeqConfig
from frameloom.models.shot_detector import ShotDetector, ShotDetectorConfig
from frameloom.models.sprite_predictor import SpritePredictorConfig
from frameloom.models.store import AnyModelConfig, build, load_model, save_model
from frameloom.models.upscaler import Upscaler, UpscalerConfig
from frameloom.models.vae import VaeConfig
from frameloom.models.vaegan import VaeganConfig
from frameloom.models.viseme import Viseme, VisemeConfig

GAN: dict[str, Any] = {"frames": 4, "size": 24, "patch": 8, "z_dim": 4, "path_dim": 3, "c_dim": 4, "h_dim": 16}
VAE: dict[str, Any] = {"frames": 4, "size": 24, "patch": 8, "z_dim": 4, "path_dim": 3, "c_dim": 4, "h_dim": 16}
SEQ2SEQ: dict[str, Any] = {"past": 2, "future": 2, "size": 24, "patch": 8, "c_dim": 4, "h_dim": 8}

VAEGAN: dict[str, Any] = {
    "past": 2, "future": 2, "size": 24, "patch": 8, "c_dim": 16, "h_dim": 8, "localiser_width": 8, "judge_dim": 16,
    "adversarial_from": 0.0, "penalty_every": 1, "z_dim": 3,
}  # fmt: skip

SMALL: dict[str, AnyModelConfig] = {
    "gan pixels": GanConfig(decoder="pixels", objective="hinge", penalty_every=1, **GAN),
    "gan pixels first": GanConfig(decoder="pixels", condition="first", augment=0.5, **GAN),
    "gan pixels classes": GanConfig(decoder="pixels", condition="classes", **GAN),
    "gan sprites": GanConfig(decoder="sprites", objective="hinge", **GAN),
    "gan sprites first": GanConfig(decoder="sprites", condition="first", **GAN),
    "gan sprites classes": GanConfig(decoder="sprites", condition="classes", penalty_every=1, **GAN),
    "vae pixels": VaeConfig(decoder="pixels", **VAE),
    "vae pixels classes": VaeConfig(decoder="pixels", classes=10, **VAE),
    "vae sprites": VaeConfig(decoder="sprites", localiser_width=8, **VAE),
    "vae sprites classes": VaeConfig(decoder="sprites", localiser_width=8, classes=10, **VAE),
    "seq2seq pixels": Seq2SeqConfig(decoder="pixels", **SEQ2SEQ),
    "seq2seq sprites": Seq2SeqConfig(decoder="sprites", localiser_width=8, **SEQ2SEQ),
    "vaegan pixels": VaeganConfig(decoder="pixels", actions=4, **VAEGAN),
    "vaegan pixels certain": VaeganConfig(decoder="pixels", **{**VAEGAN, "z_dim": 0}),
    "vaegan sprites": VaeganConfig(decoder="sprites", **VAEGAN),
    "vaegan sprites certain": VaeganConfig(decoder="sprites", **{**VAEGAN, "z_dim": 0}),
    "predictor": PredictorConfig(window=2, size=24, dim=8, heads=2, depth=1),
    "sprite_predictor": SpritePredictorConfig(past=2, future=2, canvas=24, patch=8, width=8, motion_width=8),
    "digit_reader": DigitReaderConfig(frames=4, canvas=24, patch=8, width=8, features=8),
    "scene_reader": SceneReaderConfig(
        camera=(1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1), size=24, channels=1, width=8, features=8
    ),
    "upscaler": UpscalerConfig(scale=2, width=4, depth=2),
    "upscaler recurrent judged": UpscalerConfig(
        width=4, depth=1, recurrent=True, structure=0.5, judged=1.0, judge_width=4, penalty_every=1
    ),
    "upscaler mends": UpscalerConfig(scale=1, width=4, depth=1),
    "interpolator": InterpolatorConfig(width=8, depth=1),
    "shot_detector": ShotDetectorConfig(width=6, code=8, tower=8, depth=2, reach=2),
    "viseme": VisemeConfig(width=8, depth=2, memory=6),
}

FROZEN = {"vae sprites": ("painter.localiser.", "painter.appearance.")}
"""Parameters that no phase owns: they come trained."""

ABLE: dict[type, set[str]] = {
    Samples: {"gan", "vae"},
    Predicts: {"seq2seq", "predictor", "sprite_predictor", "vaegan"},
    Steps: {"seq2seq", "vaegan"},
    Steered: {"vaegan"},
}

SHARED = {"vaegan": {"elbo", "realism"}}
"""Phases that train the same parameters, each with an optimiser of its own."""

DEAF = {
    "frame_judge.score.bias",
    "clip_judge.score.bias",
    "judges.frame.score.bias",
    "judges.clip.score.bias",
}
"""Parameters without a gradient: the objectives of the GANs look at gaps between scores, which have no level."""

Clips = Callable[..., Batch]


def each(ability: type) -> pytest.MarkDecorator:
    """Run a test over the models that have an ability and always give the same answer."""
    able = [name for name in sorted(SMALL) if name.split()[0] in ABLE[ability]]
    certain = [name for name in able if not name.startswith("vaegan") or name.endswith("certain")]
    return pytest.mark.parametrize("name", certain)


@pytest.fixture(params=sorted(SMALL))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def model(name: str) -> Model:
    """A model as it is after some training: no weight is still zero."""
    model = build(SMALL[name])
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return model


@pytest.fixture
def batch(name: str, toy_clips: Clips) -> Batch:
    dice = torch.Generator().manual_seed(1)
    clips = toy_clips(frames=4)
    scale = getattr(SMALL[name], "scale", 1)
    shapes = {"shot_detector": (3, 4, 3, 27, 48), "viseme": (3, 4, 1, 1, 48)}
    small = {"video": torch.rand(shapes[name], generator=dice) * 2 - 1} if name in shapes else {}
    return {
        **clips,
        "low": clips["video"][..., ::scale, ::scale],
        "levels": torch.rand(3, 2, generator=dice),
        "back": torch.rand(3, 4, 2, 24 // scale, 24 // scale, generator=dice),
        "views": torch.rand(3, 9, 24, 24, generator=dice),
        "paths": torch.rand(6, 4, 2) * 16,
        "actions": torch.rand(3, 4, 4, generator=dice) * 2 - 1,
        "states": torch.rand(3, 4, 3, generator=dice),
        "labels": torch.randint(6, (3, 4, 24, 24), generator=dice),
        "cuts": torch.randint(2, (3, 4), generator=dice).float(),
        "transitions": torch.randint(2, (3, 4), generator=dice).float(),
        "mouths": torch.rand(3, 4, 15, generator=dice).softmax(-1),
        "intensity": torch.rand(3, 4, generator=dice),
        **small,
    }


def told(model: Model, count: int) -> Condition | None:
    """Return a condition of the kind without which a model makes nothing."""
    first = getattr(model.config, "condition", None) == "first"
    return Condition(first=torch.zeros(count, 1, 1, 24, 24)) if first else None


def test_no_family_and_no_decoder_is_left_out() -> None:
    kinds = set(get_args(get_args(AnyModelConfig)[0]))
    assert {type(config) for config in SMALL.values()} == kinds
    decoders = {(type(config), getattr(config, "decoder", None)) for config in SMALL.values()}
    for kind in kinds:
        if "decoder" in kind.model_fields:
            assert {(kind, "pixels"), (kind, "sprites")} <= decoders


def test_a_family_can_do_what_it_is_there_for(name: str, model: Model) -> None:
    for ability, families in ABLE.items():
        assert isinstance(model, ability) == (name.split()[0] in families)


def test_phases_share_out_the_parameters(name: str, model: Model) -> None:
    phases = model.phases()
    shared = SHARED.get(name.split()[0], set())
    alone = [id(parameter) for phase in phases if phase.name not in shared for parameter in phase.parameters]
    owned = alone + list({id(value) for phase in phases if phase.name in shared for value in phase.parameters})
    frozen = next((parts for start, parts in FROZEN.items() if name.startswith(start)), ())
    assert len(owned) == len(set(owned))
    assert set(owned) == {id(value) for key, value in model.named_parameters() if not key.startswith(frozen)}
    assert len({phase.name for phase in phases}) == len(phases)
    assert [list(phase.parameters) for phase in model.phases()] == [list(phase.parameters) for phase in phases]


def test_every_parameter_of_a_phase_gets_a_gradient_from_it(model: Model, batch: Batch) -> None:
    names = {id(parameter): key for key, parameter in model.named_parameters()}
    deaf = set()
    for phase in model.phases():
        loss = phase.loss(batch, 0.3)
        torch.autograd.backward(loss.total, inputs=phase.parameters)
        for parameter in phase.parameters:
            assert parameter.grad is not None, names[id(parameter)]
            assert parameter.grad.isfinite().all()
            if not parameter.grad.abs().max() > 1e-9:
                deaf.add(names[id(parameter)])
    assert deaf <= DEAF


@pytest.mark.parametrize("half", [False, True], ids=["float32", "bfloat16"])
def test_losses_are_finite_and_their_parts_only_for_show(half: bool, model: Model, batch: Batch) -> None:
    for phase in model.phases():
        with torch.autocast("cpu", torch.bfloat16, enabled=half):
            loss = phase.loss(batch, 1.0)
        assert loss.total.dtype == torch.float32
        assert loss.total.ndim == 0
        assert loss.total.requires_grad
        for value in (loss.total, *loss.parts.values()):
            assert value.isfinite()
        assert not any(part.requires_grad for part in loss.parts.values())


def test_the_same_dice_make_the_same_loss(model: Model, batch: Batch) -> None:
    for phase in model.phases():
        losses = []
        for _ in range(2):
            torch.manual_seed(7)
            losses.append(phase.loss(batch, 0.3).total)
        assert losses[0] == losses[1] or phase.name == "judges"  # whose penalties come now and then


def test_a_guard_hears_what_the_phases_say(name: str, model: Model, batch: Batch) -> None:
    guard = getattr(model, "guard", None)
    assert (guard is not None) == (name.split()[0] in {"gan", "vae", "vaegan"})
    if guard is not None:
        losses: list[Loss] = [phase.loss(batch, 0.5) for phase in model.phases()]
        said = guard({key: float(part) for loss in losses for key, part in loss.parts.items()})
        assert said is None or "lower" in said


@each(Samples)
def test_samples_have_shape_and_range_and_a_seed_fixes_them(model: Model) -> None:
    assert isinstance(model, Samples)
    draws = []
    for outer, inner in ((0, 5), (1, 5), (0, 6)):
        torch.manual_seed(outer)  # of no account
        generator = torch.Generator().manual_seed(inner)
        draws.append(model.sample(3, condition=told(model, 3), generator=generator))
    assert draws[0].shape == (3, 4, 1, 24, 24)
    assert draws[0].dtype == torch.float32
    assert not draws[0].requires_grad
    assert draws[0].min() >= -1
    assert draws[0].max() <= 1
    assert torch.equal(draws[0], draws[1])
    assert not torch.equal(draws[0], draws[2])
    assert not torch.equal(draws[0][0], draws[0][1])


@pytest.mark.parametrize("name", [name for name in sorted(SMALL) if name.endswith("classes")])
def test_samples_take_classes(model: Model) -> None:
    assert isinstance(model, Samples)
    clips = [
        model.sample(
            3, condition=Condition(classes=torch.full((3, 2), digit)), generator=torch.Generator().manual_seed(5)
        )
        for digit in (3, 7)
    ]
    assert clips[0].shape == (3, 4, 1, 24, 24)
    assert not torch.equal(*clips)


@each(Predicts)
@pytest.mark.parametrize("seen", [1, 2, 4])
def test_predictions_reach_any_horizon_from_any_past(seen: int, model: Model, batch: Batch) -> None:
    assert isinstance(model, Predicts)
    past = batch["video"][:, :seen]
    far = model.predict(past, 7)
    assert far.shape == (3, 7, 1, 24, 24)
    assert far.dtype == torch.float32
    assert not far.requires_grad
    assert far.min() >= -1
    assert far.max() <= 1
    for frames in (1, 3):
        torch.testing.assert_close(model.predict(past, frames), far[:, :frames])
    torch.testing.assert_close(model.predict(past[1:2], 7), far[1:2], rtol=1e-4, atol=1e-5)  # clips do not mix


@each(Steps)
@pytest.mark.parametrize("seen", [1, 2, 4])
def test_steps_agree_with_predict_and_keep_the_shape_of_their_state(seen: int, model: Model, batch: Batch) -> None:
    assert isinstance(model, Steps)
    assert isinstance(model, Predicts)
    past = batch["video"][:, :seen]
    state = model.start(past)
    shapes = {key: value.shape for key, value in model.start(batch["video"]).items()}
    frames: list[Tensor] = []
    for _ in range(5):
        assert {key: value.shape for key, value in state.items()} == shapes
        state, frame = model.step(state)
        frames.append(frame)
    torch.testing.assert_close(torch.stack(frames, 1), model.predict(past, 5))


@each(Steps)
def test_a_step_leaves_the_state_it_was_given_alone(model: Model, batch: Batch) -> None:
    assert isinstance(model, Steps)
    state = model.start(batch["video"])
    before = {key: value.clone() for key, value in state.items()}
    _, one = model.step(state)
    _, again = model.step(state)
    assert torch.equal(one, again)
    assert all(torch.equal(state[key], value) for key, value in before.items())


def test_a_loaded_model_does_what_the_saved_one_did(model: Model, batch: Batch, tmp_path: Path) -> None:
    save_model(tmp_path / "model", model, "# model\n", half=False)
    loaded = load_model(tmp_path / "model")
    assert loaded.config == model.config
    answers = []
    for one in (model.eval(), loaded):
        if isinstance(one, Samples):
            dice = torch.Generator().manual_seed(5)
            answers.append(one.sample(2, condition=told(one, 2), generator=dice))
        elif isinstance(one, Predicts):
            torch.manual_seed(5)
            answers.append(one.predict(batch["video"][:, :2], 3))
        elif isinstance(one, Upscaler):
            answers.append(one.enlarge(batch["low"].flatten(0, 1)))
        elif isinstance(one, Interpolator):
            answers.append(one.refine(batch["views"]))
        elif isinstance(one, ShotDetector):
            answers.append(one.detect(batch["video"]))
        elif isinstance(one, Viseme):
            answers.append(one.track(batch["video"].flatten(2))[0])
        elif isinstance(one, SceneReader):
            answers.append(one.pose(batch["video"].flatten(0, 1)))
        else:
            answers.append(one.get_submodule("classifier")(batch["patches"].flatten(0, 1))[0])
    torch.testing.assert_close(*answers)

"""Models by name: what they make, what fixes it, and what they refuse in which words."""

from itertools import islice
from pathlib import Path

import pytest
import torch

from frameloom.core.errors import DataError, ModelError
from frameloom.generation.load import load


def test_samples_have_shape_and_range_and_the_seed_fixes_them(models: Path) -> None:
    vae = load(models / "vae")
    clips = vae.sample(3, seed=1)
    assert clips.shape == (3, 5, 1, 16, 16)
    assert clips.min() >= -1
    assert clips.max() <= 1
    assert torch.equal(clips, vae.sample(3, seed=1))
    assert not torch.equal(clips, vae.sample(3, seed=2))


def test_sampling_leaves_the_global_random_numbers_alone(models: Path) -> None:
    vae = load(models / "vae")
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    vae.sample(2)
    assert torch.equal(torch.rand(1), expected)


def test_classes_are_shown_and_change_the_clips(models: Path) -> None:
    gan = load(models / "gan")
    assert not torch.equal(gan.sample(2, classes=(3, 7)), gan.sample(2, classes=(1, 1)))
    assert torch.equal(gan.sample(2, classes=(3, 7)), gan.sample(2, classes=[3, 7]))


@pytest.mark.parametrize("classes", [(3,), (3, 12), (-1, 3)])
def test_classes_that_do_not_fit_are_refused(models: Path, classes: tuple[int, ...]) -> None:
    with pytest.raises(ModelError, match=r"cannot show classes .*; give 2 numbers from 0 to 9"):
        load(models / "gan").sample(classes=classes)


def test_classes_are_refused_by_a_model_without_them(models: Path) -> None:
    with pytest.raises(ModelError, match=r"trained without classes and cannot show 3, 7; leave them out"):
        load(models / "vae").sample(classes=(3, 7))


def test_a_seed_chooses_the_future_and_leaves_the_global_random_numbers_alone(models: Path) -> None:
    model, past = load(models / "vaegan"), torch.rand(2, 3, 3, 16, 16)
    torch.manual_seed(5)
    expected = torch.rand(1)
    torch.manual_seed(5)
    one, again, other = (model.predict(past, 4, seed=seed) for seed in (1, 1, 2))
    assert torch.equal(torch.rand(1), expected)
    assert torch.equal(one, again)
    assert not torch.equal(one, other)


def test_actions_steer_a_model_that_takes_them_and_are_refused_by_one_that_does_not(models: Path) -> None:
    past, actions = torch.rand(2, 3, 3, 16, 16), torch.rand(2, 6, 4)
    steered = load(models / "vaegan")
    assert not torch.equal(steered.predict(past, 4, actions=actions), steered.predict(past, 4, actions=-actions))
    with pytest.raises(ModelError, match=r"seq2seq takes no actions; leave them out"):
        load(models / "seq2seq").predict(past, 4, actions=actions)
    with pytest.raises(DataError, match=r"actions \(2, 1, 4\) do not fit; give \(2, at least 2, 4\)"):
        steered.predict(past, 4, actions=actions[:, :1])


def test_first_frames_are_followed_and_change_the_clips(models: Path) -> None:
    gan = load(models / "gan-first")
    dark, light = torch.full((1, 1, 1, 16, 16), -1.0), torch.full((1, 1, 1, 16, 16), 1.0)
    assert gan.sample(2, first=dark).shape == (2, 5, 1, 16, 16)
    assert not torch.equal(gan.sample(2, first=dark), gan.sample(2, first=light))


def test_first_frames_are_asked_for_and_refused(models: Path) -> None:
    with pytest.raises(ModelError, match=r"goes on from a first frame; give one"):
        load(models / "gan-first").sample()
    with pytest.raises(ModelError, match=r"trained without first frames and cannot go on from them"):
        load(models / "vae").sample(first=torch.zeros(1, 1, 1, 16, 16))


def test_futures_have_any_horizon_and_stream_the_same(models: Path) -> None:
    seq2seq = load(models / "seq2seq")
    past = torch.rand(2, 4, 3, 16, 16) * 2 - 1
    future = seq2seq.predict(past, 7)
    assert future.shape == (2, 7, 3, 16, 16)
    assert torch.equal(future, torch.stack(list(islice(seq2seq.stream(past), 7)), 1))


@pytest.mark.parametrize("shape", [(2, 4, 1, 16, 16), (2, 4, 3, 16, 20), (4, 3, 16, 16), (1, 0, 3, 16, 16)])
def test_a_past_of_another_shape_is_refused(models: Path, shape: tuple[int, ...]) -> None:
    with pytest.raises(DataError, match=r"do not fit .*seq2seq; give \(B, T, 3, 16, 16\) in \[-1, 1\]"):
        load(models / "seq2seq").predict(torch.zeros(shape))


def test_a_model_says_what_it_cannot_do_and_names_those_that_can(models: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("frameloom.models.store.SHIPPED", models)
    with pytest.raises(ModelError, match=r"vae does not predict; models that do: seq2seq"):
        load("vae").predict(torch.zeros(1, 4, 1, 16, 16))
    with pytest.raises(ModelError, match=r"seq2seq does not make clips from noise; .*: gan, gan-first, vae"):
        load("seq2seq").sample()
    with pytest.raises(ModelError, match=r"gan does not predict frame by frame; models that do: seq2seq"):
        next(load("gan").stream(torch.zeros(1, 4, 1, 16, 16)))


@pytest.mark.parametrize("device", ["nowhere", "cuda:99"])
def test_a_device_that_is_not_there_is_named(models: Path, device: str) -> None:
    with pytest.raises(ModelError, match=rf"device '{device}' cannot be used: \w+"):
        load(models / "vae", device)

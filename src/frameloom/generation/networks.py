"""Networks that enlarge or mend luma, run by ONNX Runtime, without torch.

    name, folder or .onnx file --open_network--> OnnxNetwork: (H, W) in [0, 1] --> (scale H, scale W) in [0, 1]
    model.onnx, or model.int8.onnx, which is faster and coarser

A model of ours says in its file how far it sees and by how much it enlarges; of another one's, both are found out by
trying it on a small picture. What is given is a graph of arithmetic: loading it executes no code of its maker's.
"""

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import ModelError
from frameloom.generation.sessions import ERRORS, SHIPPED, first_line, open_session

Precision = Literal["float32", "int8"]

ONNX_NAME, INT8_NAME = "model.onnx", "model.int8.onnx"
"""Files of a model folder."""
UNKNOWN_RADIUS = 32
"""How far a network may see that does not say it, in px."""

_PICKLED = frozenset({".pth", ".pt", ".ckpt", ".pkl", ".bin"})
_PROBE_PX = 16
_MOST_SCALE = 8

Luma = NDArray[np.float32]


class OnnxNetwork:
    """A network in an ONNX file; safe to call from several threads."""

    def __init__(self, path: Path, *, threads: int = 0, noise: float = 0.0, compression: float = 0.0) -> None:
        """Open a file.

        Args:
            path: the file.
            threads: at work on a picture; 0: as many as there are processors.
            noise: how noisy the pictures are, from 0 to 1, for networks that want to know.
            compression: how hard they were compressed, from 0 to 1.

        Raises:
            ModelError: it cannot be read, or is no network that takes luma and gives it back.
        """
        _check_file(path)
        self._session = open_session(path, threads)
        self.path = path
        self._input, *others = (given.name for given in self._session.get_inputs())
        known = self._session.get_modelmeta().custom_metadata_map
        self.takes_levels = "levels" in others
        """Whether it wants to know how noisy and how compressed pictures are."""
        self._told = {"levels": np.array([[noise, compression]], np.float32)} if self.takes_levels else {}
        self.recurrent = "before" in others and known.get("scale", "").isdecimal()
        """Whether it wants to see what it made of the picture before."""
        if len(others) != self.takes_levels + self.recurrent:
            raise ModelError(f"{path}: takes {1 + len(others)} inputs; give a network that takes a picture alone")
        self.cell = int(known["cell"]) if known.get("cell", "").isdecimal() else 1
        """Places where a picture is cut into tiles are multiples of this."""
        self.scale = int(known["scale"]) if self.recurrent else 1
        self.scale = self._tried()
        self.radius = int(known["radius"]) if known.get("radius", "").isdecimal() else UNKNOWN_RADIUS

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        """Return a picture (scale H, scale W) of luma (H, W); samples / 255 as they are stored.

        Before is what was made of the picture before, with everything where it is now; else there was none.
        """
        height, width = luma.shape
        missing = -height % self.cell, -width % self.cell
        if any(missing):
            luma = np.pad(luma, [(0, side) for side in missing], mode="edge")
            before = (
                None if before is None else np.pad(before, [(0, self.scale * side) for side in missing], mode="edge")
            )
        (large,) = self._session.run(None, self._given(luma, before))
        picture: Luma = large[0, 0, : height * self.scale, : width * self.scale]
        return picture

    def _given(self, luma: Luma, before: Luma | None) -> dict[str, Luma]:
        given = {self._input: luma[None, None], **self._told}
        if self.recurrent:
            repeated = luma.repeat(self.scale, 0).repeat(self.scale, 1) if before is None else before
            given["before"] = repeated[None, None]
        return given

    def _tried(self) -> int:
        """Return by how much a small picture is enlarged.

        Raises:
            ModelError: it is not taken, or what comes back is no picture.
        """
        picture = np.linspace(0, 1, _PROBE_PX**2, dtype=np.float32).reshape(_PROBE_PX, _PROBE_PX)
        try:
            answers: list[Any] = self._session.run(None, self._given(picture, None))
        except ERRORS as error:
            raise ModelError(
                f"{self.path}: does not take luma, float32 (1, 1, H, W) ({first_line(error)}); give one that does"
            ) from error
        shape = np.shape(answers[0])
        scale = shape[-1] // _PROBE_PX if len(shape) == 4 else 0
        if len(answers) != 1 or not 1 <= scale <= _MOST_SCALE or shape != (1, 1, *(scale * _PROBE_PX,) * 2):
            raise ModelError(
                f"{self.path}: gives {shape} for (1, 1, {_PROBE_PX}, {_PROBE_PX}); give a network that gives "
                f"a picture 1 to {_MOST_SCALE} times as wide and high"
            )
        return scale


def shipped_networks() -> tuple[str, ...]:
    """Return the names of the networks in the package."""
    return tuple(sorted(file.parent.name for file in SHIPPED.glob(f"*/{ONNX_NAME}")))


def open_network(
    name_or_path: str | Path,
    *,
    threads: int = 0,
    noise: float = 0.0,
    compression: float = 0.0,
    precision: Precision = "float32",
) -> OnnxNetwork:
    """Return a shipped network by name, or the one in a model folder or an .onnx file; see OnnxNetwork.

    Of a folder, precision says which file.

    Raises:
        ModelError: there is none, or it is of a kind that is not taken.
    """
    shipped = SHIPPED / str(name_or_path)
    path = shipped if (shipped / ONNX_NAME).is_file() else Path(name_or_path)
    if path.is_dir():
        if precision == "int8" and not (path / INT8_NAME).is_file():
            raise ModelError(f"{path}: has no {INT8_NAME}; give a precision of float32")
        path /= INT8_NAME if precision == "int8" else ONNX_NAME
    return OnnxNetwork(path, threads=threads, noise=noise, compression=compression)


def _check_file(path: Path) -> None:
    if path.suffix.lower() in _PICKLED:
        raise ModelError(
            f"{path}: pickled weights can run any code when they are loaded; have their maker (or yourself, with "
            "torch.onnx.export, where you trust them) write an .onnx file"
        )
    if path.name == ONNX_NAME and not path.is_file() and (path.parent / "model.safetensors").is_file():
        raise ModelError(
            f"{path}: not written yet; write it with `python -m frameloom.generation.export {path.parent}`"
        )
    if not path.is_file():
        names = ", ".join(shipped_networks()) or "none"
        raise ModelError(f"{path}: no such network; give an .onnx file or a shipped one: {names}")

"""Handwritten digits, 28x28: the subset that ships with the package, or the user's full set.

    mnist/digits.npz | folder of idx(.gz) files | npz  -->  Digits of one split

Train, val and test never share an instance: val is the last twelfth of the training file (the last 5,000 of MNIST's
60,000), test is the test file. Source: LeCun, Cortes & Burges, "The MNIST database of handwritten digits".
Files are not trusted: sizes are bounded and nothing is unpickled.
"""

import gzip
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from frameloom.core.errors import DataError

Split = Literal["train", "val", "test"]
Pixels = NDArray[np.uint8]

SIDE_PX = 28
MAX_DIGITS = 1_000_000
VAL_SHARE = 12
"""Val is one twelfth of the training file."""

_SHIPPED = Path(__file__).parent / "mnist" / "digits.npz"
_IDX_NAMES = {"train": "train", "val": "train", "test": "t10k"}
_WHAT_FITS = "give the folder with the four official idx files, or an npz with x_train, y_train, x_test, y_test"


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Digits:
    """Images, uint8 (N, 28, 28), with their classes, int64 (N,)."""

    images: Tensor
    labels: Tensor


def load_digits(split: Split, folder: str | None = None) -> Digits:
    """Return the digits of one split: shipped ones, or those of a folder of idx files or of an npz file.

    Raises:
        DataError: a file is missing, damaged, too large or of another form.
    """
    path = _SHIPPED if folder is None else Path(folder)
    try:
        images, labels = _read_npz(path, split) if path.suffix == ".npz" else _read_idx_pair(path, split)
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        reason = getattr(error, "strerror", None) or error
        raise DataError(f"{path}: digits cannot be read ({reason}); {_WHAT_FITS}") from error
    if images.shape[1:] != (SIDE_PX, SIDE_PX) or labels.ndim != 1 or len(images) != len(labels) or len(images) == 0:
        raise DataError(
            f"{path}: images {images.shape} and classes {labels.shape} are not 28x28 digits with a class each"
        )
    if labels.max() > 9:
        raise DataError(f"{path}: class {labels.max()} found; digits have classes 0 to 9")
    return Digits(torch.from_numpy(images.copy()), torch.from_numpy(labels.astype(np.int64)))


def _read_idx_pair(folder: Path, split: Split) -> tuple[Pixels, Pixels]:
    """Return images and labels of a split from the official files."""
    if not folder.is_dir():
        raise DataError(f"{folder}: no such folder; {_WHAT_FITS}")
    name = _IDX_NAMES[split]
    images = _read_idx(_find(folder, f"{name}-images-idx3-ubyte"), axes=3)
    labels = _read_idx(_find(folder, f"{name}-labels-idx1-ubyte"), axes=1)
    return (images, labels) if split == "test" else _part(images, labels, split)


def _find(folder: Path, name: str) -> Path:
    """Return where an idx file lies, packed or not."""
    for path in (folder / f"{name}.gz", folder / name):
        if path.is_file():
            return path
    raise DataError(f"{folder}: {name}(.gz) is missing; get all four with `frameloom data get mnist {folder}`")


def _read_idx(path: Path, axes: int) -> Pixels:
    """Return an idx array of bytes; the header's count bounds what is read."""
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
        header = np.frombuffer(file.read(4 + 4 * axes).ljust(4 + 4 * axes, b"\0"), dtype=">u4")
        if header[0] != 0x0800 + axes:
            raise DataError(f"{path}: not an idx file of {axes}-axis bytes (magic number {header[0]}); {_WHAT_FITS}")
        return _read_array(file, path, tuple(int(size) for size in header[1:]), np.dtype(np.uint8))


def _read_npz(path: Path, split: Split) -> tuple[Pixels, Pixels]:
    """Return images and labels of a split from an npz file; without x_val, val is cut from train."""
    with zipfile.ZipFile(path) as archive:
        has_val = "x_val.npy" in archive.namelist()
        name = "train" if split == "val" and not has_val else split
        images, labels = (_read_member(archive, path, f"{kind}_{name}.npy") for kind in "xy")
    return (images, labels) if has_val or split == "test" else _part(images, labels, split)


def _read_member(archive: zipfile.ZipFile, path: Path, name: str) -> Pixels:
    """Return one array of an npz as bytes."""
    if name not in archive.namelist():
        raise DataError(f"{path}: {name} is missing; {_WHAT_FITS}")
    with archive.open(name) as file:
        try:
            version = np.lib.format.read_magic(file)
            headers = np.lib.format
            read_header = headers.read_array_header_1_0 if version == (1, 0) else headers.read_array_header_2_0
            shape, fortran_order, kind = read_header(file)
        except ValueError as error:
            raise DataError(f"{path}: {name} is damaged ({error}); {_WHAT_FITS}") from error
        if fortran_order or kind.kind not in "ui":
            raise DataError(f"{path}: {name} holds {kind}; give whole numbers in C order")
        array = _read_array(file, path, shape, kind)
    if array.size and (array.min() < 0 or array.max() > 255):
        raise DataError(f"{path}: {name} reaches from {array.min()} to {array.max()}; give 0 to 255")
    return array.astype(np.uint8)


def _read_array(file: _Readable, path: Path, shape: tuple[int, ...], kind: np.dtype[Any]) -> NDArray[Any]:
    """Return the array that follows a header, having checked the size that the header claims."""
    if not 1 <= len(shape) <= 3 or shape[0] > MAX_DIGITS or shape[1:] not in {(), (SIDE_PX, SIDE_PX)}:
        raise DataError(f"{path}: header claims an array of {shape}; digits are at most {MAX_DIGITS} of 28x28")
    size = int(np.prod(shape)) * kind.itemsize
    content = file.read(size)
    if len(content) < size:
        raise DataError(f"{path}: ends after {len(content)} of {size} bytes; fetch it again")
    return np.frombuffer(content, dtype=kind).reshape(shape)


def _part(images: Pixels, labels: Pixels, split: Split) -> tuple[Pixels, Pixels]:
    """Return the training or the validation part of a training file."""
    first_val = len(images) - len(images) // VAL_SHARE
    part = slice(first_val) if split == "train" else slice(first_val, None)
    return images[part], labels[part]

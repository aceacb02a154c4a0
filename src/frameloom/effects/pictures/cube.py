"""Colour tables of other programs: `.cube` files, 1-D, 3-D, or a 1-D table before a 3-D one as DaVinci Resolve writes.

    LUT_3D_SIZE 33  +  33^3 lines "red green blue", red fastest  -->  a change of RGB

Source: Adobe, "Cube LUT Specification 1.0", 2013; Resolve's LUT_1D_INPUT_RANGE and LUT_3D_INPUT_RANGE besides.
Between its places a 3-D table is read in tetrahedra, which keeps greys grey (Kasson et al., SPIE 2414, 1995).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import MediaError
from frameloom.effects.pictures.color_table import Colors

MAX_BYTES = 100_000_000
MAX_SIDE = {1: 65_536, 3: 129}
"""Most places of a side; a 3-D table of 129 has 2 million."""


@dataclass(frozen=True)
class Cube:
    """A change of RGB as tables say it."""

    low: NDArray[np.float32]
    """(3,): input that the first place stands for."""
    high: NDArray[np.float32]
    """(3,): input that the last place stands for."""
    curves: Colors | None
    """(N, 3), for each channel alone."""
    cube: NDArray[np.float32] | None
    """(N, N, N, 3), by blue, green and red."""

    def __call__(self, rgb: Colors) -> Colors:
        """Return colours, (N, 3), through the tables; what lies outside their domain counts as its border."""
        share = np.clip((rgb - self.low) / (self.high - self.low), 0, 1)
        if self.curves is not None:
            places = np.linspace(0, 1, len(self.curves))
            share = np.stack([np.interp(share[:, i], places, self.curves[:, i]) for i in range(3)], axis=-1)
        if self.cube is not None:
            share = _in_tetrahedra(self.cube, np.clip(share, 0, 1))
        return share.astype(np.float32)


def read_cube(path: Path) -> Cube:
    """Return the tables of a .cube file.

    Raises:
        MediaError: missing, too large, or not a table; names the line.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise MediaError(f"{path}: larger than {MAX_BYTES // 1_000_000} MB; give a table of 65 places a side")
        lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    except OSError as error:
        raise MediaError(f"{path}: cannot be read ({error.strerror}); give a .cube file") from error
    sizes: dict[int, int] = {}
    domain = {"DOMAIN_MIN": [0.0, 0.0, 0.0], "DOMAIN_MAX": [1.0, 1.0, 1.0]}
    first = len(lines)
    for number, line in enumerate(lines):
        words = line.split("#")[0].split()
        if words and (words[0][0].isdigit() or words[0][0] in "+-."):
            first = number
            break
        if words:
            _read_setting(f"{path}: line {number + 1}", words, sizes, domain)
    if not sizes:
        raise MediaError(f"{path}: no LUT_1D_SIZE or LUT_3D_SIZE before its numbers; give a .cube file")
    low, high = (np.array(domain[key], np.float32) for key in ("DOMAIN_MIN", "DOMAIN_MAX"))
    if not ((high > low) & np.isfinite(high - low)).all():
        raise MediaError(f"{path}: DOMAIN_MAX {high.tolist()} must be above DOMAIN_MIN {low.tolist()}")
    rows = _read_rows(path, lines, first) if first < len(lines) else np.zeros((0, 3), np.float32)
    flat, side = sizes.get(1, 0), sizes.get(3, 0)
    if len(rows) != flat + side**3:
        raise MediaError(f"{path}: {len(rows)} lines of numbers, but its size asks for {flat + side**3}")
    cube = rows[flat:].reshape(side, side, side, 3) if side else None
    return Cube(low, high, rows[:flat] if flat else None, cube)


def _read_setting(where: str, words: list[str], sizes: dict[int, int], domain: dict[str, list[float]]) -> None:
    """Take one line before the numbers into sizes or domain."""
    key, *values = words
    try:
        if key in {"LUT_1D_SIZE", "LUT_3D_SIZE"}:
            dimensions = int(key[4])
            sizes[dimensions] = size = int(values[0])
            if not 2 <= size <= MAX_SIDE[dimensions]:
                raise MediaError(f"{where}: {key} {size}; it may be from 2 to {MAX_SIDE[dimensions]}")
        elif key in {"LUT_1D_INPUT_RANGE", "LUT_3D_INPUT_RANGE"}:
            domain["DOMAIN_MIN"], domain["DOMAIN_MAX"] = [float(values[0])] * 3, [float(values[1])] * 3
        elif key in domain:
            domain[key] = [float(values[0]), float(values[1]), float(values[2])]
        elif key != "TITLE":
            raise MediaError(f"{where}: {key[:40]!r} is no word of a .cube file; give one that follows Adobe's form")
    except (ValueError, IndexError) as error:
        if isinstance(error, MediaError):
            raise
        raise MediaError(f"{where}: {' '.join(words)[:60]!r} lacks its numbers; give a whole .cube file") from error


def _read_rows(path: Path, lines: list[str], first: int) -> Colors:
    """Return the numbers of a table, (N, 3)."""
    try:
        table = np.loadtxt(lines[first:], np.float32, ndmin=2)  # bad lines are found and named below
        if table.shape[1] == 3 and np.isfinite(table).all():
            return table
    except ValueError:
        pass
    for number, line in enumerate(lines[first:], first + 1):
        words = line.split("#")[0].split()
        if words and (len(words) != 3 or not all(_is_number(word) for word in words)):
            raise MediaError(f"{path}: line {number}: {line.strip()[:60]!r} must be three numbers: red, green and blue")
    raise MediaError(f"{path}: its numbers cannot be read; give a .cube file")


def _is_number(word: str) -> bool:
    try:
        return bool(np.isfinite(np.float32(word)))
    except ValueError:
        return False


def _in_tetrahedra(cube: NDArray[np.float32], share: Colors) -> Colors:
    """Return a 3-D table's values at shares of its sides, (N, 3), from near to far corner, longest step first."""
    side = len(cube)
    place = share * np.float32(side - 1)
    whole = np.minimum(place.astype(np.int64), side - 2)
    rest = place - whole
    strides = np.array([1, side, side * side])  # red is fastest
    order = np.argsort(-rest, axis=1)
    ordered = np.take_along_axis(rest, order, axis=1)
    table = cube.reshape(-1, 3)
    corner = whole @ strides
    value = table[corner] * (1 - ordered[:, :1])
    for step in range(3):
        corner = corner + strides[order[:, step]]
        following = ordered[:, step + 1 : step + 2] if step < 2 else 0
        value = value + table[corner] * (ordered[:, step : step + 1] - following)
    return cast(Colors, value)

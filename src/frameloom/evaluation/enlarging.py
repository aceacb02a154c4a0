"""How well upscalers enlarge: held-out pictures are shrunk, enlarged again, and compared with what they were.

    picture --luma--> truth --bicubic, rounded--> low --each method--> PSNR, SSIM beside truth

python -m frameloom.evaluation.enlarging --data FOLDER --models NAME,NAME prints a table; FOLDER holds pictures or
videos, of which every n-th frame is taken. Luma is BT.601's as stored (16 to 235), a border as wide as the scale does
not count, SSIM has a gaussian window of 11 px and the range 1: as papers on super-resolution do it. Their bicubic
filter is wide when it shrinks (antialiased, a = -.5), and so is ours.
"""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from frameloom.core.errors import ModelError
from frameloom.data.clips import IMAGE_SUFFIXES
from frameloom.data.degraded import pictures_under, shrunk
from frameloom.evaluation.tally import Estimate, Tally
from frameloom.media.files.source import read_pictures, read_still
from frameloom.media.image import to_rgb
from frameloom.metrics.pixel import psnr, ssim
from frameloom.models.store import load_model
from frameloom.models.upscaler import Upscaler

Method = Callable[[Tensor], Tensor]
"""Enlarges luma (1, 1, H, W) in [0, 1]."""

_LUMA = torch.tensor([65.481, 128.553, 24.966]) / 255
"""Of red, green and blue in [0, 1] (ITU-R BT.601), as shares of 255."""
_BLACK = 16 / 255


def methods(models: Mapping[str, Upscaler], scale: int) -> dict[str, Method]:
    """Return bicubic enlargement and the models, by name.

    Raises:
        ModelError: a model enlarges by another factor.
    """
    for name, model in models.items():
        if model.scale != scale:
            raise ModelError(f"{name}: enlarges {model.scale} times, not {scale}; compare models of one scale")

    def bicubic(low: Tensor) -> Tensor:
        return functional.interpolate(low, scale_factor=scale, mode="bicubic", antialias=True)

    return {"bicubic": bicubic} | {name: _by_model(model) for name, model in models.items()}


@torch.no_grad()
def enlarging_scores(
    pictures: Iterator[Tensor], tried: Mapping[str, Method], scale: int
) -> dict[str, dict[str, Estimate]]:
    """Return PSNR and SSIM of each method on pictures (H, W) of luma in [0, 1], shrunk by the scale.

    Raises:
        DataError: there are fewer than two pictures.
    """
    tallies = {name: Tally() for name in tried}
    for picture in pictures:
        height, width = (side // scale * scale for side in picture.shape)
        truth = picture[None, None, None, :height, :width]
        low = shrunk(255 * truth[0, 0], scale, "bicubic").round().clamp(0, 255)[None] / 255
        inner = (..., slice(scale, -scale), slice(scale, -scale))
        for name, method in tried.items():
            large = (255 * method(low)).round().clamp(0, 255)[None] / 255
            scores = {"psnr": psnr(large[inner], truth[inner]), "ssim": ssim(large[inner], truth[inner])}
            tallies[name].add(scores)
    return {name: tally.method(name).metrics for name, tally in tallies.items()}


def read_lumas(places: Iterable[Path], every: int = 25, most: int = 8) -> Iterator[Tensor]:
    """Yield luma (H, W) in [0, 1], rounded to 8 bits, of pictures and of some frames of videos, files or folders.

    Raises:
        MediaError: a file cannot be read.
    """
    for path in (path for place in places for path in (pictures_under(place) if place.is_dir() else [place])):
        if path.suffix.lower() in IMAGE_SUFFIXES:
            yield _luma(read_still(path)[..., :3])
        else:
            for picture in islice(read_pictures(path), every // 2, every * most, every):
                yield _luma(to_rgb(picture.planes))


def main(words: list[str] | None = None) -> None:
    """Print how well upscalers enlarge, beside bicubic.

    Raises:
        DataError: there are fewer than two pictures.
        MediaError: one cannot be read.
        ModelError: there is no such model, or it enlarges by another factor.
    """
    parser = argparse.ArgumentParser(description="How well upscalers enlarge held-out pictures.")
    parser.add_argument("--models", required=True, help="names or folders, with commas between them")
    parser.add_argument("--data", required=True, nargs="+", type=Path, help="pictures and videos, or folders of them")
    parser.add_argument("--every", type=int, default=25, help="of videos, take every n-th frame")
    options = parser.parse_args(words)
    models = {name: _upscaler(name) for name in options.models.split(",")}
    scale = next(iter(models.values())).scale
    scores = enlarging_scores(read_lumas(options.data, options.every), methods(models, scale), scale)
    sys.stdout.write(f"{'x' + str(scale):24} {'PSNR, dB':>16} {'SSIM':>18}\n")
    for name, found in scores.items():
        sys.stdout.write(f"{name:24} {found['psnr']!s:>16} {found['ssim']!s:>18}\n")


def _luma(rgb: NDArray[np.uint8]) -> Tensor:
    shares = (torch.from_numpy(rgb.astype(np.float32)) / 255 * _LUMA).sum(-1) + _BLACK
    return (255 * shares).round() / 255


def _upscaler(name: str) -> Upscaler:
    model = load_model(name)
    if not isinstance(model, Upscaler):
        raise ModelError(f"{name}: does not enlarge pictures; give an upscaler")
    return model


def _by_model(model: Upscaler) -> Method:
    return lambda low: (model.enlarge(low * 2 - 1) + 1) / 2


if __name__ == "__main__":
    main()

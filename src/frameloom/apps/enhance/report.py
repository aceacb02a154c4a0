"""How good a film has become: against what it was, and against what it should be where that is known.

    before --Lanczos--+                      reference --+--> PSNR, SSIM of luma, VMAF
                      +--> flicker                       |
    after ------------+--------------- after, before ----+

Flicker is the mean change of luma from picture to picture, of 255, where the source stands still: what changes there is
made by the enhancement, or was in the source, which is measured in the same places. SSIM has a Gaussian window of 11 px
with a deviation of 1.5, and a range of 255. Pictures are paired by time.

Sources: Wang et al., "Image quality assessment: from error visibility to structural similarity", 2004; VMAF v0.6.1.
"""

from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from frameloom.apps.enhance.beside import as_large, beside
from frameloom.core.errors import MediaError
from frameloom.media.ffmpeg import vmaf
from frameloom.media.files.source import probe, read_pictures
from frameloom.media.image import blur_box, difference, eight_bit, flow, resize, stretch
from frameloom.media.planes import Plane, Planes
from frameloom.metrics.pixel import psnr, ssim

_SEEN_WIDTH_PX = 320
"""Width in which it is looked for what stands still."""
_STILL_PX = 0.25
"""What moves by less, in that width, stands still."""
_SAME_LIGHT = 4
"""Change of light, of 255, from which on a place counts as changing by itself."""
_LEAST_STILL = 0.01
"""Share of a picture that must stand still for it to count."""


@dataclass(frozen=True)
class Scores:
    """How near a film comes to its reference."""

    psnr_db: float
    ssim: float
    vmaf: float


@dataclass(frozen=True)
class Report:
    """What was measured."""

    pictures: int
    flicker: float | None
    """Of the enhanced film, in levels of 255; None where nothing stands still."""
    flicker_before: float | None
    """Of the source, enlarged by Lanczos, in the same places."""
    after: Scores | None = None
    before: Scores | None = None
    """Of the source, enlarged by Lanczos."""

    def record(self) -> dict[str, object]:
        """Return what JSON holds."""
        return asdict(self)

    def text(self) -> str:
        """Return lines for people."""
        if self.flicker is None or self.flicker_before is None:
            lines = ["flicker: nothing stands still, so it cannot be told"]
        else:
            lines = [f"flicker {self.flicker:.3f} of 255, the source {self.flicker_before:.3f}"]
        for name, scores in (("enhanced", self.after), ("source by Lanczos", self.before)):
            if scores:
                lines.append(f"{name}: PSNR {scores.psnr_db:.2f} dB, SSIM {scores.ssim:.4f}, VMAF {scores.vmaf:.1f}")
        return "\n".join(lines)


def measure(before: Path, after: Path, reference: Path | None = None) -> Report:
    """Return how a film has changed, and how near both come to a reference.

    Raises:
        MediaError: a film is damaged, or has no picture.
        MissingDependencyError: there is no ffmpeg binary with libvmaf, and a reference is given.
    """
    source, result = probe(before), probe(after)
    truth = probe(reference) if reference else None
    flickering, nearness = _Flicker(), (_Nearness(), _Nearness())
    count = 0
    with ExitStack() as stack:
        was_shown = stack.enter_context(beside(source, result))
        is_true = stack.enter_context(beside(truth, result)) if truth else None
        for picture in read_pictures(after):
            time = picture.time - result.videos[0].start
            was, should = was_shown.at(time), is_true.at(time) if is_true else None
            if was is None:
                continue
            count += 1
            plain = as_large(was, picture.planes.width, picture.planes.height)
            flickering.see(was, plain, picture.planes)
            if should is not None:
                nearness[0].see(picture.planes, should)
                nearness[1].see(was, should)
    if not count:
        raise MediaError(f"{after}: no picture to compare with {before}; give two films of one scene")
    scores = (
        [each.scores(vmaf(reference, path)) for each, path in zip(nearness, (after, before), strict=True)]
        if reference
        else [None, None]
    )
    return Report(count, *flickering.means(), *scores)


class _Nearness:
    """Sums up how near pictures come to what they should be, in its size."""

    def __init__(self) -> None:
        self.psnr: list[float] = []
        self.ssim: list[float] = []

    def see(self, given: Planes, wanted: Planes) -> None:
        given = as_large(given, wanted.width, wanted.height)
        one, other = (_video(picture.y) for picture in (given, wanted))
        self.psnr.append(psnr(one, other).item())
        self.ssim.append(ssim(one, other).item())

    def scores(self, vmaf_score: float) -> Scores:
        return Scores(float(np.mean(self.psnr)), float(np.mean(self.ssim)), vmaf_score)


def _video(luma: Plane) -> torch.Tensor:
    """Return luma as a clip of one picture, (1, 1, 1, H, W), samples over 255."""
    levels = np.float32(255 if luma.dtype == np.uint8 else 1020)
    return torch.from_numpy(luma.astype(np.float32) / levels)[None, None, None]


class _Flicker:
    """Sums up how two films change where the source stands still."""

    def __init__(self) -> None:
        self.small: NDArray[np.uint8] | None = None
        self.last: tuple[Planes, Planes] | None = None
        self.change = [0.0, 0.0]
        self.places = 0

    def see(self, was: Planes, plain: Planes, now: Planes) -> None:
        """See the source, it in the size of the enhanced film, and that."""
        width = min(_SEEN_WIDTH_PX, was.width)
        small = eight_bit(resize(was.y, width, max(16, was.height * width // was.width), "area"))
        if self.small is not None and self.last is not None and not np.array_equal(self.small, small):
            still = self._still(self.small, small)
            if still.mean() >= _LEAST_STILL:
                where = stretch(still.astype(np.float32), now.width, now.height, "nearest") > 0
                for number, (before, after) in enumerate(zip(self.last, (now, plain), strict=True)):
                    unit = 1 << (after.depth - 8)
                    change = np.abs(after.y[where].astype(np.int32) - before.y[where]) / unit
                    self.change[number] += float(change.sum())
                self.places += int(where.sum())
        self.small, self.last = small, (now, plain)

    @staticmethod
    def _still(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> NDArray[np.bool_]:
        moved = flow(before, after)
        lit = difference(blur_box(before, 2), blur_box(after, 2))  # noise averages out, a change of light stays
        still: NDArray[np.bool_] = (np.hypot(moved[..., 0], moved[..., 1]) < _STILL_PX) & (lit < _SAME_LIGHT)
        return still

    def means(self) -> tuple[float | None, float | None]:
        """Return the mean change of the enhanced film and of the source."""
        if not self.places:
            return None, None
        after, before = (change / self.places for change in self.change)
        return after, before

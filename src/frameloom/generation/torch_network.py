"""Networks that enlarge or mend luma on a GPU, through torch: the model itself, in the form of an `OnnxNetwork`.

model folder --> TorchNetwork: (H, W) in [0, 1] --> (scale H, scale W) in [0, 1]
"""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from frameloom.core.errors import ModelError
from frameloom.models.store import load_model
from frameloom.models.upscaler import Upscaler

Luma = NDArray[np.float32]


class TorchNetwork:
    """An upscaler on a device; see `networks.OnnxNetwork`."""

    takes_levels = True

    def __init__(self, path: Path, device: str, *, noise: float = 0.0, compression: float = 0.0) -> None:
        """Open a model folder.

        Raises:
            ModelError: there is no such model, or it is of another family.
        """
        model = load_model(path)
        if not isinstance(model, Upscaler):
            raise ModelError(f"{path}: does not enlarge pictures; give an upscaler")
        self.path = path
        self._model = model.to(device).eval()
        self._levels = torch.tensor([[noise, compression]], device=device)
        self.scale, self.radius, self.cell = model.scale, model.radius, model.cell
        self.recurrent = model.past is not None

    def __call__(self, luma: Luma, before: Luma | None = None) -> Luma:
        """Return a picture (scale H, scale W) of luma (H, W); samples / 255 as they are stored."""
        height, width = luma.shape
        past = None if before is None else self._given(before, self.cell * self.scale)
        large = self._model.enlarge(self._given(luma, self.cell), self._levels, past)[0, 0]
        picture: Luma = ((large[: height * self.scale, : width * self.scale] + 1) / 2).cpu().numpy()
        return picture

    def _given(self, picture: Luma, multiple: int) -> Tensor:
        """Return a picture as the model takes it, its sides filled up to multiples."""
        missing = [(0, -side % multiple) for side in picture.shape]
        filled = np.pad(picture, missing, mode="edge")[None, None]
        return torch.from_numpy(filled).to(self._levels.device) * 2 - 1


def has_gpu() -> bool:
    """Return whether torch can compute on a GPU."""
    return torch.cuda.is_available()

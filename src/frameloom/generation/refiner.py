"""The network that mends pictures between pictures, run by ONNX Runtime, without torch.

    Refiner("interpolate")(first, second, flows, share) --> the picture between

It has the form of `media.flow.between`, which it mends: what `interpolate.interpolated` draws with.
"""

from pathlib import Path

from frameloom.core.errors import ModelError
from frameloom.generation.sessions import file_of, open_session
from frameloom.media.flow import blended, described, views
from frameloom.media.planes import Planes
from frameloom.media.views import DESCRIPTION, Flows

REFINER_NAME = "refine.onnx"
"""File of a model folder."""


class Refiner:
    """A network that draws pictures between pictures."""

    def __init__(self, name_or_folder: str | Path = "interpolate", threads: int = 0) -> None:
        """Open the network of a shipped model, a model folder or a file.

        Args:
            name_or_folder: where it is.
            threads: at work on a picture; 0: as many as there are processors.

        Raises:
            ModelError: there is none, or it is of another kind.
        """
        self.path = file_of(name_or_folder, REFINER_NAME)
        self._session = open_session(self.path, threads)
        given, *others = self._session.get_inputs()
        if given.name != "views" or others or given.shape[1] != len(DESCRIPTION):
            raise ModelError(f"{self.path}: draws no pictures between pictures; give the network of an interpolator")

    def __call__(self, first: Planes, second: Planes, flows: Flows, share: float) -> Planes:
        """Return the picture at a share of the way from the first to the second, of one form."""
        seen = views(first, second, flows, share)
        (refined,) = self._session.run(None, {"views": described(seen)[None]})
        return blended(seen, refined[0, 0], refined[0, 1])

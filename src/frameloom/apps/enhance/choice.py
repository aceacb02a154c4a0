"""Which network a film goes through, and what it is told of the film.

scale 2, 3, 4 --> upscale-QUALITY-xSCALE (for 3 that of 4, shrunk, where there is none)
scale 1, something to mend --> mend                    scale 1 alone --> none
fps --> interpolate, on top of flow; flow alone for lanczos and tiny, which are to be fast
"""

from dataclasses import dataclass
from pathlib import Path

from frameloom.apps.enhance.condition import Condition
from frameloom.apps.enhance.config import EnhanceConfig, Quality
from frameloom.apps.enhance.network import Lanczos, Network
from frameloom.apps.enhance.noise import level_of
from frameloom.core.errors import ModelError
from frameloom.generation.interpolate import Draw
from frameloom.generation.networks import open_network, shipped_networks
from frameloom.generation.refiner import REFINER_NAME, Refiner
from frameloom.generation.sessions import SHIPPED, file_of
from frameloom.media.flow import between

MEND = "mend"
"""Name of the network that mends pictures in their own size."""
INTERPOLATE = "interpolate"
"""Name of the network that mends pictures between pictures."""


@dataclass(frozen=True)
class Chosen:
    """A network, and what a person should know about its choice."""

    network: Network
    notes: tuple[str, ...] = ()


def choose(config: EnhanceConfig, condition: Condition) -> Chosen:
    """Return the network that settings ask for; none is opened where none is needed.

    Raises:
        ModelError: there is none, or it is of a kind that is not taken.
    """
    if not config.uses_network:
        left_out = "deblock: Lanczos mends nothing; give a quality of tiny, small or quality"
        return Chosen(Lanczos(config.scale), (left_out,) if config.deblock != "no" else ())
    name = config.model or name_of(config.quality, config.scale)
    notes: tuple[str, ...] = ()
    if config.model is None and config.scale > 1 and name not in shipped_networks():
        stand_in = name_of("small", config.scale)
        notes = (f"quality: {name} is not shipped; {stand_in} stands in",) if config.quality != "small" else ()
        name = stand_in
    if name == MEND:
        is_there = MEND in shipped_networks()
        if config.deblock != "no" and not is_there:
            raise ModelError(
                f"deblock: pictures that keep their size take the network '{MEND}', which is not shipped; "
                "give a scale of 2, 3 or 4, a model of scale 1, or deblock no"
            )
        if not is_there or not (condition.noise or condition.compression):
            return Chosen(Lanczos(1))
    noise, compression = level_of(condition.noise), condition.compression
    network = _on_gpu(config, name, noise, compression) or open_network(
        name, noise=noise, compression=compression, precision=config.precision
    )
    if condition.compression and not network.takes_levels:
        notes += (f"deblock: {name} cannot be told how hard a film was compressed, and does what it was made for",)
    return Chosen(network, notes)


def drawing(config: EnhanceConfig) -> Draw:
    """Return how pictures between pictures are made."""
    path = refiner_of(config)
    return between if path is None else Refiner(path)


def refiner_of(config: EnhanceConfig) -> Path | None:
    """Return the file of the network that pictures between pictures go through, if there are any and they do."""
    path = file_of(INTERPOLATE, REFINER_NAME)
    return path if config.fps and config.quality not in ("lanczos", "tiny") and path.is_file() else None


def _on_gpu(config: EnhanceConfig, name: str, noise: float, compression: float) -> Network | None:
    """Return a network on a GPU, if there is one or it is asked for; those of ONNX files stay where they are.

    Raises:
        ModelError: a GPU is asked for and there is none, or the network is an ONNX file.
    """
    if config.device == "cpu" or (config.device == "auto" and not any(Path("/dev").glob("nvidia[0-9]*"))):
        return None  # and torch, which takes its time to load, is not asked
    from frameloom.generation.torch_network import TorchNetwork, has_gpu

    folder = SHIPPED / name if (SHIPPED / name).is_dir() else Path(name)
    if has_gpu() and folder.is_dir():
        return TorchNetwork(folder, "cuda", noise=noise, compression=compression)
    if config.device == "gpu":
        why = f"{name} is a file for ONNX Runtime, which computes on the CPU here" if has_gpu() else "torch finds none"
        raise ModelError(f"device: no GPU for the network ({why}); give a device of auto or cpu")
    return None


def name_of(quality: Quality, scale: int) -> str:
    """Return the name of the shipped network of a size."""
    if scale == 1:
        return MEND
    own = f"upscale-{quality}-x{scale}"
    return f"upscale-{quality}-x4" if scale == 3 and own not in shipped_networks() else own

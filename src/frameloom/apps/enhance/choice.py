"""Which network a film goes through, and what it is told of the film.

scale 2, 3, 4 --> upscale-QUALITY-xSCALE (for 3 that of 4, shrunk, where there is none)
scale 1, deblock --> mend                              scale 1 alone --> none
"""

from dataclasses import dataclass

from frameloom.apps.enhance.compression import Compression, compression_of
from frameloom.apps.enhance.config import EnhanceConfig, Quality
from frameloom.apps.enhance.upscale import Lanczos, Network
from frameloom.core.errors import ModelError
from frameloom.generation.networks import open_network, shipped_networks
from frameloom.media.files.info import MediaInfo

MEND = "mend"
"""Name of the network that mends pictures in their own size."""


@dataclass(frozen=True)
class Chosen:
    """A network, and what a person should know about its choice."""

    network: Network
    notes: tuple[str, ...] = ()


def choose(config: EnhanceConfig, info: MediaInfo) -> Chosen:
    """Return the network that settings ask for; none is opened where none is needed.

    Raises:
        ModelError: there is none, or it is of a kind that is not taken.
        MediaError: the film cannot be read.
    """
    if not config.uses_network:
        left_out = "deblock: Lanczos mends nothing; give a quality of tiny, small or quality"
        return Chosen(Lanczos(config.scale), (left_out,) if config.deblock != "no" else ())
    name = config.model or name_of(config.quality, config.scale)
    if name == MEND and MEND not in shipped_networks():
        raise ModelError(
            f"deblock: pictures that keep their size take the network '{MEND}', which is not shipped; "
            "give a scale of 2, 3 or 4, a model of scale 1, or deblock no"
        )
    if config.deblock == "no":
        return Chosen(open_network(name))
    level, told = _level(config, info)
    network = open_network(name, compression=level)
    if not network.takes_levels:
        told = f"deblock: {name} cannot be told how hard a film was compressed, and does what it was made for"
    elif not level and name == MEND:
        return Chosen(Lanczos(1), (told,))
    return Chosen(network, (told,))


def name_of(quality: Quality, scale: int) -> str:
    """Return the name of the shipped network of a size."""
    if scale == 1:
        return MEND
    own = f"upscale-{quality}-x{scale}"
    return f"upscale-{quality}-x4" if scale == 3 and own not in shipped_networks() else own


def _level(config: EnhanceConfig, info: MediaInfo) -> tuple[float, str]:
    """Return how hard a film was compressed, from 0 to 1, and what is said of it."""
    if isinstance(config.deblock, float):
        found = Compression.of(config.deblock)
        return config.deblock, f"deblock: as hard as {_like(found)}, as asked for"
    measured = compression_of(info)
    if measured is None:
        codec = info.videos[0].codec
        return 0.0, f"deblock: nothing to mend; {codec} loses nothing, or how much cannot be told"
    if not measured.level:
        return 0.0, f"deblock: nothing to mend; compressed no harder than {_like(Compression.of(0))}"
    return measured.level, f"deblock: compressed as hard as {_like(measured)}"


def _like(compression: Compression) -> str:
    return f"CRF {compression.crf:.0f} of x264 (level {compression.level:.2f})"

"""Films for which every edit is known, made by the editor's own transitions over footage that nobody trained on.

folder --takes, cut together, with flashes, titles, shaking ...--> films of cuts, films of graduals
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from frameloom.data.cutting import cut_together
from frameloom.data.edits import Edits, EditsConfig
from frameloom.data.takes import Take
from frameloom.media.shots import Edit, Kind

FRAMES, SHOT = 400, 60.0
"""Pictures of a film, and median length of its shots."""
_STREAM = 12


@dataclass(frozen=True, eq=False)
class Film:
    """Pictures of 96x54, and the edits in them."""

    take: Take
    truth: tuple[Edit, ...]
    names: tuple[str, ...]
    """Transition of each edit."""


def films(folder: Path, kind: Kind, count: int, seed: int = 0) -> Iterator[Film]:
    """Yield films whose edits are all of a kind; those too short to count as gradual come as cuts.

    Raises:
        DataError: the folder is missing, or its folder test/ holds no footage.
    """
    config = EditsConfig(folder=str(folder), frames=FRAMES, shot=SHOT, gradual=float(kind == "gradual"), unedited=0.1)
    footage = Edits(config, "test", seed).footage
    for number in range(count):
        random = np.random.default_rng([seed, _STREAM, len(kind), number])
        edited = cut_together(random, config, footage)
        known = [(Edit(cut, cut), "cut") for cut in edited.cuts]
        known += [(Edit(first, end), name) for first, end, name in edited.transitions]
        known.sort(key=lambda each: each[0].first)
        yield Film(edited.take, tuple(edit for edit, _ in known), tuple(name for _, name in known))

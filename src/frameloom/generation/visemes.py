"""Visemes of a voice as it comes by: a small network, without torch, in constant memory.

    samples, 16 kHz --mel rows--> --network, with its state--> weights and intensity of what was 110 ms ago

What is heard in pieces is what is heard at once. Over a whole sound, the mouth rests where it is too steady for speech.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from frameloom.core.errors import ModelError
from frameloom.effects.sound.liveliness import LivelinessStream, share_of_speech
from frameloom.effects.sound.mel import BANDS, MelStream, Mono, Rows
from frameloom.generation.sessions import file_of, open_session
from frameloom.media.visemes import VISEMES, VisemeTrack

LISTENER_NAME = "listener.onnx"
"""File of a model folder."""
LOOK_AHEAD_S = 0.1175
"""How long an answer waits with the shipped network: 11 rows, and half of what a row's window reaches beyond it."""

_SILENCE = -1.0
_AT_ONCE = 1000


class VisemeNetwork:
    """A network that tells visemes of mel rows; one serves any number of listeners."""

    def __init__(self, name_or_folder: str | Path = "viseme", threads: int = 1) -> None:
        """Open the network of a shipped model or of a model folder.

        Raises:
            ModelError: there is none, or it is of another kind.
        """
        path = file_of(name_or_folder, LISTENER_NAME)
        self.session = open_session(path, threads)
        ahead = self.session.get_modelmeta().custom_metadata_map.get("ahead", "")
        given, *states = self.session.get_inputs()
        if given.name != "rows" or given.shape[-1] != BANDS or not ahead.isdecimal():
            raise ModelError(f"{path}: tells no visemes; give the network of a viseme model")
        self.ahead = int(ahead)
        """Rows that an answer waits for."""
        self.begin = {
            one.name: np.full(
                [size if isinstance(size, int) else 1 for size in one.shape],
                _SILENCE if one.name == "past0" else 0.0,
                np.float32,
            )
            for one in states
        }
        """The state before the first row."""


class Heard(NamedTuple):
    """Rows that have become known: weights (T, 15) and intensity (T,)."""

    weights: NDArray[np.float32]
    intensity: NDArray[np.float32]


class Listener:
    """Hears one sound, piece by piece."""

    def __init__(self, network: VisemeNetwork) -> None:
        """Begin before the first sample."""
        self._network = network
        self._state = network.begin
        self._mel = MelStream()
        self._waiting = network.ahead

    def hear(self, samples: Mono) -> Heard:
        """Return the rows that samples at 16 kHz, (N,), have made known."""
        return self.hear_rows(self._mel.push(samples))

    def finish(self) -> Heard:
        """Return the rows that are left; after them comes silence."""
        return self.finish_rows(self._mel.finish())

    def finish_rows(self, rows: Rows) -> Heard:
        """Return the rows that are left, of mel rows that are the last."""
        silence = np.full((self._network.ahead, BANDS), _SILENCE, np.float32)
        return self.hear_rows(np.concatenate([rows, silence]))

    def hear_rows(self, rows: Rows) -> Heard:
        """Return the rows that mel rows have made known."""
        parts = [self._asked(rows[first : first + _AT_ONCE]) for first in range(0, len(rows), _AT_ONCE)]
        nothing = Heard(np.zeros((0, len(VISEMES)), np.float32), np.zeros(0, np.float32))
        weights, intensity = (np.concatenate(each) for each in zip(nothing, *parts, strict=True))
        early = min(self._waiting, len(weights))
        self._waiting -= early
        return Heard(weights[early:], intensity[early:])

    def _asked(self, rows: Rows) -> Heard:
        weights, intensity, *states = self._network.session.run(None, {"rows": rows[None], **self._state})
        self._state = dict(zip(self._state, states, strict=True))
        return Heard(weights[0], intensity[0])


def track_heard(samples: Iterable[Mono], network: VisemeNetwork) -> VisemeTrack:
    """Return what the mouth does over a whole sound, of blocks of samples at 16 kHz."""
    listener, mel, lively = Listener(network), MelStream(), LivelinessStream()
    parts, alive = [], []
    for block in samples:
        rows = mel.push(block)
        parts.append(listener.hear_rows(rows))
        alive.append(lively.push(rows))
    last = mel.finish()
    parts.append(listener.finish_rows(last))
    alive += [lively.push(last), lively.finish()]
    weights, intensity = (np.concatenate(each) for each in zip(*parts, strict=True))
    share = share_of_speech(np.concatenate(alive))
    weights = weights / weights.sum(1, keepdims=True) * share[:, None]
    weights[:, 0] += 1 - share
    return VisemeTrack(weights, intensity * share)

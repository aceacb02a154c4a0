"""What a mouth does while a recording is heard: by the network that ships.

recording at 48 kHz --16 kHz--> a second at a time --network--> VisemeTrack
"""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

from frameloom.apps.recorded import Mono
from frameloom.apps.talk.dialogue import Hear
from frameloom.effects.sound.mel import RATE as MEL_RATE
from frameloom.effects.sound.resample import minutes_of
from frameloom.generation.visemes import VisemeNetwork, track_heard
from frameloom.media.sound import SAMPLE_RATE
from frameloom.media.visemes import VisemeTrack


def listening(model: str | Path = "viseme") -> Hear:
    """Return what tells mouths of recordings; the network is opened with the first.

    Raises:
        ModelError: when it is called, if there is no such network.
    """

    @cache
    def network() -> VisemeNetwork:
        return VisemeNetwork(model)

    def hear(sound: Mono) -> VisemeTrack:
        return track_heard(_seconds(sound), network())

    return hear


def _seconds(sound: Mono) -> Iterator[Mono]:
    """Yield a sound at the network's rate, a second at a time."""
    for minute in minutes_of(sound, SAMPLE_RATE, MEL_RATE):
        for begin in range(0, len(minute), MEL_RATE):
            yield minute[begin : begin + MEL_RATE]

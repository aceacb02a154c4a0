"""What a sound tells someone who edits: levels, silences, speech, places for a cut, onsets and beats.

    blocks --measure_features--> features --find_*--> silences, speech, gaps, onsets, pulse

One pass over the sound; memory holds 2 kB a second of it.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from frameloom.effects.sound.beats import Onset, Pulse, find_onsets, find_pulse
from frameloom.effects.sound.features import Features, measure_features
from frameloom.effects.sound.speech import Gap, Listening, Span, find_gaps, find_silences, find_speech
from frameloom.media.sound import SAMPLE_RATE, Sound

__all__ = ["Features", "Gap", "Heard", "Listening", "Onset", "Pulse", "Span", "listen", "understand"]


@dataclass(frozen=True)
class Heard:
    """What was heard, in order of time."""

    features: Features
    """Level and more of every 10 ms."""
    silences: tuple[Span, ...]
    speech: tuple[Span, ...]
    gaps: tuple[Gap, ...]

    @cached_property
    def onsets(self) -> tuple[Onset, ...]:
        """Return where something begins to sound; looked for once somebody asks."""
        return find_onsets(self.features)

    @cached_property
    def pulse(self) -> Pulse | None:
        """Return tempo and beats, None where there are none; looked for once somebody asks."""
        return find_pulse(self.features)


def listen(blocks: Iterable[Sound], listening: Listening | None = None, *, rate: int = SAMPLE_RATE) -> Heard:
    """Return what there is to hear in a stream of sound.

    Raises:
        MediaError: blocks differ in channels.
    """
    return understand(measure_features(blocks, rate=rate), listening)


def understand(features: Features, listening: Listening | None = None) -> Heard:
    """Return what there is to hear in a sound, of which the features are known."""
    listening = listening or Listening()
    speech = find_speech(features, listening)
    return Heard(features, find_silences(features, listening), speech, find_gaps(features, listening, speech))

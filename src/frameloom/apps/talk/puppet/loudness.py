"""A track of visemes out of nothing but loudness: it opens and shuts in time, but does not know what is said."""

from collections.abc import Iterable

import numpy as np

from frameloom.effects.sound.features import measure_features
from frameloom.media.sound import SAMPLE_RATE, Sound
from frameloom.media.visemes import VISEMES, VisemeTrack

_BELOW_PEAK_DB = (38.0, 8.0)
"""How far below a sound's loud parts a mouth is shut, and how far below them it is fully open."""


def track_of_loudness(blocks: Iterable[Sound], rate: int = SAMPLE_RATE) -> VisemeTrack:
    """Return a track whose mouth opens with the loudness of speech.

    Raises:
        MediaError: blocks differ in channels.
    """
    features = measure_features(blocks, rate=rate)
    level = np.maximum(features.speech_db.astype(np.float64), -90)
    peak = np.percentile(level, 95) if len(level) else 0.0
    low, high = _BELOW_PEAK_DB
    voice = np.clip((level - (peak - low)) / (low - high), 0, 1) * (level > -65)
    weights = np.zeros((len(level), len(VISEMES)), np.float32)
    open_, wide = VISEMES.index("aa"), VISEMES.index("E")
    share = np.clip(voice * 1.6 - 0.2, 0, 1)
    speaking = np.clip(voice * 3, 0, 1)
    weights[:, open_] = speaking * share
    weights[:, wide] = speaking * (1 - share)
    weights[:, 0] = 1 - speaking
    return VisemeTrack(weights, (voice * 0.8).astype(np.float32))

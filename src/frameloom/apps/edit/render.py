"""A timeline becomes a finished file.

    Timeline --layout--> compose --pictures--> encoder --+
                  |                                      +--> out.mp4, whole or not at all
                  +----> sounding --samples--> loudness -+

Long work is encoded in segments that stay when it is stopped, so the same command goes on where it was; what is there then
can be watched as out.partial.mp4.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice
from pathlib import Path
from time import monotonic
from typing import Literal

from frameloom.apps.edit.compose import compose
from frameloom.apps.edit.layout import Layout, layout
from frameloom.apps.edit.sounding import has_sound, sounding
from frameloom.apps.edit.timeline import Clip, FileSource, ImageSource, Timeline
from frameloom.core.config import Config
from frameloom.core.errors import MediaError
from frameloom.core.progress import View, showing
from frameloom.core.provenance import version
from frameloom.core.times import Time, clock
from frameloom.media.formats import SoundFormat, VideoFormat, choose
from frameloom.media.frames import Written
from frameloom.media.planes import Planes

SEGMENT_S = 20
"""Seconds of pictures that are encoded as a piece of their own, and the most that is lost when work is stopped."""


class RenderConfig(Config):
    """Where a timeline is rendered to, and how."""

    out: Path
    """The file; its suffix names the container: .mp4, .mov, .mkv, .webm, .gif, .webp, a folder of PNG, or sound alone."""
    video: VideoFormat = VideoFormat()
    audio: SoundFormat = SoundFormat()
    draft: Literal[1, 2, 4, 8] = 1
    """Divides width and height, for a quick look."""
    start: Time = Fraction(0)
    """Where on the timeline to begin."""
    stop: Time | None = None
    """Where on the timeline to end."""


@dataclass(frozen=True)
class _Step:
    """A picture on its way to the encoder, and how far the work is."""

    picture: Planes
    progress: float
    text: str
    record: Mapping[str, float | int | str] = field(default_factory=dict)


def render(timeline: Timeline, config: RenderConfig, view: View = "auto") -> Written:
    """Write a timeline as a finished file, while progress is shown.

    Raises:
        ConfigError: the timeline has problems; lists them all.
        MediaError: a source is damaged, or the format does not fit.
        OutputError: the place cannot be written.
        KeyboardInterrupt: stopped; the message says what is there and how to go on.
    """

"""What the page and the server of a live talk say to each other over the WebSocket.

    page -> server   JSON text, one of the Configs below; anything else closes the socket with a reason
    server -> page   JSON text by "type": hello, stage, form, answer, words, cut, state, fault
                     and bytes, little-endian, 16 bytes of header and numbers of 16 bits:
    sound     kind u16 = 1, 0 u16, say u32, first sample f64       samples at 24 kHz
    picture   kind u16 = 2, mouth u16, form u32, sample f64        coordinates, pens and colours, in tenths
    backdrop  kind u16 = 3, 0 u16, form u32, 0 f64                 the same

All times are samples at 24 kHz from the page's first picture on, by the page's own clock. A picture comes in place of
those that were sent for its time or a later one; after a cut, what was sent for its time or a later one is not heard.
`mouth` is how far the lips are apart, of 65535.
"""

import struct
from typing import Annotated, Literal

from pydantic import Field, TypeAdapter

from frameloom.apps.talk.characterfile import Mood
from frameloom.apps.talk.utterance import Samples
from frameloom.core.config import Config

LONGEST_LINE = 1000
"""Characters that may be typed."""
LARGEST_MESSAGE = 8192
"""Bytes of one message from the page: the longest line, each of its characters escaped."""

_HEADER = struct.Struct("<2HId")
_SOUND, _PICTURE, _BACKDROP = 1, 2, 3

Time = Annotated[int, Field(ge=0, le=2**48)]
Name = Annotated[str, Field(min_length=1, max_length=64)]


class Playing(Config):
    """What the page has come to."""

    type: Literal["playing"] = "playing"
    time: Time
    """The sample that is heard now."""


class Say(Config):
    """Somebody typed a line."""

    type: Literal["say"] = "say"
    number: Annotated[int, Field(ge=1, le=2**31)]
    """Counts the page's lines."""
    text: Annotated[str, Field(max_length=LONGEST_LINE)]
    """The line."""
    time: Time
    """The sample that was heard then."""


class Hush(Config):
    """Stop speaking."""

    type: Literal["hush"] = "hush"
    time: Time
    """The sample that was heard then."""


class Typing(Config):
    """Somebody is about to say something."""

    type: Literal["typing"] = "typing"
    time: Time
    """The sample that was heard then."""


class Choose(Config):
    """Who answers, and how."""

    type: Literal["choose"] = "choose"
    character: Name
    """A name that the server gave."""
    voice: Name
    """A name that the server gave, or auto."""
    language: Name
    """A code that the server gave."""
    mood: Mood | None
    """A mood; None is the character's own."""
    time: Time
    """The sample that was heard then."""


Message = Playing | Say | Hush | Typing | Choose
MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def pack_sound(say: int, sample: int, samples: Samples) -> bytes:
    """Return sound as it is sent."""
    return _HEADER.pack(_SOUND, 0, say, sample) + samples.astype("<i2").tobytes()


def pack_picture(form: int, sample: int, mouth: float, numbers: bytes) -> bytes:
    """Return a picture as it is sent; the mouth is 0 where it is shut, 1 where it is wide open."""
    return _HEADER.pack(_PICTURE, round(min(max(mouth, 0.0), 1.0) * 65535), form, sample) + numbers


def pack_backdrop(form: int, numbers: bytes) -> bytes:
    """Return what stands behind as it is sent."""
    return _HEADER.pack(_BACKDROP, 0, form, 0) + numbers

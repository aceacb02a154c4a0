"""What the page and the server say to each other over the WebSocket.

    page -> server   JSON text, one of the Configs below; anything else closes the socket with a reason
    server -> page   JSON text by "type": hello, scene, recording, saved, notice
                     and frames, binary, little-endian:
    serial u32, input u32, step u32, spent us u32, width u16, height u16, channels u8, pictures u8, 0 u16, pixels

`input` is the number of the page's last input under which the frame was made: by it the page measures how long it took
from the key to the picture. Two pictures are what is imagined and, after it, what really happens.
"""

import struct
from collections.abc import Sequence
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, TypeAdapter

from frameloom.core.config import Config
from frameloom.service import sockets

LARGEST_MESSAGE = 1024
"""Bytes of one message from the page."""
FASTEST = 240
"""Frames per second that a page may ask for."""

_HEADER = struct.Struct("<4I2H2BH")
_LARGEST_NUMBER = 2**32 - 1

Number = Annotated[int, Field(ge=0, le=_LARGEST_NUMBER)]
Unit = Annotated[float, Field(ge=-1, le=1)]


class Input(Config):
    """What the person at the page does from now on."""

    type: Literal["input"] = "input"
    number: Number
    """Counts the page's inputs, from 1."""
    action: Annotated[tuple[Unit, ...], Field(max_length=64)]
    """As long as the model's actions."""


class Seen(Config):
    """A frame was drawn."""

    type: Literal["seen"] = "seen"
    serial: Number
    """Of the frame."""


class Begin(Config):
    """Begin a scene."""

    type: Literal["begin"] = "begin"
    scene: Annotated[int, Field(ge=0, le=2**31)]
    """Its number."""


class Pause(Config):
    """Stand still, or go on."""

    type: Literal["pause"] = "pause"
    on: bool
    """Whether to stand still."""


class Pace(Config):
    """How fast to go."""

    type: Literal["pace"] = "pace"
    rate: Annotated[int, Field(ge=1, le=FASTEST)] | None
    """Frames per second; None: as fast as it goes."""


class Truth(Config):
    """Show what really happens beside it, or stop to; the scene begins anew."""

    type: Literal["truth"] = "truth"
    on: bool
    """Whether to show it."""


class Record(Config):
    """Begin to record, or end and write what was recorded."""

    type: Literal["record"] = "record"
    on: bool
    """Whether to begin."""


Message = Input | Seen | Begin | Pause | Pace | Truth | Record
_MESSAGE: TypeAdapter[Message] = TypeAdapter(Annotated[Message, Field(discriminator="type")])


def parse(text: str) -> Message:
    """Return a message of the page; see `sockets.parse` for what it raises."""
    return sockets.parse(text, _MESSAGE, LARGEST_MESSAGE)


def pack(serial: int, number: int, step: int, spent_s: float, pictures: Sequence[NDArray[np.uint8]]) -> bytes:
    """Return a frame as it is sent: header and pixels of one or two pictures, (H, W, C) each."""
    height, width, channels = pictures[0].shape
    spent_us = min(round(spent_s * 1e6), _LARGEST_NUMBER)
    numbers = (serial & _LARGEST_NUMBER, number, step & _LARGEST_NUMBER, spent_us)
    header = _HEADER.pack(*numbers, width, height, channels, len(pictures), 0)
    return header + b"".join(picture.tobytes() for picture in pictures)

"""What page and server say: exactly the known messages in, exact bytes out."""

import json
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frameloom.core.errors import DataError
from frameloom.service.messages import Begin, Input, Pace, Pause, Record, Seen, Truth, pack, parse

KNOWN = [
    Input(number=3, action=(1, -0.5, 0, 0)),
    Seen(serial=9),
    Begin(scene=4),
    Pause(on=True),
    Pace(rate=None),
    Pace(rate=30),
    Truth(on=False),
    Record(on=True),
]


@pytest.mark.parametrize("message", KNOWN)
def test_every_message_is_read_as_it_was_written(message: Input) -> None:
    assert parse(message.model_dump_json()) == message


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "message: Invalid JSON"),
        ("[]", "message: "),
        ("null", "message: "),
        ('{"type": "quit"}', "message: Input tag 'quit'"),
        ('{"type": "pause"}', "message pause.on: Field required"),
        ('{"type": "pause", "on": "yes"}', "message pause.on: Input should be a valid boolean"),
        ('{"type": "pause", "on": true, "off": 1}', "message pause.off: Extra inputs"),
        ('{"type": "begin", "scene": -1}', "message begin.scene: Input should be greater than or equal to 0"),
        ('{"type": "begin", "scene": 1.5}', "message begin.scene: "),
        ('{"type": "pace", "rate": 0}', "message pace.rate: "),
        ('{"type": "pace", "rate": 1000000}', "message pace.rate: "),
        ('{"type": "input", "number": 1, "action": [2]}', "message input.action.0: Input should be less than"),
        ('{"type": "input", "number": 1, "action": [NaN]}', "message input.action.0: "),
        ('{"type": "input", "number": 4294967296, "action": []}', "message input.number: "),
        (json.dumps({"type": "input", "number": 1, "action": [0] * 65}), "message input.action: "),
        ("[" * 1025, "message of 1025 characters; at most 1024 are taken"),
        ("[" * 1000, "message: "),
    ],
)
def test_anything_else_is_refused_in_a_few_words(text: str, fault: str) -> None:
    with pytest.raises(DataError) as caught:
        parse(text)
    assert str(caught.value).startswith(fault)
    assert "\n" not in str(caught.value)


@given(st.text(max_size=200))
def test_no_text_is_worse_than_refused(text: str) -> None:
    with pytest.raises(DataError, match=r"^message"):
        parse(text)


def test_a_frame_is_its_header_and_its_pixels() -> None:
    one = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
    sent = pack(7, 5, 4, 0.0125, (one, one + 100))
    assert struct.unpack("<4I2H2BH", sent[:24]) == (7, 5, 4, 12500, 3, 2, 3, 2, 0)
    assert sent[24:] == one.tobytes() + (one + 100).tobytes()

"""A page on which speech is seen: waveform, visemes, how far the mouth opens, and the face, all at the sound's time.

    voice.wav --m4a--> inside the page --+
              --peaks--> waveform -------+--> page.html: one file that needs nothing else
    track --Behaviour--> a drawing for each 1/25 s, gzip --+

The face is painted by the browser, from the same shapes that films are made of.
"""

import base64
import gzip
import json
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from frameloom.apps.talk.behaviour import Behaviour
from frameloom.apps.talk.store import load_character
from frameloom.core.errors import MediaError
from frameloom.core.provenance import version
from frameloom.media.canvas import packed
from frameloom.media.files.sink import write_media
from frameloom.media.files.source import read_sound
from frameloom.media.pages.page import Page
from frameloom.media.sound import SAMPLE_RATE, Sound
from frameloom.media.visemes import RATE, VISEMES, VisemeTrack

LONGEST_S = 120
"""Of a sound that a page shows."""
PICTURES = Fraction(25)
"""A second, of the face."""
_SIDE = 480
_EACH = SAMPLE_RATE // RATE
_TOLD = (
    "Grey is the waveform, blue how strongly the mouth speaks, orange how far it opens, below them the strongest "
    "viseme. Click into either strip to go there."
)
_MARKUP = """<div class="speech"><canvas width="{side}" height="{side}"></canvas>
<div><p class="now"></p><div class="shares"></div></div>
<audio controls src="data:audio/mp4;base64,{sound}"></audio>
<div class="wide"><canvas data-height="70"></canvas><canvas data-height="220"></canvas></div>
<script type="application/gzip">{told}</script></div>"""


def write_page(track: VisemeTrack, out: Path, heard: Path, character: str = "ada") -> Path:
    """Write the page of a track and the sound that it was heard in.

    Args:
        track: what the mouth does.
        out: the page.
        heard: a file with the sound, at most two minutes of it.
        character: whose face is shown.

    Raises:
        ConfigError: there is no such character.
        MediaError: the sound cannot be read, or is too long.
        OutputError: the page cannot be written.
    """
    if track.duration > LONGEST_S:
        raise MediaError(f"{heard}: {float(track.duration):.0f} s; a page shows {LONGEST_S} at most, cut it first")
    sound = np.concatenate([np.zeros((0, 1), np.float32), *read_sound(heard, channels=1)])
    told = gzip.compress(json.dumps(_told(track, sound, character), separators=(",", ":")).encode(), mtime=0)
    parts = {"sound": _text(_stored(sound)), "told": _text(told), "side": str(_SIDE)}
    page = Page(heard.name, f"{float(track.duration):.2f} s of speech, and what a mouth makes of them.", made_by=_by())
    page.section("Speech", _TOLD).scripted(_MARKUP.format(**parts), "drawing", "speech").save(out)
    return out


def _by() -> str:
    return f"frameloom {version()} visemes"


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _told(track: VisemeTrack, sound: Sound, name: str) -> dict[str, Any]:
    """Return what the page's script needs; shares are whole hundredths."""
    character = load_character(name)
    behaviour = Behaviour(character.looks, track, frame_s=float(1 / PICTURES))
    count = -int(-track.duration * PICTURES // 1)
    poses = [behaviour.at(float((number + Fraction(1, 2)) / PICTURES)) for number in range(count)]
    drawings = [packed(character.draw(pose, _SIDE, _SIDE, framing="bust")) for pose in poses]
    frame = {key: drawings[0][key] for key in ("width", "height", "matrix")} if drawings else {}
    curves = behaviour.curves
    opened = [curves.at(row / RATE).open if curves else 0.0 for row in range(len(track.weights))]
    return {
        "rate": RATE,
        "names": VISEMES,
        "labels": track.labels.tolist(),
        "weights": _hundredths(track.weights),
        "loud": _hundredths(track.intensity),
        "open": _hundredths(np.array(opened, np.float32)),
        "wave": _hundredths(_peaks(sound, len(track.weights))),
        "pictures_rate": int(PICTURES),
        "frame": frame,
        "behind": None if character.looks.background.picture else packed(character.backdrop(_SIDE, _SIDE)),
        "pictures": [{"clips": one["clips"], "shapes": one["shapes"]} for one in drawings],
    }


def _hundredths(shares: NDArray[np.float32]) -> list[Any]:
    told: list[Any] = np.rint(shares * 100).astype(int).tolist()
    return told


def _peaks(sound: Sound, rows: int) -> NDArray[np.float32]:
    """Return the largest swing of every 10 ms, (rows,), of which the largest is 1."""
    padded = np.zeros(rows * _EACH, np.float32)
    padded[: len(sound)] = np.abs(sound[: len(padded), 0])
    peaks: NDArray[np.float32] = padded.reshape(rows, _EACH).max(axis=1, initial=0)
    return peaks / max(float(peaks.max(initial=0)), 1e-6)


def _stored(sound: Sound) -> bytes:
    """Return a sound as a file that browsers play."""
    with TemporaryDirectory(prefix="frameloom-") as folder:
        path = Path(folder) / "sound.m4a"
        write_media(path, None, [sound], channels=1)
        return path.read_bytes()

"""Decoding that hands on no picture which the decoder had to invent: what is damaged is left out until it begins anew.

    packets  K . . . x . . . K . . .        K key frame, x damaged
    frames   K . . .         K . . .        those between are made from the damaged one, however well they decode

Decoders paint over what they cannot read and say nothing. Told to give up instead (err_detect=explode), they give an
error; the packets until the next key frame are then passed over, which begins with an empty decoder. Where a container
lost packets, no decoder can know: MPEG-TS marks a packet that was cut short, and where two are far apart the bytes
between them are looked at (chained.py).

Source: FFmpeg, AVCodecContext.err_recognition and AV_PKT_FLAG_CORRUPT.
"""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import av
from av.packet import Packet
from av.video.codeccontext import VideoCodecContext
from av.video.stream import VideoStream

from frameloom.media.files.chained import chain_of
from frameloom.media.files.container import LIBAV_ERRORS, LIMITS, reason

STRICT = {**LIMITS, "err_detect": "explode"}
"""What a decoder is told, so that it gives up instead of painting over."""
APART_S = Fraction(1, 4)
"""Packets whose times are farther apart are looked at: has the container lost some?"""
_TRIED = 8
"""Packets at the beginning on which it is tried whether that can be told."""

_MOST_HELD = 512
"""Packets whose frames are waited for."""
_MOST_DRAINED = 256
"""Errors and frames that an ending decoder gives at most."""
Whole = list[tuple[av.VideoFrame, bool]]
"""Frames as they were made, and whether others before them are left out."""


class StrictDecoder:
    """A decoder of one stream that knows which of its frames are as they were made."""

    def __init__(self, path: Path, stream: VideoStream, decoder: VideoCodecContext) -> None:
        self.path, self.decoder = path, decoder
        self._chain = chain_of(path, stream)
        self._seen = 0
        decoder.options = STRICT
        self.damage = "begins between key frames"
        """Why nothing comes until the next key frame."""
        self._begun = False
        self._floor: int | None = None
        self._anew = False
        self._sent: list[int | None] = []
        self._highest: int | None = None
        self._last: tuple[int, int] | None = None

    def decoded(self, packet: "Packet[VideoStream]") -> Whole:
        """Return the frames that a packet completes, none made from what is damaged, and whether it is the first after.

        The empty packet at the end brings what is left.
        """
        ended: Whole = []
        if self._is_torn(packet) and not self.damage:
            ended = self._given_up("packets are missing")
        whole = not (packet.is_corrupt and packet.size)
        if self.damage:
            if not (packet.is_keyframe and packet.size and whole):
                self._begun = True
                return ended
            self.damage = ""
            self._anew, self._begun, self._floor = self._begun, True, packet.pts
        if not whole:
            return self._given_up("a packet is cut short")
        if packet.size:
            self._sent.append(packet.pts)
        try:
            frames = self.decoder.decode(packet)
        except LIBAV_ERRORS as error:
            return [*ended, *self._given_up(reason(error))]
        return [*ended, *self._shown(frames)]

    def _shown(self, frames: list[av.VideoFrame]) -> Whole:
        """Return frames, without those that the key frame before them does not hold all of."""
        shown: Whole = []
        for frame in frames:
            if frame.pts in self._sent:
                self._sent.remove(frame.pts)
            if self._floor is None or frame.pts is None or frame.pts >= self._floor:
                shown.append((frame, self._anew))
                self._anew = False
        del self._sent[:-_MOST_HELD]
        return shown

    def _given_up(self, why: str) -> Whole:
        """Return what was decoded before the damage, and be ready for the next key frame."""
        self.damage = why
        ended = list(self._drained())
        came = {frame.pts for frame in ended}
        first = next((number for number, pts in enumerate(self._sent) if pts not in came), len(self._sent))
        lost = min((pts for pts in self._sent[first:] if pts is not None), default=None)
        good = self._shown([frame for frame in ended if lost is None or frame.pts is None or frame.pts < lost])
        self._sent.clear()
        self.decoder.flush_buffers()
        self._begun = True
        return good

    def _drained(self) -> Iterator[av.VideoFrame]:
        for _ in range(_MOST_DRAINED):
            try:
                frames = self.decoder.decode(None)
            except EOFError:
                return
            except LIBAV_ERRORS:
                continue
            yield from frames
            return

    def _is_torn(self, packet: "Packet[VideoStream]") -> bool:
        """Return whether packets before this one are missing."""
        if self._chain is None or packet.pts is None or packet.pos is None or not packet.size:
            return False
        highest, last = self._highest, self._last
        self._highest = packet.pts if highest is None else max(highest, packet.pts)
        self._last, self._seen = (packet.pos, packet.size), self._seen + 1
        if highest is None or last is None or packet.pos == last[0]:
            return False
        if self._seen <= _TRIED and not self.damage:
            if not self._chain.holds(*last, packet.pos):
                self._chain = None  # of a making that is not known here
            return False
        return (packet.pts - highest) * packet.time_base > APART_S and not self._chain.holds(*last, packet.pos)

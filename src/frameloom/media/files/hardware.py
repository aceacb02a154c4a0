"""Hardware encoders: which of them really work on this machine.

    h264, auto --> h264_nvenc? h264_qsv? ... --prove, each in its own process--> the first that works, else software

That FFmpeg lists an encoder says nothing: driver or chip may be missing, and a bad driver may crash or hang. So each
candidate encodes a few pictures in a process of its own, which has a time limit, and they are decoded and compared.
"""

import subprocess
import sys
from functools import cache

from frameloom.core.errors import MediaError
from frameloom.media.files.formats import HARDWARE_CODECS, SOFTWARE, VideoCodec

MAKERS = ("nvenc", "qsv", "amf", "videotoolbox")
"""In the order of trial. VAAPI is in no build of PyAV's."""

LIMIT_S = 20.0
"""Longest time that a proof may take."""

_PROOF = "import sys; from frameloom.media.files.encode import prove; prove(sys.argv[1])"


def choose(codec: VideoCodec, hardware: str, where: str = "output") -> tuple[str, str]:
    """Return the name of an encoder and what a person should be told of it.

    Args:
        codec: what is to be encoded.
        hardware: `no`, `auto`, or an encoder's name such as `h264_nvenc`.
        where: what an error names first.

    Raises:
        MediaError: the encoder that was named is unknown, of another codec, or does not work here.
    """
    if hardware == "no":
        return SOFTWARE[codec], ""
    candidates = tuple(f"{codec}_{maker}" for maker in MAKERS) if codec in HARDWARE_CODECS else ()
    if hardware == "auto":
        failures = []
        for name in candidates:
            failure = why_not(name)
            if not failure:
                return name, f"{codec} is encoded by hardware, {name}"
            failures.append(f"{name}: {failure}")
        tried = f" ({'; '.join(failures)})" if failures else ""
        return SOFTWARE[codec], f"no hardware encodes {codec} here{tried}; {SOFTWARE[codec]} does"
    if hardware not in candidates:
        known = ", ".join(("no", "auto", *candidates))
        raise MediaError(f"{where}: hardware {hardware!r} does not encode {codec}; choose one of: {known}")
    if failure := why_not(hardware):
        raise MediaError(f"{where}: {hardware} does not work here ({failure}); choose auto, or no for software")
    return hardware, f"{codec} is encoded by hardware, {hardware}"


@cache
def why_not(name: str) -> str:
    """Return why an encoder does not work here; empty if it is proven to. Asked once in a process."""
    return try_out(_PROOF, name)


def try_out(code: str, name: str, limit_s: float = LIMIT_S) -> str:
    """Run code on an encoder's name in a process of its own; return why it failed, or nothing."""
    try:
        done = subprocess.run(
            [sys.executable, "-c", code, name],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=limit_s,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"no answer within {limit_s:g} s"
    if done.returncode < 0:
        return f"crashed with signal {-done.returncode}"
    if done.returncode == 0:
        return ""
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return said[-1][:200] if said else f"ended with {done.returncode}"

"""What whole commands cost: CPU and wall seconds, and peak memory, of a process and its children.

command --> process --polled every 20 ms--> Cost
"""

import os
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile


@dataclass(frozen=True)
class Cost:
    """What a whole command took."""

    cpu_s: float
    wall_s: float
    peak_mib: float


def cost(words: Sequence[object]) -> Cost:
    """Run a command and return what it took, its children included."""
    began = time.perf_counter()
    with TemporaryFile() as said:
        process = subprocess.Popen([str(word) for word in words], stdout=subprocess.DEVNULL, stderr=said)
        peak_kib = done = 0
        while not done:
            peak_kib = max(peak_kib, peak_of(process.pid))
            time.sleep(0.02)
            done, status, usage = os.wait4(process.pid, os.WNOHANG)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise SystemExit(
                f"{words[0]} failed ({process.returncode}): {said.read().decode(errors='replace')[-2000:]}"
            )
    return Cost(usage.ru_utime + usage.ru_stime, time.perf_counter() - began, peak_kib / 1024)


def peak_of(process: int) -> int:
    """Return the peak memory of a process and its children until now, in KiB.

    The kernel's figure at the end of a process, ru_maxrss, would count what this script held when it started it.
    """
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
        children = Path(f"/proc/{process}/task/{process}/children").read_text(encoding="utf-8").split()
    except OSError:
        return 0
    own = sum(int(line.split()[1]) for line in lines if line.startswith("VmHWM:"))
    return own + sum(peak_of(int(child)) for child in children)

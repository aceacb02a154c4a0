"""Memory of the process: keep what is freed for the next step instead of handing it back to the system.

A training step on a CPU frees activations of tens of megabytes and asks for them again; by default glibc returns
them to the kernel, and each step pays for zeroed pages anew: about half of its time in convolutional models.

Source: mallopt(3).
"""

import ctypes
import platform

M_TRIM_THRESHOLD, M_MMAP_MAX = -1, -4


def keep_freed_memory() -> bool:
    """Tell glibc to keep freed memory for the life of the process; return whether it does."""
    if platform.libc_ver()[0] != "glibc":
        return False
    mallopt = ctypes.CDLL(None).mallopt
    return bool(mallopt(M_MMAP_MAX, 0)) and bool(mallopt(M_TRIM_THRESHOLD, -1))

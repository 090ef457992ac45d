"""The C library's memory: a few heaps that all threads share, for otherwise each of sixty keeps a large one of its own.

Here lives this one setting. Never here: a bound on anything; whoever needs memory gets it.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import suppress

M_ARENA_MAX = -8  # malloc.h of the GNU C library
HEAPS = 2


def share_heaps() -> bool:
    """Have threads that start from now on share the heaps, and say whether this C library knows how.

    A request's memory goes back to the heap of its thread, and what one heap has free no other thread can use: with
    ballots coming in by sixty threads in turn, a server grew for an hour before all had seen their largest request.
    """
    if sys.platform != "linux":
        return False
    with suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS))
    return False

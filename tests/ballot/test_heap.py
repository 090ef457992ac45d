"""Threads of a server share a few heaps of the C library, so that its memory does not grow with their number."""

from __future__ import annotations

import subprocess
import sys

import pytest

ASK = """
import ctypes, sys, threading
from ballot.heap import share_heaps
if sys.argv[1] == "shared" and not share_heaps():
    sys.exit(3)
libc, together = ctypes.CDLL(None), threading.Barrier(20)
libc.malloc.restype = ctypes.c_void_p
def work():
    together.wait()
    for size in (100, 1000, 10_000, 60_000):
        libc.malloc(size)
    together.wait()
threads = [threading.Thread(target=work) for _ in range(20)]
[t.start() for t in threads], [t.join() for t in threads]
libc.malloc_info(0, ctypes.c_void_p.in_dll(libc, "stdout"))
libc.fflush(None)
"""


def heaps(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", ASK, how], capture_output=True, text=True, check=False)
    if done.returncode == 3:
        pytest.skip("this C library has no heaps of threads")
    assert done.returncode == 0, done.stderr
    return done.stdout.count("<heap nr=")


def test_twenty_threads_share_two_heaps_and_would_have_had_more() -> None:
    assert heaps("shared") <= 2 < heaps("as it comes")

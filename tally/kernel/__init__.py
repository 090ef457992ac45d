"""The fast way for public data: a small library of our own, built from kernel.c, or nothing where it is not there.

Here live finding it and trying it before it is believed. Never here: a secret, or a rule; without the library the
same answers come from libsodium, more slowly (tally/protocol/group.py).
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from tally.kernel.library import Kernel, NoKernel

FOLDER = Path(__file__).parent
SWITCH = "PTN_KERNEL"


@lru_cache(maxsize=1)
def kernel() -> Kernel | None:
    """Return the library if it is built for this machine, answers known questions rightly and is not switched off."""
    return None if why_not() else _opened()


@lru_cache(maxsize=1)
def why_not() -> str:
    """Return why there is no fast way here, in English for those who look after machines; nothing where there is."""
    if os.environ.get(SWITCH) == "off":
        return f"{SWITCH}=off"
    try:
        _opened()
    except NoKernel as reason:
        return str(reason)
    return ""


@lru_cache(maxsize=1)
def _opened() -> Kernel:
    return Kernel.open(FOLDER)

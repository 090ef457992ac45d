"""The fast way for public data: a small library of our own, built from kernel.c, or nothing where it is not there.

Here live finding it and trying it before it is believed. Never here: a secret, or a rule; without the library the
same answers come from libsodium, more slowly (tally/protocol/group.py).
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path

from tally.kernel.library import Kernel
from tally.kernel.loading import NoKernel

FOLDER = Path(__file__).parent
SWITCH = "PTN_KERNEL"
"""`off`: libsodium does the work; `portable`: the library without what only some processors have."""


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


def what_works() -> str:
    """Return one line in English that says what does the work of verifying here."""
    fast = kernel()
    return f"kernel, {fast.way}" if fast else f"libsodium, more slowly; no kernel: {why_not()}"


@lru_cache(maxsize=1)
def _opened() -> Kernel:
    return Kernel.open(FOLDER, portable=os.environ.get(SWITCH) == "portable")

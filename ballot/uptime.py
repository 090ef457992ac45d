"""How long this machine has been running: a clock that nobody can set, and the name of this one run of it.

Here lives the one place where a use case measures a stretch of time, so that a test can hold it still. Never here: a
time of day; setting that forward would end a wait at once (threats E1).
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from pathlib import Path

BOOT_ID, UPTIME = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/uptime")
PLACES = (Path("/proc/self/ns/pid"), Path("/proc/self/ns/time"))
"""What tells two containers of one kernel apart, each of which may be shown an uptime of its own."""
_PROCESS = secrets.token_hex(16)


@dataclass(frozen=True, slots=True)
class Uptime:
    """Seconds since a machine or a container was started, and which start that was."""

    run: str
    seconds: int


def now() -> Uptime:
    """Return how long the machine has been running; where the kernel does not tell, how long this process has.

    The kernel's file counts sleep too, and no library between can falsify it.
    """
    try:
        run = BOOT_ID.read_text("ascii").strip()
        run = ":".join([run[:36], *(str(place.stat().st_ino) for place in PLACES if place.exists())])
        return Uptime(run[:64], int(float(UPTIME.read_text("ascii").split()[0])))
    except (OSError, ValueError, IndexError):
        return Uptime(_PROCESS, int(time.monotonic()))

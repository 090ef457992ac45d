"""Work for worker processes that is slow, or that kills its worker; `spared` is the process of the test.

Here lives what such a process imports. Never here: an import that takes it long, or a test.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def slow_first(number: int) -> int:
    time.sleep(0.05 if number % 7 == 0 else 0)
    return number


def kills_itself_once(folder: Path, spared: int, number: int) -> int:
    """Kill the worker at every tenth task, the first time; the process of the test works too while workers start."""
    mark = folder / str(number)
    if number % 10 == 5 and not mark.exists() and os.getpid() != spared:
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number


def always_dies(spared: int, number: int) -> int:
    if os.getpid() != spared:
        os.kill(os.getpid(), signal.SIGKILL)
    time.sleep(0.02)
    return number

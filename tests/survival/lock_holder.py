"""Somebody who holds a database's write lock again and again: `python -m tests.survival.lock_holder FILE HOLD PAUSE`.

Here lives this one process, which knows nothing of our application. Never here: a write.
"""

from __future__ import annotations

import sqlite3
import sys
import time


def main(file: str, hold: str, pause: str) -> None:
    """Hold the lock for so many seconds, let go for so many, until the input ends; print each time it is held."""
    connection = sqlite3.connect(file, isolation_level=None, timeout=60)
    while True:
        connection.execute("BEGIN IMMEDIATE")
        print("held", flush=True)
        time.sleep(float(hold))
        connection.execute("ROLLBACK")
        time.sleep(float(pause))


if __name__ == "__main__":
    main(*sys.argv[1:])

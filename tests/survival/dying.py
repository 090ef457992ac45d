"""A process that kills itself at the n-th step of what it does: at every place where a power cut could catch it.

Here live the places: each transaction just before and just after it is committed, each file before it is opened for
writing, when it is half written, before it is brought to the disk, renamed or removed, each process before it starts.
Never here: anything that tidies up before the end, or a change to what is done.
"""

from __future__ import annotations

import os
import pathlib
import signal
import sys
from collections.abc import Callable
from itertools import count
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

WRITES = os.O_WRONLY | os.O_RDWR
EVENTS = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.link", "os.truncate", "subprocess.Popen"}
Step = Callable[[str], None]


def arm(step: int, *, inside: pathlib.Path) -> Callable[[], int]:
    """Die at this step, counted from 1 (0: never); of files only those `inside` count. Return what counts the steps."""
    numbers, reached = count(1), [0]

    def at(place: str) -> None:
        reached[0] = next(numbers)
        if reached[0] == step:
            print(f"killed at step {step}: {place}", file=sys.stderr, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "commit", lambda _connection: at("before a commit"))
    event.listen(Session, "after_commit", lambda _session: at("after a commit"))
    _watch_files(at, str(inside))
    _tear_writes(at, str(inside))
    return lambda: reached[0]


def _watch_files(at: Step, inside: str) -> None:
    real_fsync = os.fsync

    def fsync(descriptor: int) -> None:
        at("before fsync")
        real_fsync(descriptor)

    def audit(what: str, arguments: tuple[Any, ...]) -> None:
        named = str(arguments[0]).startswith(inside) if arguments else False
        if what == "open":
            if named and arguments[2] & WRITES:
                at(f"before opening {pathlib.Path(arguments[0]).name}")
        elif what in EVENTS and (named or what == "subprocess.Popen"):
            at(f"before {what}")

    os.fsync = fsync
    sys.addaudithook(audit)


def _tear_writes(at: Step, inside: str) -> None:
    """Let `Path.write_bytes` write one half first."""
    whole = pathlib.Path.write_bytes

    def write_bytes(path: pathlib.Path, raw: bytes) -> int:
        if str(path).startswith(inside):
            whole(path, raw[: len(raw) // 2])
            at(f"{path.name} is half written")
        return whole(path, raw)

    pathlib.Path.write_bytes = write_bytes  # type: ignore[method-assign]

"""A process that has imported everything and forks a child for every order: a thousand restarts take minutes.

Here lives the forking, and the test's side of it. Never here: what a child does; an order names a function. A child
ends as every Python does, with all that is done at exit.

    with Nursery(folder) as nursery:                # python -m tests.nursery
        child = nursery.start("tests.survival.acts:close", folder=…, uuid=…)
        child.kill()                                # SIGKILL: nothing is tidied up
"""

from __future__ import annotations

import ctypes
import gc
import importlib
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any

_ROOT = Path(__file__).parent.parent
PATIENCE = 120
KILLED = -signal.SIGKILL
_PARENT_DEATH = 1  # prctl(PR_SET_PDEATHSIG): a child ends with its nursery, whatever becomes of the test
_IMPORTED = (
    "ballot.app", "ballot.cli", "keys.cli", "keys.documents.act", "tally.cli", "tally.count", "tally.pack",
    "tally.report.documents", "tally.report.exports", "tally.signed.folder", "tests.survival.acts", "waitress.runner",
)  # fmt: skip


@dataclass(frozen=True)
class Child:
    """A process that does one thing, until it has ended or is killed; `log` is where it says what went wrong."""

    nursery: Nursery
    pid: int
    log: Path

    def kill(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        assert self.wait() == KILLED, self.log.read_text()

    def ended(self) -> int | None:
        """Return the exit code, negative for a signal; nothing while it runs."""
        return self.nursery.ask({"ended": self.pid})

    def wait(self, within: float = PATIENCE) -> int:
        end = time.monotonic() + within
        while (code := self.ended()) is None:
            assert time.monotonic() < end, self.log.read_text()
            time.sleep(0.005)
        return code


class Nursery:
    """The test's side: orders go in as lines of JSON, answers come out as lines."""

    def __init__(self, folder: Path, environ: Mapping[str, str] = {}) -> None:
        self.folder, self.environ, self.children, self._asking = folder, dict(environ), 0, Lock()
        self._ended: dict[int, int] = {}

    def __enter__(self) -> Nursery:
        command = [sys.executable, "-m", "tests.nursery"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        self._process = subprocess.Popen(
            command, cwd=_ROOT, env=os.environ | self.environ, text=True, start_new_session=True, **pipes
        )
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                pipe.close()
        self._process.wait()

    def start(
        self,
        what: str,
        *,
        environ: Mapping[str, str] = {},
        log: str = "",
        streams: Sequence[Path] = (),
        **arguments: Any,
    ) -> Child:
        """Let a child call `module:function` with these arguments; `streams` are its input, output and errors."""
        self.children += 1
        path = self.folder / (log or f"child-{self.children}.log")
        files = [str(each) for each in streams or (os.devnull, path, path)]
        order = {"what": what, "environ": dict(environ), "streams": files, "arguments": arguments}
        pid = int(self.ask(order))
        self._ended.pop(pid, None)  # the system uses a number again
        return Child(self, pid, Path(files[2]))

    def ask(self, order: dict[str, Any]) -> Any:
        with self._asking:
            if (pid := order.get("ended")) in self._ended:
                return self._ended[pid]
            assert self._process.stdin and self._process.stdout
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
            answer = json.loads(self._process.stdout.readline())
            if pid and answer is not None:
                self._ended[pid] = answer
            return answer


# --- the nursery's side -------------------------------------------------------------------------------------------


def _become(order: dict[str, Any]) -> None:
    """Be the child: its own session, environment and streams."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PARENT_DEATH, signal.SIGKILL)
    ways = (os.O_RDONLY, *[os.O_WRONLY | os.O_CREAT | os.O_APPEND] * 2)
    for number, (path, way) in enumerate(zip(order["streams"], ways, strict=True)):
        os.dup2(os.open(path, way, 0o600), number)
    sys.stdin = os.fdopen(0, encoding="utf-8", closefd=False)
    os.environ.update(order["environ"])
    module, _colon, function = order["what"].partition(":")
    getattr(importlib.import_module(module), function)(**order["arguments"])


def _ended(pid: int) -> int | None:
    found, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if found else None


def _sleep(seconds: float) -> None:
    """Sleep where libfaketime leaves the monotonic clock alone: its `clock_nanosleep` then answers EINVAL."""
    select.select([], [], [], seconds)


def main() -> None:
    if "faketime" in os.environ.get("LD_PRELOAD", ""):
        time.sleep = _sleep
    for module in _IMPORTED:
        importlib.import_module(module)
    gc.freeze()  # a child need not look through all of it when it ends
    for line in sys.stdin:
        order = json.loads(line)
        if "ended" in order:
            answer: int | None = _ended(order["ended"])
        else:
            answer = os.fork()
            if answer == 0:
                _become(order)
                return
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()

"""Runs `python -m PACKAGE …` as a person would, and looks at what a person sees.

Here lives the starting of our commands in tests: each is a process of its own, forked from one that has imported their
code already, which is most of what a start takes. Never here: a passphrase in an argument.
"""

from __future__ import annotations

import atexit
import os
import runpy
import shutil
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tally.record import Record
from tests.nursery import Nursery
from tests.postgres import databases_of

VERIFIED = "ĐÃ KIỂM CHỨNG"
CONSISTENT = "NHẤT QUÁN, CHƯA KIỂM NGUỒN GỐC"
DONE, REFUSED, WRONG_USE, INCOMPLETE = 0, 1, 2, 3


@dataclass(frozen=True)
class Done:
    """An ended command: its exit code, and everything it printed."""

    code: int
    output: str


def run(*arguments: object, stdin: str = "", timeout: float = 120, **environment: str) -> Done:
    """Run a command of ours; a traceback fails the test, whatever the test is about."""
    environment = os.environ | {"PTN_LANG": "vi"} | databases_of(environment) | environment
    nursery = _nursery(os.getpid())
    with tempfile.TemporaryDirectory(dir=nursery.folder) as place:
        streams = [Path(place) / name for name in ("in", "out", "errors")]
        streams[0].write_text(stdin, "utf-8")
        named = {"arguments": list(map(str, arguments)), "environment": environment}
        code = nursery.start("tests.commands:become", streams=streams, **named).wait(timeout)
        output = "".join(stream.read_text("utf-8") for stream in streams[1:])
    assert "Traceback" not in output, output
    return Done(code, output)


def become(arguments: list[str], environment: Mapping[str, str]) -> None:
    """Be `python -m …` in the nursery's child."""
    os.environ.clear()
    os.environ.update(environment)
    tempfile.tempdir = None
    package, *sys.argv[1:] = arguments
    runpy.run_module(package, run_name="__main__", alter_sys=True)


@cache
def _nursery(_process: int) -> Nursery:
    """Start the process that is forked, one for each process that runs tests; it ends when that one does."""
    folder = Path(tempfile.mkdtemp(prefix="commands-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Nursery(folder, {"PYTHONUTF8": "1"}).__enter__()


def tally(*arguments: object, **environment: str) -> tuple[int, str]:
    workers = ("--workers", 1) if arguments[0] in ("verify", "archive", "count", "report") else ()
    done = run("tally", *arguments, *workers, **environment)
    return done.code, done.output


def written(record: Record, path: Path) -> Path:
    record.write(path)
    return path

"""Runs `python -m PACKAGE …` as a person would, and looks at what a person sees.

Here lives the starting of our commands in tests: each is a process of its own, forked from one that has imported their
code already, which is most of what a start takes. Never here: a passphrase in an argument.
"""

from __future__ import annotations

import atexit
import os
import runpy
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tally.record import Record
from tests.nursery import Nursery
from tests.postgres import databases_of

ROOT = Path(__file__).parent.parent
VERIFIED = "ĐÃ KIỂM CHỨNG"
CONSISTENT = "NHẤT QUÁN, CHƯA KIỂM NGUỒN GỐC"
DONE, REFUSED, WRONG_USE, INCOMPLETE = 0, 1, 2, 3


@dataclass(frozen=True)
class Done:
    """An ended command: its exit code, and everything it printed."""

    code: int
    output: str


def run(*arguments: object, stdin: str = "", timeout: float = 120, **environment: str | Path) -> Done:
    """Run a command of ours; a traceback fails the test, whatever the test is about."""
    given = os.environ | {"PTN_LANG": "vi"} | databases_of(environment) | environment
    environ = {name: str(value) for name, value in given.items()}
    done = ended(list(map(str, arguments)), environ, stdin=stdin, timeout=timeout)
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output
    return Done(done.returncode, output)


def ended(
    arguments: list[str], environ: Mapping[str, str], *, stdin: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run `python -m …` to its end: forked, unless its environment says what a Python reads as it starts."""
    how = fork if _at_start(environ) == _AT_START else start
    return how(arguments, environ, stdin=stdin, timeout=timeout)


def start(
    arguments: list[str], environ: Mapping[str, str], *, stdin: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run it in a Python that has imported nothing."""
    return subprocess.run(
        [sys.executable, "-m", *arguments], input=stdin, capture_output=True, text=True, encoding="utf-8",
        timeout=timeout, check=False, cwd=ROOT, env={"PYTHONUTF8": "1"} | environ,
    )  # fmt: skip


def fork(
    arguments: list[str], environ: Mapping[str, str], *, stdin: str = "", timeout: float = 120
) -> subprocess.CompletedProcess[str]:
    """Run it in a child of the process that has imported its code."""
    nursery = _nursery(os.getpid())
    with tempfile.TemporaryDirectory(dir=nursery.folder) as place:
        streams = [Path(place) / name for name in ("in", "out", "errors")]
        streams[0].write_text(stdin, "utf-8")
        child = nursery.start("tests.commands:become", streams=streams, arguments=arguments, environment=environ)
        code = child.wait(timeout)
        said = [stream.read_text("utf-8") for stream in streams[1:]]
    return subprocess.CompletedProcess([sys.executable, "-m", *arguments], code, *said)


def run_by_the_application(command: list[str], **how: object) -> subprocess.CompletedProcess[str]:
    """Stand for `subprocess.run` where the application counts: `python -m tally …`, with this process's environment."""
    python, option, *arguments = command
    assert (python, option) == (sys.executable, "-m")
    assert how == {"capture_output": True, "text": True, "encoding": "utf-8", "check": False}, "as `start` runs it"
    return ended(arguments, dict(os.environ))


def _at_start(environ: Mapping[str, str]) -> dict[str, str]:
    """Return what is read before a command begins, so that no fork can learn of it."""
    return {name: value for name, value in environ.items() if name.startswith(("LD_", "PTN_KERNEL", "PYTHON"))}


_AT_START = _at_start(os.environ)


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

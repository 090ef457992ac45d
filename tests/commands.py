"""Runs `python -m PACKAGE …` as a person would, and looks at what a person sees.

Here lives the starting of our commands in tests. Never here: a passphrase in an argument.
"""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tally.record import Record
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


def run(*arguments: object, stdin: str = "", timeout: float = 120, **environment: str) -> Done:
    """Run a command of ours; a traceback fails the test, whatever the test is about."""
    environment = databases_of(environment) | environment
    done = subprocess.run(
        [sys.executable, "-m", *map(str, arguments)],
        input=stdin, capture_output=True, text=True, encoding="utf-8", timeout=timeout, check=False,
        cwd=ROOT, env=os.environ | {"PTN_LANG": "vi", "PYTHONUTF8": "1"} | environment,
    )  # fmt: skip
    output = done.stdout + done.stderr
    assert "Traceback" not in output, output
    return Done(done.returncode, output)


def tally(*arguments: object, **environment: str) -> tuple[int, str]:
    workers = ("--workers", 1) if arguments[0] in ("verify", "archive", "count", "report") else ()
    done = run("tally", *arguments, *workers, **environment)
    return done.code, done.output


def written(record: Record, path: Path) -> Path:
    record.write(path)
    return path

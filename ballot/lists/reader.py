"""`python -m ballot.lists.reader` reads a workbook from standard input, in a process with little time and memory.

Here live both ends of that process. Never here: the sheets' meaning, or a look at the file outside that process.

What it prints is data in a shape of its own; where it ends otherwise, the file was too much for it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import asdict
from threading import BoundedSemaphore

from ballot.lists.raw import RawSheet
from ballot.lists.refusals import BadFile, Unfit
from ballot.lists.sheets import read_sheets
from tally.i18n import marked as _
from tally.i18n import said

SECONDS, PATIENCE, MEMORY = 20, 40, 1024**3
"""Of computing, of waiting, and bytes of address space; a full workbook takes three seconds and 150 MB."""
COMMAND = (sys.executable, "-m", "ballot.lists.reader")
_TURN = BoundedSemaphore(2)
_KEPT = ("PATH", "PYTHONPATH", "VIRTUAL_ENV", "SYSTEMROOT", "LD_LIBRARY_PATH", "LANG")


def sheets_of(raw: bytes, name: str) -> list[RawSheet]:
    """Return the sheets of an uploaded .xlsx file, read in a process of its own. Raises BadFile."""
    environment = {key: os.environ[key] for key in _KEPT if key in os.environ}
    with _TURN:
        try:
            done = subprocess.run(  # noqa: S603 - our own module, no argument
                COMMAND, input=raw, capture_output=True, check=False, timeout=PATIENCE, env=environment
            )
        except subprocess.TimeoutExpired:
            raise BadFile(name, reason=_("đọc mất quá nhiều thời gian")) from None
    if done.returncode:
        raise BadFile(name, reason=_("đọc tốn quá nhiều bộ nhớ hoặc thời gian"))
    answer = json.loads(done.stdout)
    if "reason" in answer:
        where = f"{name}, {answer['where']}" if answer["where"] else name
        raise BadFile(where, reason=said(answer["reason"], **answer["details"]))
    return [_sheet(found) for found in answer["sheets"]]


def _sheet(found: dict[str, object]) -> RawSheet:
    """Put back what JSON has no words for: numbers as keys, and pairs."""
    rows = {int(n): {int(c): tuple(cell) for c, cell in row.items()} for n, row in found.pop("rows").items()}  # type: ignore[attr-defined]
    columns = [tuple(pair) for pair in found.pop("hidden_columns")]  # type: ignore[attr-defined]
    return RawSheet(rows=rows, hidden_columns=columns, **found)  # type: ignore[arg-type]


def limit() -> None:
    """Bound this process, where the system can."""
    with suppress(ImportError):
        import resource

        resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))  # it writes no file


def main() -> None:
    """Read standard input, print what was found."""
    limit()
    try:
        answer: dict[str, object] = {"sheets": [asdict(sheet) for sheet in read_sheets(sys.stdin.buffer.read())]}
    except Unfit as error:
        answer = {"reason": error.reason, "where": error.where, "details": error.details}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

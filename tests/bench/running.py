"""Running programs in turn and saying what they took: medians, spread, ratios, tables.

Here lives the stopwatch. Never here: what is run, or a claim that some number is small enough.
"""

from __future__ import annotations

import os
import re
import statistics
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

MIB = 1024


@dataclass(frozen=True, slots=True)
class Took:
    """One run: seconds on the clock and of processors (its children's too), KiB of the one started at the most."""

    clock: float
    work: float
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Program:
    """A command up to the file that it reads, and what its environment has more."""

    command: Sequence[str]
    more: Mapping[str, str] = field(default_factory=dict)
    folder: bool = False
    """Whether it wants the folder in which the file lies."""

    def on(self, path: Path) -> list[str]:
        """Return the whole command."""
        return [*self.command, str(path.parent if self.folder else path)]


def run(command: Sequence[str], more: Mapping[str, str]) -> Took:
    """Run a program to its end and say what it took. Raises CalledProcessError if it did not accept what it read."""
    began = time.perf_counter()
    process = subprocess.Popen(command, env=os.environ | more, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    peak = [0]
    watching = threading.Thread(target=_watch, args=(process.pid, peak))
    watching.start()
    _pid, status, used = os.wait4(process.pid, 0)
    watching.join()
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return Took(time.perf_counter() - began, used.ru_utime + used.ru_stime, peak[0])


def _watch(pid: int, peak: list[int]) -> None:
    """Look at the most memory that a process had, until it is gone; `wait4` would count this one's own too."""
    while True:
        try:
            status = Path(f"/proc/{pid}/status").read_text("ascii")
        except OSError:
            return
        found = re.search(r"VmHWM:\s+([0-9]+) kB", status)
        if found is None:  # it has ended, and nobody has asked yet
            return
        peak[0] = int(found[1])
        time.sleep(0.05)


def in_turn(programs: Mapping[str, Program], paths: Sequence[Path], rounds: int) -> dict[tuple[str, Path], list[Took]]:
    """Run every program on every file in every round, one after the other, so that a busy minute is everybody's."""
    took: dict[tuple[str, Path], list[Took]] = defaultdict(list)
    for number in range(rounds):
        for name, program in programs.items():
            for path in paths:
                took[name, path].append(run(program.on(path), program.more))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return took


def repeated(work: Callable[[], object], rounds: int) -> list[float]:
    """Return the milliseconds of each of `rounds` calls."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(1000 * (time.perf_counter() - began))
    return took


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return median, least and most."""
    return f"{statistics.median(values):.{digits}f} ({min(values):.{digits}f} – {max(values):.{digits}f})"


def table(title: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print rows under a head, the first column to the left."""
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    print(f"\n{title}")
    for row in (head, *rows):
        first, *others = row
        print("  ".join([first.ljust(widths[0]), *(cell.rjust(w) for cell, w in zip(others, widths[1:], strict=True))]))

"""How a whole verification grows: with ballots, with officials, with workers; and what memory its processes take.

Here lives the table of `tally verify` over whole records. Never here: a peer, or a single step.
"""

from __future__ import annotations

import contextlib
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from pathlib import Path

from tests.bench import material
from tests.bench.running import MIB, Program, Took, in_turn, spread, table

CHECKED = (
    "checked of every record: manifest, committee, every slip's blind signatures, every point, signature and proof of "
    "every ballot, checkpoints, the sums, every share with both proofs, the result"
)


def measure(stock: Path, *, sizes: Sequence[tuple[int, int]], rounds: int, workers: Sequence[int], dask: bool) -> None:
    """Make a record of each size (ballots, officials), verify each with each executor in turn, print the table."""
    made = {size: material.make(stock, *size) for size in sizes}
    with _executors(workers, dask) as programs:
        paths = [made[size].archive for size in sizes]
        took = in_turn(programs, paths, rounds)
    rows = []
    for size, path in zip(sizes, paths, strict=True):
        for name in programs:
            rows.append((f"{size[0]:,} × {size[1]}", name, *_figures(took[name, path], size[0])))
    head = ("ballots × officials", "", "seconds", "ms a ballot", "MiB of its process")
    table(f"`tally verify`, {rounds} rounds, median (least – most)", head, rows)
    print(CHECKED)


def _figures(took: Sequence[Took], ballots: int) -> tuple[str, str, str]:
    clock = [one.clock for one in took]
    return (
        spread(clock, 2),
        f"{1000 * statistics.median(clock) / ballots:.1f}",
        f"{max(one.memory for one in took) / MIB:.0f}",
    )


# --- executors ------------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def _executors(workers: Sequence[int], dask: bool) -> Iterator[dict[str, Program]]:
    verify = [sys.executable, "-m", "tally", "verify"]
    found = {f"{n} worker{'s' * (n > 1)}": Program([*verify, "--workers", str(n)], folder=True) for n in workers}
    if not dask:
        yield found
        return
    if find_spec("distributed") is None:
        print("no Dask here (pip install dask[distributed]): no row of it", file=sys.stderr)
        yield found
        return
    with _cluster(max(workers)) as address:
        yield found | {f"Dask, {max(workers)} workers": Program([*verify, "--dask", address], folder=True)}


@contextlib.contextmanager
def _cluster(workers: int) -> Iterator[str]:
    """Start a scheduler and workers on loopback, processes of their own, and end them."""
    port, quiet = 18786, {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    address = f"tcp://127.0.0.1:{port}"
    commands = [
        ["scheduler", "--host", "127.0.0.1", "--port", str(port), "--no-dashboard"],
        *[["worker", address, "--nworkers", "1", "--nthreads", "1", "--no-dashboard"] for _ in range(workers)],
    ]
    started = [
        subprocess.Popen([sys.executable, "-m", "distributed.cli.dask_" + name, *rest], env=os.environ, **quiet)  # type: ignore[call-overload]
        for name, *rest in commands
    ]
    try:
        time.sleep(5)  # workers look for the scheduler until they find it
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait(20)

"""How much memory a verification takes, of archives that grow: `python -m tests.bench.memory`.

Here live making archives of small ballots, verifying each in a process of its own, and a table of peaks. Never here: a
claim that some number is small enough.

    python -m tests.bench.memory [--ballots 500 2000 20000] [--officials 2] [--workers 2] [--stock FOLDER]

The coordinator is the process that a person starts; the worker is the one of its processes that took the most.
Archives are kept in the stock, for the large one takes minutes to make; every ballot in them is a real one.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from keys.committee.ceremony import publish_key
from tally.count import close
from tally.executors import Workers, number_of, pool
from tally.file_bytes import FileBytes
from tally.protocol.archive import BALLOT, PARTIAL_DECRYPTION, RESULT, Archive
from tally.protocol.decryption import Binding, Owned, decrypt_partially
from tally.protocol.election import Election, Question
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.group import random_scalar
from tally.protocol.result import combine_factors, open_sums
from tally.protocol.sums import EncryptedTally
from tally.protocol.trustees import Single, Trustees
from tally.verify import verify_archive
from tests.tally.small import LEVELS, MANIFEST_HASH, make_election, new_credential, vote

A_DAY = 1_795_305_600
MIB = 1024 * 1024


def main() -> int:
    """Make what is missing, verify each archive, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.memory")
    parser.add_argument("--ballots", type=int, nargs="+", default=[500, 2000, 20000])
    parser.add_argument("--officials", type=int, default=2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--stock", type=Path)
    parser.add_argument("--verify", type=Path, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.verify is not None:
        print(json.dumps(peaks(chosen.verify, chosen.workers)))
        return 0
    with tempfile.TemporaryDirectory(prefix="ptn-memory-") as scratch:
        stock = chosen.stock or Path(scratch)
        stock.mkdir(parents=True, exist_ok=True)
        show([row(stock, ballots, chosen.officials, chosen.workers) for ballots in chosen.ballots])
    return 0


# --- archives -------------------------------------------------------------------------------------------------------


def archive(stock: Path, ballots: int, officials: int) -> Path:
    """Return an archive of this many ballots, counted to its end; make it in another process if it is not there."""
    path = stock / f"{ballots}x{officials}.bel"
    if not path.exists():
        print(f"making {ballots} ballots of {officials} rows …", file=sys.stderr)
        maker = multiprocessing.get_context("spawn").Process(target=make, args=(path, ballots, officials))
        maker.start()
        maker.join()
    return path


def make(path: Path, ballots: int, officials: int) -> None:
    """Make the archive with all cores."""
    secret = random_scalar()
    questions = (Question(LEVELS, False, 0, 1, f"{n}. Cán bộ – Chức vụ") for n in range(1, officials + 1))
    election = make_election(*questions, secret=secret)
    trustees = Trustees.make((Single(publish_key(secret, None)),))
    with multiprocessing.get_context("spawn").Pool() as processes:
        made = dict(processes.imap_unordered(_vote, ((election.raw, n) for n in range(ballots)), chunksize=16))
    listed = canonical(sorted(made.values()))
    begun = Archive.begin(A_DAY, election=election.raw, trustees=trustees.raw, credentials=listed)
    closed = close(begun.extended(*((BALLOT, (raw,)) for raw in sorted(made, key=sha256_hex))))
    raw = closed.events[-1].data[0]
    tally = EncryptedTally.parse(raw, election)
    binding = Binding(MANIFEST_HASH, election.hash, sha256_hex(raw), 1)
    part = decrypt_partially(election, tally, binding, public=trustees.owners[0], secret=secret)
    result = open_sums(tally, combine_factors(trustees, {1: part}), ballots)
    decrypted = (part.encode(), Owned(1, sha256_hex(part.encode())).encode())
    counted = closed.extended((PARTIAL_DECRYPTION, decrypted), (RESULT, (result.encode(),)))
    with path.open("wb") as file:
        file.writelines(counted.chunks())


def _vote(task: tuple[bytes, int]) -> tuple[bytes, str]:
    election, number = Election.parse(task[0]), task[1]
    rows = [tuple(int(level == (number + row) % 4) for level in range(3)) for row in range(len(election.questions))]
    by = new_credential(election.uuid)
    return vote(election, *rows, by=by).encode(), by.public.encode()


# --- peaks ----------------------------------------------------------------------------------------------------------


def peaks(path: Path, workers: int) -> dict[str, Any]:
    """Verify an archive and return the peaks of this process and of its workers, in bytes, and the seconds."""
    began = time.perf_counter()
    with pool(Workers(workers)) as executor:
        verified = verify_archive(FileBytes(path), executor=executor)
        took = time.perf_counter() - began
        asked = [executor.submit(peak) for _ in range(8 * number_of(executor))] if executor else []
        worker = max((future.result() for future in asked), default=0)
    return {"ballots": len(verified.evidence.ballots), "coordinator": peak(), "worker": worker, "seconds": took}


def peak() -> int:
    """Return the most memory that this process has had, in bytes; a moment passes, so that every worker is asked."""
    time.sleep(0.02)
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    (line,) = (line for line in status.read_text("ascii").splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) * 1024


def row(stock: Path, ballots: int, officials: int, workers: int) -> dict[str, Any]:
    """Verify one archive in a process of its own."""
    path = archive(stock, ballots, officials)
    command = [sys.executable, "-m", "tests.bench.memory", "--verify", str(path), "--workers", str(workers)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return json.loads(done.stdout) | {"bytes": path.stat().st_size}


def show(rows: Sequence[dict[str, Any]]) -> None:
    """Print what each archive took."""
    print(f"{'ballots':>10}{'archive, MiB':>16}{'coordinator, MiB':>20}{'worker, MiB':>16}{'ballots/s':>12}")
    for one in rows:
        sizes = f"{one['bytes'] / MIB:>16.1f}{one['coordinator'] / MIB:>20.1f}{one['worker'] / MIB:>16.1f}"
        print(f"{one['ballots']:>10}{sizes}{one['ballots'] / one['seconds']:>12.0f}")
    for before, last in pairwise(rows):
        more = (last["coordinator"] - before["coordinator"]) / max(last["ballots"] - before["ballots"], 1)
        between = f"from {before['ballots']} to {last['ballots']} ballots"
        print(f"{between} the coordinator takes {more:.0f} bytes a ballot more")


if __name__ == "__main__":
    sys.exit(main())

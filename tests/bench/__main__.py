"""How long a verification takes, beside a peer on the same archive in the same run: `python -m tests.bench`.

Here live making an archive, running programs in turn, and a table of medians and ratios. Never here: a claim that
some number is small enough; a machine is as fast as it is.

    python -m tests.bench [--ballots 40] [--officials 44] [--rounds 5] [--suite sid]

Every program is a process of its own and reads the same files. What a ballot costs is the difference between a large
archive and a small one, divided by the ballots between them, so that starting up is not counted. The peer is Debian's
belenios-tool, whose `election verify` checks the proofs of every ballot (and says nothing of a wrong one).
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from keys.committee.ceremony import publish_key
from tally.kernel import why_not
from tally.protocol.ballot import Ballot
from tally.protocol.election import Election, Question
from tally.protocol.group import random_scalar
from tally.protocol.trustees import Single, Trustees
from tests.stranger import UNAVAILABLE
from tests.tally.small import LEVELS, UUID, make_archive, make_election, vote

BELENIOS = Path(__file__).parent.parent / "tools" / "belenios"
FEW = 4
FAST, SLOW, TWO, PEER = "tally, 1 process", "tally without its kernel", "tally, 2 processes", "belenios-tool"


@dataclass(frozen=True, slots=True)
class Took:
    """Seconds of one run: on the clock, and of processors, its children's among them."""

    clock: float
    work: float


def main() -> int:
    """Measure, print the table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("--ballots", type=int, default=40)
    parser.add_argument("--officials", type=int, default=44)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--suite", default="sid")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="ptn-bench-") as scratch:
        print(f"making {chosen.ballots} ballots of {chosen.officials} rows …", file=sys.stderr)
        small, large = archives(Path(scratch), chosen.ballots, chosen.officials)
        programs = the_programs(chosen.suite)
        took = in_turn(programs, (small, large), chosen.rounds)
    show(took, chosen.ballots, chosen.officials, chosen.rounds)
    return 0


# --- what is verified -----------------------------------------------------------------------------------------------


def archives(folder: Path, ballots: int, officials: int) -> tuple[Path, Path]:
    """Write an archive of a few ballots and one of many, each counted to its end; return where."""
    secret = random_scalar()
    questions = (Question(LEVELS, False, 0, 1, f"{n}. Cán bộ – Chức vụ") for n in range(1, officials + 1))
    election = make_election(*questions, secret=secret)
    with ProcessPoolExecutor() as processes:
        made = [Ballot.parse(raw) for raw in processes.map(_vote, [(election.raw, n) for n in range(ballots)])]
    trustees = Trustees.make((Single(publish_key(secret, None)),))
    written = []
    for name, some in (("small", made[:FEW]), ("large", made)):
        path = folder / name / f"{UUID}.bel"
        path.parent.mkdir()
        path.write_bytes(make_archive(election, trustees, some, {1: secret})[0].encode())
        written.append(path)
    return written[0], written[1]


def _vote(task: tuple[bytes, int]) -> bytes:
    election, number = Election.parse(task[0]), task[1]
    rows = [tuple(int(level == (number + row) % 4) for level in range(3)) for row in range(len(election.questions))]
    return vote(election, *rows).encode()  # type: ignore[arg-type]


# --- who verifies ---------------------------------------------------------------------------------------------------


def the_programs(suite: str) -> dict[str, tuple[Sequence[str], dict[str, str]]]:
    """Return the command of each program up to the archive, and its environment."""
    ours = [sys.executable, "-m", "tally", "archive"]
    found: dict[str, tuple[Sequence[str], dict[str, str]]] = {}
    if reason := why_not():
        print(f"no kernel ({reason}): only the slow way is measured", file=sys.stderr)
    else:
        found[FAST] = ([*ours, "--workers", "1"], {})
        found[TWO] = ([*ours, "--workers", "2"], {})
    found[SLOW] = ([*ours, "--workers", "1"], {"PTN_KERNEL": "off"})
    peer = [str(BELENIOS), "--suite", suite]
    if subprocess.run([*peer, "--version"], capture_output=True, check=False).returncode == UNAVAILABLE:
        print("belenios-tool is not to be had here: no peer in this table", file=sys.stderr)
    else:
        found[PEER] = ([*peer, "election", "verify", "--dir"], {})
    return found


def in_turn(
    programs: dict[str, tuple[Sequence[str], dict[str, str]]], paths: tuple[Path, Path], rounds: int
) -> dict[tuple[str, str], list[Took]]:
    """Run every program on both archives in every round, one after the other, so that a busy minute is everybody's."""
    took: dict[tuple[str, str], list[Took]] = defaultdict(list)
    for number in range(rounds):
        for name, (command, more) in programs.items():
            for path in paths:
                place = path.parent if name == PEER else path
                took[name, path.parent.name].append(run([*command, str(place)], more))
        print(f"round {number + 1} of {rounds}", file=sys.stderr)
    return took


def run(command: Sequence[str], more: dict[str, str]) -> Took:
    """Run a program to its end and say what it took. Raises CalledProcessError if it did not accept the archive."""
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, env=os.environ | more, check=True, capture_output=True)
    after = os.times()
    work = after.children_user + after.children_system - before.children_user - before.children_system
    return Took(time.perf_counter() - began, work)


# --- what it took ---------------------------------------------------------------------------------------------------


def show(took: dict[tuple[str, str], list[Took]], ballots: int, officials: int, rounds: int) -> None:
    """Print what a ballot takes each program, the spread over the rounds, and how often faster than the peer."""
    between = ballots - FEW
    rows: dict[str, tuple[list[float], list[float]]] = {}
    for name, _ in took:
        pairs = list(zip(took[name, "small"], took[name, "large"], strict=True))
        clock = [1000 * (large.clock - small.clock) / between for small, large in pairs]
        work = [1000 * (large.work - small.work) / between for small, large in pairs]
        rows[name] = clock, work
    print(f"{ballots} ballots × {officials} officials × 3 levels, {rounds} rounds, ms a ballot: median (least – most)")
    print(f"{'':26}{'on the clock':>26}{'of processors':>26}{'times faster':>14}")
    peer = statistics.median(rows[PEER][0]) if PEER in rows else None
    for name, (clock, work) in rows.items():
        ratio = f"{peer / statistics.median(clock):.1f}" if peer else "–"
        print(f"{name:26}{spread(clock):>26}{spread(work):>26}{ratio:>14}")
    print("checked of every ballot: form, membership of every point, credential, signature, every proof; then the sums")


def spread(values: list[float]) -> str:
    """Return median, least and most."""
    return f"{statistics.median(values):.1f} ({min(values):.1f} – {max(values):.1f})"


if __name__ == "__main__":
    sys.exit(main())

"""Verifying beside a peer: every program reads the same archives in the same run, one after the other.

Here lives the comparison with Debian's belenios-tool. Never here: how a program is timed.

What a ballot costs is the difference between a large archive and a small one, divided by the ballots between them, so
that starting up is not counted. The peer's `election verify` checks the proofs of every ballot (and says nothing of a
wrong one); ours refuses.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from keys.committee.ceremony import publish_key
from tally.kernel import why_not
from tally.protocol.ballot import Ballot
from tally.protocol.election import Election, Question
from tally.protocol.group import random_scalar
from tally.protocol.trustees import Single, Trustees
from tests.bench.running import Program, Took, in_turn, spread, table
from tests.stranger import UNAVAILABLE
from tests.tally.small import LEVELS, UUID, make_archive, make_election, vote

BELENIOS = Path(__file__).parent.parent / "tools" / "belenios"
FEW = 4
PEER = "belenios-tool"
TWO = "tally, 2 processes"  # which are no children of the one that is started, so their work is not seen
CHECKED = "checked of every ballot: form, membership of every point, credential, signature, every proof; then the sums"


def compare(folder: Path, *, ballots: int, officials: int, rounds: int, suite: str) -> None:
    """Make two archives, let every program verify both in turn, and print the table."""
    print(f"making {ballots} ballots of {officials} rows …", file=sys.stderr)
    few, many = archives(folder, ballots, officials)
    took = in_turn(programs(suite), (few, many), rounds)
    rows = []
    of_a_ballot = {name: _of_a_ballot(took[name, few], took[name, many], ballots - FEW) for name, _path in took}
    peer = statistics.median(of_a_ballot[PEER][0]) if PEER in of_a_ballot else None
    for name, (clock, work) in of_a_ballot.items():
        ratio = f"{peer / statistics.median(clock):.1f}" if peer else "–"
        rows.append((name, spread(clock), "–" if name == TWO else spread(work), ratio))
    title = f"{ballots} ballots × {officials} officials × 3 levels, {rounds} rounds, ms a ballot: median (least – most)"
    table(title, ("", "on the clock", "of processors", "times faster"), rows)
    print(CHECKED)


def _of_a_ballot(few: list[Took], many: list[Took], between: int) -> tuple[list[float], list[float]]:
    pairs = list(zip(few, many, strict=True))
    clock = [1000 * (large.clock - small.clock) / between for small, large in pairs]
    return clock, [1000 * (large.work - small.work) / between for small, large in pairs]


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
    for name, some in (("few", made[:FEW]), ("many", made)):
        path = folder / name / f"{UUID}.bel"
        path.parent.mkdir()
        path.write_bytes(make_archive(election, trustees, some, {1: secret})[0].encode())
        written.append(path)
    return written[0], written[1]


def _vote(task: tuple[bytes, int]) -> bytes:
    election, number = Election.parse(task[0]), task[1]
    rows = [tuple(int(level == (number + row) % 4) for level in range(3)) for row in range(len(election.questions))]
    return vote(election, *rows).encode()


# --- who verifies ---------------------------------------------------------------------------------------------------


def programs(suite: str) -> dict[str, Program]:
    """Return who verifies an archive here."""
    ours = [sys.executable, "-m", "tally", "archive"]
    found: dict[str, Program] = {}
    if reason := why_not():
        print(f"no kernel ({reason}): only the slow way is measured", file=sys.stderr)
    else:
        found["tally, 1 process"] = Program([*ours, "--workers", "1"])
        found[TWO] = Program([*ours, "--workers", "2"])
        found["tally, kernel without AVX-512"] = Program([*ours, "--workers", "1"], {"PTN_KERNEL": "portable"})
    found["tally without its kernel"] = Program([*ours, "--workers", "1"], {"PTN_KERNEL": "off"})
    peer = [str(BELENIOS), "--suite", suite]
    if subprocess.run([*peer, "--version"], capture_output=True, check=False).returncode == UNAVAILABLE:
        print("belenios-tool is not to be had here: no peer in this table", file=sys.stderr)
    else:
        found[PEER] = Program([*peer, "election", "verify", "--dir"], folder=True)
    return found

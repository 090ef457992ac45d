"""What each step after the vote takes: filling in, summing, decrypting, opening the sums, exports, PDF.

Here live the steps of a rehearsal and of a counting, one by one in this process. Never here: a whole command.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from tally.checks.sums import binding
from tally.protocol.ballot import Ballot
from tally.protocol.decryption import check_partial, check_strong_proofs
from tally.protocol.result import combine_factors, open_sums
from tally.protocol.sums import EncryptedTally
from tally.record import Record
from tally.report import write_report
from tally.report.documents import Papers
from tally.report.exports import exports_of
from tally.screen import verdict
from tally.slips import SlipCounts
from tally.verify import VerifiedRecord, verify_record
from tests import voter
from tests.bench import material
from tests.bench.running import repeated, spread, table

Step = tuple[str, Callable[[], object]]


def measure(stock: Path, *, sizes: Sequence[tuple[int, int]], rounds: int) -> None:
    """Print what each step takes for rounds of these sizes."""
    made = [material.make(stock, *size) for size in sizes]
    rows: dict[str, list[str]] = {}
    for one in made:
        with tempfile.TemporaryDirectory(prefix="ptn-bench-") as scratch:
            for name, step in (*_in_the_booth(one), *_after_the_close(one), *_printed(one, Path(scratch))):
                rows.setdefault(name, []).append(spread(repeated(step, rounds)))
    head = ("ms: median (least – most)", *(f"{ballots:,} × {officials}" for ballots, officials in sizes))
    table(f"one process, {rounds} rounds, ballots × officials", head, [(name, *cells) for name, cells in rows.items()])


def _in_the_booth(one: material.Material) -> Sequence[Step]:
    held = one.round()
    levels = voter.any_levels(one.officials)
    _code, credential = voter.new_slip(held.manifest)
    return [("one ballot filled in, encrypted, proved", lambda: voter.vote(held.election, levels, credential))]


def _after_the_close(one: material.Material) -> Sequence[Step]:
    held = one.round()
    files, manifest, committee = held.files(), held.manifest, held.board.committee
    ballots = [(Ballot.parse(raw), 1) for raw in held.ballots]
    parts = {owner: files.part(owner) for owner in list(held.board.shares)[: manifest.threshold]}
    factors, verified = combine_factors(committee.trustees, parts), verify_record(Record.read(one.record))
    (owner, part), *_others = parts.items()
    public, bound = committee.trustees.owners[owner - 1], binding(verified.evidence, owner)

    def check_share() -> None:
        check_partial(held.election, files.tally, part, public, "part")
        check_strong_proofs(files.tally, part, bound, public, "part")

    return [
        ("encrypted tally, ballots read before", lambda: EncryptedTally.over(held.election, iter(ballots))),
        ("one trustee decrypts, both proofs", lambda: files.part(owner)),
        ("one trustee's share checked", check_share),
        ("shares put together", lambda: combine_factors(committee.trustees, parts)),
        ("result: discrete logarithms", lambda: open_sums(files.tally, factors, one.ballots)),
    ]


def _printed(one: material.Material, scratch: Path) -> Sequence[Step]:
    verified = verify_record(Record.read(one.record))
    papers = Papers.of(verified, None)
    return [
        ("record as one zip file", lambda: verified.evidence.record.write_zip(io.BytesIO())),
        ("exports: xlsx, docx, csv, json", lambda: exports_of(papers)),
        ("report: PDF and charts", lambda: _report(verified, scratch)),
    ]


def _report(verified: VerifiedRecord, folder: Path) -> None:
    e = verified.evidence
    slips = SlipCounts.of(e.issuance, e.credentials, e.spoiled)
    write_report(verified.outcome, folder, record_hash=e.record.hash, verdict=verdict(verified), slips=slips)

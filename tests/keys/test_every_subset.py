"""Any t members are enough: every subset of a committee passes the opening test and opens the same result.

Here live real key files of a real ceremony. Never here: a share taken out of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path

import pytest

from keys.committee import trustee
from keys.committee.trustee import take_opening_test
from keys.store import KdfCost
from tally.count import count
from tally.protocol.ceremony import Messages
from tally.protocol.errors import Incomplete
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening, zero_report_bytes
from tally.verify import ClosedRecord, verify_record
from tests.builders import COUNTS, Board, Round, new_round
from tests.keys.folder import Committee, new_committee
from tests.keys.member import decrypt

SIZES = [(3, 2), (5, 3)]
SUBSETS = [pytest.param((n, t), subset) for n, t in SIZES for subset in combinations(range(1, n + 1), t)]


@dataclass(frozen=True)
class Evening:
    """A counted round whose key was made by files, and the part that each member decrypted."""

    committee: Committee
    round: Round
    closed: ClosedRecord
    parts: dict[int, bytes]


def hold(place: Path, cost: KdfCost, size: int, threshold: int) -> Evening:
    held: list[Committee] = []

    def by_files(manifest: Manifest) -> Board:
        committee = new_committee(place, cost, manifest)
        committee.finish()
        held.append(committee)
        memories = {n: file.load() for n, file in committee.files.items()}
        shares = {n: memory.require_share() for n, memory in memories.items()}
        seeds = tuple(memory.seed for memory in memories.values())
        return Board((), (), Messages({}, {}, {}, {}), shares, committee.exchange.committee(), seeds)

    round_ = new_round(hold_ceremony=by_files, committee_size=size, threshold=threshold)
    record, files = round_.closed(), held[0].files
    closed = trustee.examine(files[1].load(), record)
    return Evening(held[0], round_, closed, {n: decrypt(file, closed).encode() for n, file in files.items()})


@pytest.fixture(scope="module")
def evenings(tmp_path_factory: pytest.TempPathFactory, cheap: KdfCost) -> dict[tuple[int, int], Evening]:
    place = tmp_path_factory.mktemp("ban kiểm phiếu")
    return {(n, t): hold(place / f"{t} trên {n}", cheap, n, t) for n, t in SIZES}


def opening_by(evening: Evening, members: tuple[int, ...]) -> Opening:
    """Let these members take the opening test together, with their files, as if no other had come."""
    made, manifest = evening.round.board.committee, evening.round.manifest
    memories = [evening.committee.files[n].load() for n in members]
    nonces = {memory.index: memory.nonce for memory in memories}
    passed = tuple(take_opening_test(memory, made, nonces) for memory in memories)
    zero = evening.round.hall.box.sign(zero_report_bytes(manifest.hash, made.hash)).signature.hex()
    return Opening(manifest.hash, made.hash, passed, zero)


@pytest.mark.parametrize(("size", "subset"), SUBSETS)
def test_every_subset_of_t_members_passes_the_opening_test(
    evenings: dict[tuple[int, int], Evening], size: tuple[int, int], subset: tuple[int, ...]
) -> None:
    evening = evenings[size]
    opening_by(evening, subset).check(evening.round.manifest, evening.round.board.committee)


# threats F1
@pytest.mark.parametrize(("size", "subset"), SUBSETS)
def test_every_subset_of_t_members_opens_the_same_result(
    evenings: dict[tuple[int, int], Evening], size: tuple[int, int], subset: tuple[int, ...]
) -> None:
    evening = evenings[size]
    counted = count(evening.closed, {n: evening.parts[n] for n in subset})
    assert counted.rejected == ()
    verified = verify_record(counted.record, expected_manifest=evening.round.manifest.hash)
    assert verified.evidence.result.rows == COUNTS
    assert tuple(verified.evidence.parts) == subset


@pytest.mark.parametrize("size", SIZES)
def test_one_member_less_is_never_enough(evenings: dict[tuple[int, int], Evening], size: tuple[int, int]) -> None:
    evening = evenings[size]
    for subset in combinations(evening.parts, size[1] - 1):
        with pytest.raises(Incomplete):
            opening_by(evening, subset).check(evening.round.manifest, evening.round.board.committee)
        with pytest.raises(Incomplete):
            count(evening.closed, {n: evening.parts[n] for n in subset})


def test_all_members_pass_the_test_together(evenings: dict[tuple[int, int], Evening]) -> None:
    for evening in evenings.values():
        everybody = opening_by(evening, tuple(evening.parts))
        everybody.check(evening.round.manifest, evening.round.board.committee)

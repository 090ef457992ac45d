"""Boxes that lie by chance before three witnesses: whoever was shown another chain than the record's can prove it.

Here lives a box whose owner has its key and tells each witness, at each look, whatever he likes. Never here: a lie that
somebody chose because it is known to be found.

The long form prints one line: PTN_FORKS=10000 python -m pytest -m campaign -s tests/tally/test_witness_forks.py
"""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass

import pytest
from nacl.signing import SigningKey

from tally.accusing import Watched, compare, news
from tally.protocol.checkpoint import Closing, Head, Note
from tally.witness_errors import BoxContradicts, BoxWentBack
from tally.witnessing import WitnessCopy
from tests.tally.small import make_manifest
from tests.watchers import Watcher, chain, said, signer

FORKS = int(os.environ.get("PTN_FORKS", "10000"))
BOX = SigningKey(bytes(range(32)))
MANIFEST = make_manifest(box_key=BOX.verify_key.encode().hex())
ELECTION = "ab" * 32
WATCHED = Watched(MANIFEST, ELECTION)
WITNESSES = tuple(Watcher(f"quan-sat-{n}", SigningKey(bytes([n]) * 32)) for n in (1, 2, 3))
BATCHES = [[hashlib.sha256(bytes([n, m])).hexdigest() for m in range(10)] for n in range(8)]
LOOKS, LONGEST = 3, 4


def a_chain() -> list[Note]:
    """Return any chain: batches of one list, in any order, any of them left out."""
    left = list(BATCHES)
    return chain(MANIFEST, ELECTION, [left.pop(secrets.randbelow(3)) for _ in range(secrets.randbelow(LONGEST))], BOX)


@dataclass
class Told:
    """What became of one box: whether anybody was shown another chain than the record's, and whether it was proved."""

    lied: bool = False
    proved: bool = False


def held() -> Told:
    """Let three witnesses look at a box of chance, then hold their copies against its record."""
    record, told = a_chain(), Told()
    closing = said(_last_word(record).lines(MANIFEST.origin), MANIFEST, BOX)
    for watcher in WITNESSES:
        raw = watch(watcher, record, told).encode()
        try:
            compare(WitnessCopy.parse(raw, MANIFEST, "copy"), record, closing, MANIFEST, "copy")
        except BoxContradicts:
            told.proved = True
    return told


def watch(watcher: Watcher, record: list[Note], told: Told) -> WitnessCopy:
    """Look some times; each time the box shows a beginning of its record, or any other chain."""
    copy = watcher.begin(MANIFEST)
    for _ in range(LOOKS):
        served = record[: secrets.randbelow(len(record) + 1)] if secrets.randbelow(6) else a_chain()
        told.lied = told.lied or served != record[: len(served)]
        try:
            copy = copy.with_notes(news(copy, served, WATCHED, "moc.txt"), MANIFEST, signer(watcher.key))
        except BoxWentBack:
            continue
        except BoxContradicts:
            told.proved = True
    return copy


def _last_word(record: list[Note]) -> Closing:
    head = Head(int(record[-1].lines[1]), record[-1].head) if record else Head.start(ELECTION)
    return Closing(head, MANIFEST.hash, ELECTION, *["0" * 64] * 5)


def campaign(count: int) -> tuple[int, int, int]:
    """Return how many of `count` boxes lied to somebody, how many of these unproved, how many honest ones accused."""
    found = [held() for _ in range(count)]
    lies = [told for told in found if told.lied]
    accused = [told for told in found if told.proved and not told.lied]
    return len(lies), sum(not told.proved for told in lies), len(accused)


def test_no_box_of_chance_shows_two_chains_unproved() -> None:  # threats 5.12
    lies, unproved, accused = campaign(60)
    assert 10 < lies < 60
    assert (unproved, accused) == (0, 0)


@pytest.mark.campaign
def test_many_boxes_of_chance() -> None:
    """Prints the figure of the README."""
    lies, unproved, accused = campaign(FORKS)
    print(
        f"\nsplit view: {FORKS} boxes, {lies} showed a witness another chain: {unproved} unproved (< {3 / lies:.2g});"
        f" {FORKS - lies} honest: {accused} accused (< {3 / (FORKS - lies):.2g})"
    )
    assert (unproved, accused) == (0, 0)

"""One slip for one voter: repeated requests, second requests, replacements, envelopes, and desks that race."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest

from keys.issuer import (
    Entry,
    IssuerKey,
    Kind,
    MemoryLedger,
    Reason,
)
from keys.issuer.errors import AlreadyIssued, BlindedRepeated, NotEntitled, NotIssued
from keys.issuer.log import hash_blinded, hash_voter
from tests.keys.desk import FIRST, MANIFEST, NAME, SECOND, STRANGER, Desk


# threats A2
def test_the_same_request_gets_the_same_answer_and_counts_once(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    blinded = draw_blinded()
    assert desk.issuer.issue(FIRST, blinded) == desk.issuer.issue(FIRST, blinded)
    assert desk.counts() == {"issued": 1}


# threats A1
def test_a_second_slip_is_refused_and_the_refusal_is_logged(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    desk.issuer.issue(FIRST, draw_blinded())
    with pytest.raises(AlreadyIssued):
        desk.issuer.issue(FIRST, draw_blinded())
    assert desk.counts() == {"issued": 1, "refused": 1}
    assert desk.ledger.entries[-1].reason == "ALREADY_ISSUED"


def test_whoever_is_not_on_the_roll_gets_nothing(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    for stranger in (STRANGER, "", FIRST + " "):
        with pytest.raises(NotEntitled):
            desk.issuer.issue(stranger, draw_blinded())
        with pytest.raises(NotEntitled):
            desk.issuer.reissue(stranger, draw_blinded(), Reason.SPOILED)
    assert desk.counts() == {"refused": 6}


def test_nobody_may_bring_the_number_of_somebody_else(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    blinded = draw_blinded()
    desk.issuer.issue(FIRST, blinded)
    with pytest.raises(BlindedRepeated):
        desk.issuer.issue(SECOND, blinded)
    with pytest.raises(BlindedRepeated):
        desk.issuer.issue_envelope(blinded)
    assert desk.counts() == {"issued": 1, "refused": 2}
    desk.issuer.issue(SECOND, draw_blinded())


def test_a_voter_may_not_bring_the_number_of_an_envelope(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    blinded = draw_blinded()
    desk.issuer.issue_envelope(blinded)
    with pytest.raises(BlindedRepeated):
        desk.issuer.issue(FIRST, blinded)


def test_a_spoiled_slip_is_replaced_and_counted_apart(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    desk.issuer.issue(FIRST, draw_blinded())
    blinded = draw_blinded()
    answer = desk.issuer.reissue(FIRST, blinded, Reason.SPOILED)
    assert desk.issuer.reissue(FIRST, blinded, Reason.SPOILED) == answer
    assert desk.counts() == {"issued": 1, "reissued": 1}
    assert desk.ledger.entries[-1].reason == "spoiled"


def test_a_slip_never_given_cannot_be_replaced(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    with pytest.raises(NotIssued):
        desk.issuer.reissue(FIRST, draw_blinded(), Reason.SPOILED)
    assert desk.counts() == {"refused": 1}


def test_a_reason_comes_from_the_list(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    desk.issuer.issue(FIRST, draw_blinded())
    with pytest.raises(ValueError, match="Nguyễn Văn A"):
        desk.issuer.reissue(FIRST, draw_blinded(), "Nguyễn Văn A làm hỏng")  # type: ignore[arg-type]
    assert desk.counts() == {"issued": 1}


def test_envelopes_are_counted_apart(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    blinded = draw_blinded()
    assert desk.issuer.issue_envelope(blinded) == desk.issuer.issue_envelope(blinded)
    desk.issuer.issue_envelope(draw_blinded())
    assert desk.counts() == {"envelope": 2}


# threats A4
def test_of_many_desks_asking_at_one_moment_one_succeeds(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    requests = [draw_blinded() for _ in range(12)]
    outcomes: list[bytes | None] = []
    start = threading.Barrier(len(requests))

    def ask(blinded: bytes) -> None:
        start.wait()
        try:
            outcomes.append(desk.issuer.issue(FIRST, blinded))
        except AlreadyIssued:
            outcomes.append(None)

    threads = [threading.Thread(target=ask, args=(blinded,)) for blinded in requests]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([outcome for outcome in outcomes if outcome]) == 1
    assert desk.counts() == {"issued": 1, "refused": 11}


class LateLedger(MemoryLedger):
    """A shared ledger that another desk writes to between our look and our entry."""

    other: Entry | None = None

    def append(self, entry: Entry, signature: bytes = b"") -> None:
        if self.other is not None and entry.kind is Kind.ISSUED:
            first, self.other = self.other, None
            super().append(first, b"the other desk's answer")
        super().append(entry, signature)


def test_who_loses_the_race_for_one_voter_is_refused(issuer_key: IssuerKey, draw_blinded: Callable[[], bytes]) -> None:
    desk = Desk(issuer_key, LateLedger(manifest=MANIFEST, issuer=NAME))
    desk.ledger.other = Entry(Kind.ISSUED, hash_voter(FIRST, desk.ledger.salt), hash_blinded(draw_blinded()))
    with pytest.raises(AlreadyIssued):
        desk.issuer.issue(FIRST, draw_blinded())
    assert desk.counts() == {"issued": 1, "refused": 1}


def test_who_loses_the_race_with_the_same_request_gets_the_same_answer(
    issuer_key: IssuerKey, draw_blinded: Callable[[], bytes]
) -> None:
    desk, blinded = Desk(issuer_key, LateLedger(manifest=MANIFEST, issuer=NAME)), draw_blinded()
    desk.ledger.other = Entry(Kind.ISSUED, hash_voter(FIRST, desk.ledger.salt), hash_blinded(blinded))
    assert desk.issuer.issue(FIRST, blinded) == b"the other desk's answer"
    assert desk.counts() == {"issued": 1}

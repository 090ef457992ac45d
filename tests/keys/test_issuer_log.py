"""After the freeze: what an issuer declares, and what its log and state prove."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace

import pytest
from nacl.signing import SigningKey

from keys.errors import KeysError
from keys.issuer import (
    Entry,
    Kind,
    MemoryLedger,
    Reason,
    check_log,
    closing_statement,
)
from keys.issuer.errors import (
    AlreadyIssued,
    BlindedRepeated,
    IssuerStateDamaged,
    IssuingFrozen,
    KeyNotDestroyed,
    NotEntitled,
    NotFrozen,
)
from keys.issuer.log import hash_answer, hash_blinded, hash_voter, next_head
from tally.protocol.errors import BadHash, WrongShape
from tally.protocol.issuance import check_statement
from tests.keys.desk import CREDENTIALS, FIRST, MANIFEST, NAME, SECOND, STRANGER, Desk

STATEMENT_KEY = SigningKey(bytes(range(32)))


def sign_statement(message: bytes) -> bytes:
    return STATEMENT_KEY.sign(message).signature


def test_after_the_freeze_nothing_is_signed_and_the_key_is_gone(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    blinded = draw_blinded()
    desk.issuer.issue(FIRST, blinded)
    desk.issuer.freeze()
    head = desk.ledger.head
    for act in (
        lambda: desk.issuer.issue(FIRST, blinded),
        lambda: desk.issuer.issue(SECOND, draw_blinded()),
        lambda: desk.issuer.issue(STRANGER, draw_blinded()),
        lambda: desk.issuer.reissue(FIRST, draw_blinded(), Reason.SPOILED),
        lambda: desk.issuer.issue_envelope(draw_blinded()),
        desk.issuer.freeze,
    ):
        with pytest.raises(IssuingFrozen):
            act()
    assert desk.signer.stopped
    assert desk.ledger.head == head


def test_a_frozen_issuer_opened_again_has_no_key(desk: Desk) -> None:
    desk.issuer.freeze()
    assert Desk(desk.key, MemoryLedger.from_json(desk.ledger.to_json())).signer.stopped


def test_the_statement_counts_every_act(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    desk.issuer.issue(FIRST, draw_blinded())
    desk.issuer.issue(SECOND, draw_blinded())
    desk.issuer.reissue(SECOND, draw_blinded(), Reason.SPOILED)
    for _ in range(3):
        desk.issuer.issue_envelope(draw_blinded())
    with pytest.raises(AlreadyIssued):
        desk.issuer.issue(FIRST, draw_blinded())
    desk.issuer.freeze()
    desk.issuer.note_destroyed()
    statement = desk.issuer.statement(voided=4, undelivered=2, credentials=CREDENTIALS, sign=sign_statement)
    counts = (statement.issued, statement.reissued, statement.envelopes, statement.voided, statement.undelivered)
    assert counts == (2, 1, 3, 4, 2)
    assert statement.refused == 1
    assert (statement.issuer, statement.manifest, statement.credentials) == (NAME, MANIFEST, CREDENTIALS)
    assert statement.log_head == desk.ledger.head
    check_statement(statement, STATEMENT_KEY.verify_key.encode().hex())


def test_there_is_no_statement_before_the_freeze(desk: Desk) -> None:
    with pytest.raises(NotFrozen):
        closing_statement(desk.ledger, voided=0, undelivered=0, credentials=CREDENTIALS, sign=sign_statement)


def test_there_is_no_statement_before_the_key_is_gone_and_the_head_says_when_it_is(desk: Desk) -> None:
    with pytest.raises(NotFrozen):
        desk.issuer.note_destroyed()
    desk.issuer.freeze()
    frozen = desk.ledger.head
    with pytest.raises(KeyNotDestroyed):
        desk.issuer.statement(voided=0, undelivered=0, credentials=CREDENTIALS, sign=sign_statement)
    desk.issuer.note_destroyed()
    with pytest.raises(IssuingFrozen):
        desk.issuer.note_destroyed()
    statement = desk.issuer.statement(voided=0, undelivered=0, credentials=CREDENTIALS, sign=sign_statement)
    assert statement.log_head == next_head(frozen, Entry(Kind.DESTROYED))


def test_nothing_is_signed_that_a_reader_would_refuse(desk: Desk) -> None:
    desk.issuer.freeze()
    desk.issuer.note_destroyed()
    with pytest.raises(WrongShape):
        desk.issuer.statement(voided=-1, undelivered=0, credentials=CREDENTIALS, sign=sign_statement)
    with pytest.raises(WrongShape):
        desk.issuer.statement(voided=0, undelivered=-1, credentials=CREDENTIALS, sign=sign_statement)
    with pytest.raises(BadHash):
        desk.issuer.statement(voided=0, undelivered=0, credentials=CREDENTIALS.upper(), sign=sign_statement)


def fill(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    desk.issuer.issue(FIRST, draw_blinded())
    desk.issuer.reissue(FIRST, draw_blinded(), Reason.SPOILED)
    desk.issuer.issue_envelope(draw_blinded())
    with pytest.raises(AlreadyIssued):
        desk.issuer.issue(FIRST, draw_blinded())
    desk.issuer.freeze()
    desk.issuer.note_destroyed()


def test_the_log_leads_to_its_head(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    fill(desk, draw_blinded)
    check_log(desk.ledger.entries, manifest=MANIFEST, issuer=NAME, head=desk.ledger.head)


def test_no_entry_can_be_dropped_moved_or_changed(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    fill(desk, draw_blinded)
    entries = desk.ledger.entries
    forged = [[*entries[:i], *entries[i + 1 :]] for i in range(len(entries))]
    forged += [[entries[1], entries[0], *entries[2:]], [*entries, entries[-1]], [replace(entries[0], voter="")]]
    for other in forged:
        with pytest.raises(IssuerStateDamaged):
            check_log(other, manifest=MANIFEST, issuer=NAME, head=desk.ledger.head)


def test_a_log_belongs_to_one_round_and_one_issuer(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    fill(desk, draw_blinded)
    for manifest, issuer in (("b2" * 32, NAME), (MANIFEST, "Ban kiểm phiếu")):
        with pytest.raises(IssuerStateDamaged):
            check_log(desk.ledger.entries, manifest=manifest, issuer=issuer, head=desk.ledger.head)


def test_an_entry_is_spelt_as_specified() -> None:
    entry = Entry(Kind.ISSUED, voter="aa", blinded="bb", answer="cc")
    assert entry.encode() == '{"kind":"issued","voter":"aa","blinded":"bb","answer":"cc","reason":""}'


def test_neither_log_nor_state_names_a_voter(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    blinded = draw_blinded()
    answer = desk.issuer.issue(FIRST, blinded)
    with pytest.raises(NotEntitled):
        desk.issuer.issue(STRANGER, draw_blinded())
    text = desk.ledger.to_json()
    assert FIRST not in text
    assert STRANGER not in text
    entry = desk.ledger.entries[0]
    assert entry.voter == hash_voter(FIRST, desk.ledger.salt)
    assert (entry.blinded, entry.answer) == (hash_blinded(blinded), hash_answer(answer))


def test_two_rounds_know_a_voter_by_different_hashes() -> None:
    first, second = (MemoryLedger(manifest=MANIFEST, issuer=NAME).salt for _ in range(2))
    assert hash_voter(FIRST, first) != hash_voter(FIRST, second)


def test_the_state_comes_back_and_answers_as_before(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    blinded = draw_blinded()
    answer = desk.issuer.issue(FIRST, blinded)
    again = Desk(desk.key, MemoryLedger.from_json(desk.ledger.to_json()))
    assert again.ledger.head == desk.ledger.head
    assert again.issuer.issue(FIRST, blinded) == answer
    with pytest.raises(AlreadyIssued):
        again.issuer.issue(FIRST, draw_blinded())


def test_a_state_that_does_not_hold_together_is_refused(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    fill(desk, draw_blinded)
    text = desk.ledger.to_json()
    state = json.loads(text)
    first = state["entries"][0]
    others = [
        state | {"head": "00" * 32},
        state | {"manifest": "b2" * 32},
        state | {"format": "phieu-tin-nhiem/issuer-state/v2"},
        state | {"entries": state["entries"][1:]},
        state | {"entries": [first, *state["entries"]]},
        state | {"entries": [first | {"kind": "lost"}]},
        state | {"entries": [first | {"time": 0}]},
        state | {"answers": state["answers"][::-1]},
        state | {"answers": state["answers"][1:]},
        state | {"answers": [*state["answers"], "00"]},
        state | {"salt": "zz"},
        state | {"extra": 0},
        [state],
        {},
        None,
    ]
    spelt = [json.dumps(other, ensure_ascii=False, separators=(",", ":")) for other in others]
    for other in [*spelt, "", "{", text + " ", json.dumps(state), "[" * 100_000]:
        with pytest.raises(IssuerStateDamaged):
            MemoryLedger.from_json(other)


def test_the_ledger_itself_refuses_what_a_database_would(desk: Desk) -> None:
    desk.ledger.append(Entry(Kind.ISSUED, "v1", "b1"), b"s1")
    for entry, error in (
        (Entry(Kind.ISSUED, "v1", "b2"), AlreadyIssued),
        (Entry(Kind.ENVELOPE, "", "b1"), BlindedRepeated),
    ):
        before = desk.ledger.to_json()
        with pytest.raises(error):
            desk.ledger.append(entry)
        assert desk.ledger.to_json() == before


def test_refusals_say_nothing_about_the_voter(desk: Desk, draw_blinded: Callable[[], bytes]) -> None:
    with pytest.raises(KeysError) as caught:
        desk.issuer.issue(STRANGER, draw_blinded())
    assert STRANGER not in str(caught.value)

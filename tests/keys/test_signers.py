"""The one door for the web application: each key signs for its purpose, and no key has two."""

from __future__ import annotations

from pathlib import Path

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey

from keys import signers, store
from keys.errors import KeyFileDamaged, KeyFileMissing, WrongKind, WrongPurpose, WrongRound
from keys.issuer import IssuerKey, MemoryLedger
from keys.roles import BOX, ISSUER, LOG, ROLES
from keys.signers import (
    BoxSigner,
    Issuer,
    LogSigner,
    StatementSigner,
    create_box_key,
    create_issuer_key,
    create_log_key,
    create_statement_key,
    destroy_key,
    open_box_signer,
    open_issuer_signer,
    open_log_signer,
    open_statement_signer,
)
from keys.store import KdfCost
from tally.protocol.acts_log import HEAD_LABEL
from tally.protocol.blind import blind, credential_message, finalize
from tally.protocol.issuance import STATEMENT_LABEL, check_statement

WORDS = "cây tre trăm đốt"
ROUND, MANIFEST, NAME = "r1", "a1" * 32, "Ban tổ chức"


@pytest.fixture
def box_signer(tmp_path: Path, cheap: KdfCost) -> BoxSigner:
    path = tmp_path / "a.box.key"
    create_box_key(path, name="Hòm phiếu", round_id=ROUND, passphrase=WORDS, cost=cheap)
    return open_box_signer(path, round_id=ROUND, passphrase=WORDS)


@pytest.fixture
def statement_signer(tmp_path: Path, cheap: KdfCost) -> StatementSigner:
    path = tmp_path / "a.statement.key"
    create_statement_key(path, name=NAME, round_id=ROUND, passphrase=WORDS, cost=cheap)
    return open_statement_signer(path, round_id=ROUND, passphrase=WORDS)


@pytest.fixture
def log_signer(tmp_path: Path, cheap: KdfCost) -> LogSigner:
    path = tmp_path / "a.log.key"
    create_log_key(path, name="Nhật ký", round_id=ROUND, passphrase=WORDS, cost=cheap)
    return open_log_signer(path, round_id=ROUND, passphrase=WORDS)


def test_a_box_signs_what_its_public_key_verifies(box_signer: BoxSigner) -> None:
    signature = box_signer.sign("phieu-tin-nhiem/v1/receipt|…".encode())
    assert len(signature) == 64
    key = VerifyKey(bytes.fromhex(box_signer.public_hex))
    key.verify("phieu-tin-nhiem/v1/receipt|…".encode(), signature)
    with pytest.raises(BadSignatureError):
        key.verify(b"another receipt", signature)


def test_making_a_key_tells_the_public_half_that_opening_shows(tmp_path: Path, cheap: KdfCost) -> None:
    makers = (
        (create_box_key, open_box_signer),
        (create_statement_key, open_statement_signer),
        (create_log_key, open_log_signer),
    )
    for number, (make, open_signer) in enumerate(makers):
        path = tmp_path / f"{number}.key"
        public = make(path, name=NAME, round_id=ROUND, passphrase=WORDS, cost=cheap)
        opened = open_signer(path, round_id=ROUND, passphrase=WORDS)
        assert (opened.public_hex, opened.name) == (public, NAME)


def test_a_round_is_issued_and_declared_through_the_door(
    tmp_path: Path, cheap: KdfCost, statement_signer: StatementSigner
) -> None:
    path = tmp_path / "a.issuer.key"
    public = create_issuer_key(path, name=NAME, round_id=ROUND, passphrase=WORDS, cost=cheap)
    signer = open_issuer_signer(path, round_id=ROUND, passphrase=WORDS)
    assert (signer.public, signer.name) == (public, NAME)
    ledger = MemoryLedger(manifest=MANIFEST, issuer=signer.name)
    issuer = Issuer(signer, voters=["đại biểu 1"], ledger=ledger)
    message = credential_message(manifest_hash=MANIFEST, issuer_name=NAME, credential_hex="e5" * 32)
    blinding = blind(public, message)
    answer = issuer.issue("đại biểu 1", blinding.blinded_message)
    finalize(public, message, blinding=blinding, blind_signature=answer)
    issuer.freeze()
    issuer.note_destroyed()
    destroy_key(path)
    statement = issuer.statement(voided=0, undelivered=0, credentials="c3" * 32, sign=statement_signer.sign)
    check_statement(statement, statement_signer.public_hex)
    with pytest.raises(KeyFileMissing):
        open_issuer_signer(path, round_id=ROUND, passphrase=WORDS)


def test_a_statement_key_signs_statements_only(statement_signer: StatementSigner) -> None:
    assert len(statement_signer.sign(STATEMENT_LABEL + b"{}")) == 64
    for other in (b"", b"{}", b"phieu-tin-nhiem/v1/receipt|", STATEMENT_LABEL[:-1]):
        with pytest.raises(WrongPurpose):
            statement_signer.sign(other)


def test_a_box_never_signs_a_statement(box_signer: BoxSigner) -> None:
    with pytest.raises(WrongPurpose):
        box_signer.sign(STATEMENT_LABEL + b"{}")


def test_a_log_key_signs_heads_of_the_log_only(log_signer: LogSigner) -> None:
    signature = log_signer.sign(HEAD_LABEL + b"{}")
    VerifyKey(bytes.fromhex(log_signer.public_hex)).verify(HEAD_LABEL + b"{}", signature)
    for other in (b"", b"{}", STATEMENT_LABEL + b"{}", b"phieu-tin-nhiem/v1/receipt|", HEAD_LABEL[:-1]):
        with pytest.raises(WrongPurpose):
            log_signer.sign(other)


def test_neither_box_nor_issuer_signs_a_head_of_the_log(
    box_signer: BoxSigner, statement_signer: StatementSigner
) -> None:
    for signer in (box_signer, statement_signer):
        with pytest.raises(WrongPurpose):
            signer.sign(HEAD_LABEL + b"{}")


def test_a_key_opens_as_its_kind_only(tmp_path: Path, cheap: KdfCost) -> None:
    path = tmp_path / "a.key"
    create_statement_key(path, name=NAME, round_id=ROUND, passphrase=WORDS, cost=cheap)
    for open_signer in (open_box_signer, open_issuer_signer, open_log_signer):
        with pytest.raises(WrongKind):
            open_signer(path, round_id=ROUND, passphrase=WORDS)


# threats F2
def test_a_key_of_another_round_is_refused(tmp_path: Path, cheap: KdfCost) -> None:
    path = tmp_path / "a.key"
    create_box_key(path, name=NAME, round_id=ROUND, passphrase=WORDS, cost=cheap)
    with pytest.raises(WrongRound):
        open_box_signer(path, round_id="r2", passphrase=WORDS)


def test_a_log_key_of_another_round_is_refused(tmp_path: Path, cheap: KdfCost) -> None:
    path = tmp_path / "a.log.key"
    create_log_key(path, name=NAME, round_id=ROUND, passphrase=WORDS, cost=cheap)
    with pytest.raises(WrongRound):
        open_log_signer(path, round_id="r2", passphrase=WORDS)


@pytest.mark.parametrize("secret", [b"", bytes(31), bytes(33), b"{}"])
def test_a_file_that_holds_no_key_of_its_kind_is_refused(tmp_path: Path, cheap: KdfCost, secret: bytes) -> None:
    for kind, open_signer in ((BOX, open_box_signer), (ISSUER, open_issuer_signer), (LOG, open_log_signer)):
        path = tmp_path / f"{kind}.key"
        store.create(path, kind=kind, secret=secret, passphrase=WORDS, name=NAME, round_id=ROUND, cost=cheap)
        with pytest.raises(KeyFileDamaged):
            open_signer(path, round_id=ROUND, passphrase=WORDS)


def test_signers_show_no_secret(box_signer: BoxSigner, issuer_key: IssuerKey) -> None:
    seed = bytes(box_signer._key)
    shown = repr(box_signer) + str(box_signer)
    assert seed.hex() not in shown
    assert repr(seed) not in shown
    assert str(issuer_key.p) not in repr(signers.IssuerSigner(issuer_key, NAME))


def test_every_kind_of_key_has_a_complete_row() -> None:
    kinds = "issuer statement box log site freeze trustee report authority backup witness"
    assert set(ROLES) == set(kinds.split())
    assert len({role.suffix for role in ROLES.values()}) == len(ROLES)
    for kind, role in ROLES.items():
        assert role.kind == kind
        assert all((role.name, role.opened_by, role.purpose, role.destroyed, role.suffix))

"""Proofs of holding a slip: only the holder makes one, for one round, one purpose and one reason.

Here lives what tally/protocol/holding.py promises. Never here: the list of void credentials (test_checks_credentials).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tally.protocol.credential import Credential
from tally.protocol.encoding import canonical
from tally.protocol.errors import BadScalar, BadSignature, IdentityPoint, TallyError, WrongShape
from tally.protocol.group import Q
from tally.protocol.holding import VOID_REASONS, Voided, check_standing, check_void, prove_standing, prove_void
from tally.protocol.proofs import Proof, schnorr_sign
from tests.tally.small import MANIFEST_HASH, new_credential

HOLDER = new_credential()


@pytest.mark.parametrize("reason", VOID_REASONS)
def test_the_holder_of_a_slip_can_void_it(reason: str) -> None:
    check_void(MANIFEST_HASH, HOLDER.public, reason, prove_void(MANIFEST_HASH, HOLDER, reason), "void")
    Voided.make(MANIFEST_HASH, HOLDER, reason).check(MANIFEST_HASH, "void")


def test_the_holder_of_a_slip_can_ask_after_it() -> None:
    check_standing(MANIFEST_HASH, HOLDER.public, prove_standing(MANIFEST_HASH, HOLDER), "standing")


def test_what_is_signed_is_spelt_as_specified() -> None:
    text = f"phieu-tin-nhiem/v1/void|{MANIFEST_HASH}|spoiled|{HOLDER.public.encode()}|"
    check_void(MANIFEST_HASH, HOLDER.public, "spoiled", schnorr_sign(text, HOLDER.secret), "void")
    text = f"phieu-tin-nhiem/v1/standing|{MANIFEST_HASH}|{HOLDER.public.encode()}|"
    check_standing(MANIFEST_HASH, HOLDER.public, schnorr_sign(text, HOLDER.secret), "standing")


@pytest.mark.parametrize(
    ("round_hash", "signer", "reason"),
    [
        (MANIFEST_HASH, new_credential(), "spoiled"),
        ("cd" * 32, HOLDER, "spoiled"),
        (MANIFEST_HASH, HOLDER, "unused_envelope"),
    ],
    ids=["somebody else's slip", "another round", "another reason"],
)
def test_nothing_else_voids_a_slip(round_hash: str, signer: Credential, reason: str) -> None:
    proof = prove_void(round_hash, signer, reason)
    with pytest.raises(BadSignature):
        check_void(MANIFEST_HASH, HOLDER.public, "spoiled", proof, "void")


def test_a_proof_for_one_purpose_does_not_serve_the_other() -> None:
    with pytest.raises(BadSignature):
        check_standing(MANIFEST_HASH, HOLDER.public, prove_void(MANIFEST_HASH, HOLDER, "spoiled"), "standing")
    with pytest.raises(BadSignature):
        check_void(MANIFEST_HASH, HOLDER.public, "spoiled", prove_standing(MANIFEST_HASH, HOLDER), "void")


@pytest.mark.parametrize("reason", ["", "lost", "Spoiled", "spoiled|x"])
def test_a_reason_of_no_list_is_neither_proved_nor_checked(reason: str) -> None:
    with pytest.raises(WrongShape):
        prove_void(MANIFEST_HASH, HOLDER, reason)
    with pytest.raises(WrongShape):
        check_void(MANIFEST_HASH, HOLDER.public, reason, Proof(1, 1), "void")


@pytest.mark.parametrize("name", ["challenge", "response"])
def test_no_changed_proof_is_accepted(name: str) -> None:
    honest = prove_void(MANIFEST_HASH, HOLDER, "spoiled")
    with pytest.raises(BadSignature):
        check_void(
            MANIFEST_HASH, HOLDER.public, "spoiled", replace(honest, **{name: (getattr(honest, name) + 1) % Q}), "void"
        )


def test_an_entry_is_read_as_it_was_written() -> None:
    voided = Voided.make(MANIFEST_HASH, HOLDER, "spoiled")
    assert Voided.parse(voided.as_json(), "voided") == voided
    assert list(voided.as_json()) == ["credential", "reason", "proof"]
    assert canonical(voided.as_json()).startswith(b'{"credential":"')


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"reason": "lost"}, WrongShape), ({"reason": None}, WrongShape), ({"proof": None}, WrongShape),
        ({"proof": {"challenge": str(Q), "response": "0"}}, BadScalar), ({"x": 1}, WrongShape),
        ({"credential": f"{1:064x}"}, IdentityPoint),
    ],
)  # fmt: skip
def test_an_entry_of_another_form_is_refused(change: dict[str, object], error: type[TallyError]) -> None:
    with pytest.raises(error):
        Voided.parse(Voided.make(MANIFEST_HASH, HOLDER, "spoiled").as_json() | change, "voided")


def test_an_entry_without_a_proof_is_refused() -> None:
    entry = Voided.make(MANIFEST_HASH, HOLDER, "spoiled").as_json()
    with pytest.raises(WrongShape):
        Voided.parse({name: value for name, value in entry.items() if name != "proof"}, "voided")

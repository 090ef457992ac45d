"""The blind-signing key: what it signs, what it refuses, and what a fault or a forger gets out of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import gmpy2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keys.errors import KeyFileDamaged
from keys.issuer import (
    BlindSigner,
    IssuerKey,
)
from keys.issuer.errors import BlindedOutOfRange, IssuerStopped, SigningFault
from tally.protocol.blind import (
    CredentialSignature,
    SignatureInvalid,
    blind,
    check_signature,
    credential_message,
    finalize,
)
from tests.keys.desk import CREDENTIALS, FIRST, MANIFEST, NAME, SECOND, THIRD, Desk

VECTOR = json.loads((Path(__file__).parents[1] / "vectors" / "rfc9474.json").read_text(encoding="utf-8"))


def test_the_rfc_blind_signature_comes_out() -> None:
    key = IssuerKey.from_primes(int(VECTOR["p"], 16), int(VECTOR["q"], 16), bits=4096)
    assert f"{key.public.modulus:x}" == VECTOR["n"]
    assert BlindSigner(key).blind_sign(bytes.fromhex(VECTOR["blinded_msg"])).hex() == VECTOR["blind_sig"]


def test_a_new_key_has_3072_bits(issuer_key: IssuerKey) -> None:
    assert issuer_key.public.modulus.bit_length() == 3072
    assert issuer_key.public.modulus == issuer_key.p * issuer_key.q


def test_a_key_comes_out_of_the_store_as_it_went_in(issuer_key: IssuerKey) -> None:
    assert IssuerKey.decode(issuer_key.encode()) == issuer_key


def test_a_key_shows_no_secret(issuer_key: IssuerKey) -> None:
    shown = repr(issuer_key) + str(issuer_key) + repr(BlindSigner(issuer_key))
    for secret in (issuer_key.p, issuer_key.q, issuer_key.dp, issuer_key.dq, issuer_key.q_inverse):
        assert str(secret) not in shown
        assert f"{secret:x}" not in shown


def test_what_is_not_a_key_is_refused(issuer_key: IssuerKey, other_issuer_key: IssuerKey) -> None:
    p, q = f"{issuer_key.p:x}", f"{issuer_key.q:x}"
    bad_pairs = [(p, p), (p, f"{issuer_key.q + 2:x}"), (p, "3"), ("", q), (p.upper(), q), ("0x" + p, q), (p, "f" * 800)]
    documents = [json.dumps({"p": a, "q": b}) for a, b in bad_pairs]
    documents += ["", "[]", "{}", "\xff", json.dumps({"q": q, "p": p}), json.dumps({"p": issuer_key.p, "q": q})]
    for document in documents:
        with pytest.raises(KeyFileDamaged):
            IssuerKey.decode(document.encode("latin-1"))


def test_a_credential_signed_blindly_verifies(desk: Desk) -> None:
    public = desk.issuer.public
    message = credential_message(manifest_hash=MANIFEST, issuer_name=NAME, credential_hex="e5" * 32)
    blinding = blind(public, message)
    answer = desk.issuer.issue(FIRST, blinding.blinded_message)
    check_signature(public, message, finalize(public, message, blinding=blinding, blind_signature=answer))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
@given(st.data())
def test_whatever_is_in_range_is_signed_correctly(issuer_key: IssuerKey, data: st.DataObject) -> None:
    n = issuer_key.public.modulus
    m = data.draw(st.integers(2, n - 2))
    answer = BlindSigner(issuer_key).blind_sign(m.to_bytes(384))
    assert len(answer) == 384
    assert pow(int.from_bytes(answer), 65537, n) == m


def test_the_private_operation_never_sees_one_number_twice(
    issuer_key: IssuerKey, draw_blinded: Callable[[], bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    bases: list[int] = []
    real = gmpy2.powmod_sec

    def record(base: int, exponent: int, modulus: int) -> object:
        bases.append(int(base))
        return real(base, exponent, modulus)

    monkeypatch.setattr(gmpy2, "powmod_sec", record)
    signer, blinded = BlindSigner(issuer_key), draw_blinded()
    assert signer.blind_sign(blinded) == signer.blind_sign(blinded)
    assert len(set(bases)) == len(bases) == 6


def out_of_range(key: IssuerKey) -> dict[str, bytes]:
    n = key.public.modulus
    return {
        "empty": b"",
        "0": bytes(384),
        "1": (1).to_bytes(384),
        "n-1": (n - 1).to_bytes(384),
        "n": n.to_bytes(384),
        "n+2": (n + 2).to_bytes(384),
        "all ones": b"\xff" * 384,
        "short": (5).to_bytes(383),
        "long": (5).to_bytes(385),
        "p": key.p.to_bytes(384),
        "a multiple of q": (key.q * 12345).to_bytes(384),
    }


# threats A5
@pytest.mark.parametrize(
    "name", ["empty", "0", "1", "n-1", "n", "n+2", "all ones", "short", "long", "p", "a multiple of q"]
)
def test_a_number_out_of_range_is_refused_and_costs_nobody_a_slip(
    desk: Desk, draw_blinded: Callable[[], bytes], name: str
) -> None:
    with pytest.raises(BlindedOutOfRange):
        desk.issuer.issue(FIRST, out_of_range(desk.key)[name])
    with pytest.raises(BlindedOutOfRange):
        desk.issuer.issue_envelope(out_of_range(desk.key)[name])
    assert desk.counts() == {}
    desk.issuer.issue(FIRST, draw_blinded())


# threats A6
@pytest.mark.parametrize("bit", [0, 100])
@pytest.mark.parametrize("part", ["dp", "dq", "q_inverse", "p", "q"])
def test_a_fault_is_never_answered_and_stops_the_issuer(
    issuer_key: IssuerKey, draw_blinded: Callable[[], bytes], part: str, bit: int
) -> None:
    broken = Desk(replace(issuer_key, **{part: getattr(issuer_key, part) ^ (1 << bit)}))
    with pytest.raises(SigningFault):
        broken.issuer.issue(FIRST, draw_blinded())
    assert broken.signer.stopped
    assert broken.counts() == {}
    with pytest.raises(IssuerStopped):
        broken.signer.blind_sign(draw_blinded())
    for again in (broken.issuer.issue, lambda _, blinded: broken.issuer.issue_envelope(blinded)):
        with pytest.raises(IssuerStopped):
            again(SECOND, draw_blinded())


@pytest.mark.parametrize("part", ["dp", "dq", "q_inverse", "p", "q"])
def test_a_part_lost_altogether_is_a_fault_too(
    issuer_key: IssuerKey, draw_blinded: Callable[[], bytes], part: str
) -> None:
    signer = BlindSigner(replace(issuer_key, **{part: 0}))
    with pytest.raises(SigningFault):
        signer.blind_sign(draw_blinded())
    assert signer.stopped


def test_a_stopped_issuer_can_still_be_frozen_and_declare_itself(issuer_key: IssuerKey) -> None:
    broken = Desk(replace(issuer_key, dp=issuer_key.dp ^ 1))
    with pytest.raises(SigningFault):
        broken.issuer.issue(FIRST, (5).to_bytes(384))
    broken.issuer.freeze()
    broken.issuer.note_destroyed()
    statement = broken.issuer.statement(voided=0, undelivered=0, credentials=CREDENTIALS, sign=lambda _: bytes(64))
    assert statement.issued == 0


# threats A13
def test_signatures_obtained_cannot_be_multiplied_into_another(desk: Desk) -> None:
    n, obtained = desk.issuer.public.modulus, []
    for number, voter in enumerate((FIRST, SECOND, THIRD)):
        message = credential_message(manifest_hash=MANIFEST, issuer_name=NAME, credential_hex=f"{number:064x}")
        blinding = blind(desk.issuer.public, message)
        answer = desk.issuer.issue(voter, blinding.blinded_message)
        obtained.append(finalize(desk.issuer.public, message, blinding=blinding, blind_signature=answer))
    s1, s2, s3 = (int.from_bytes(signature.signature) for signature in obtained)
    forged = credential_message(manifest_hash=MANIFEST, issuer_name=NAME, credential_hex="f" * 64)
    for value in (s1 * s2, s1 * pow(s2, -1, n), s1 * s1, s1 * s2 * s3, s1 * s2 * pow(s3, -1, n), pow(s1, 65537, n)):
        for known in obtained:
            with pytest.raises(SignatureInvalid):
                signature = CredentialSignature(known.prefix, (value % n).to_bytes(384))
                check_signature(desk.issuer.public, forged, signature)

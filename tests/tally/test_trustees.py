"""The public messages of a committee: each signed by its member, all of one ceremony, the key really theirs.

Here live messages of the foreign tool with one thing changed. Never here: the running of a ceremony (tests/keys).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from keys.committee.ceremony import publish_key
from tally.protocol.encoding import canonical
from tally.protocol.errors import BadSignature, BadTrustee, IdentityPoint, TallyError, WrongShape
from tally.protocol.group import IDENTITY, g_pow, random_scalar
from tally.protocol.messages import Certificate, Coefexps, Context, TrusteeKey, certificate_text, coefexps_text
from tally.protocol.proofs import message_prefix, schnorr_sign
from tally.protocol.trustees import Pedersen, Single, Trustees, check_certificates, check_polynomial
from tests.tally.belenios_files import PEDERSEN

RAW = PEDERSEN.raw("trustees.json")
SECRET = random_scalar()


def signed(text: str, secret: int = SECRET) -> dict[str, Any]:
    return {"message": text, "signature": schnorr_sign(message_prefix(text), secret).as_json()}


def refused(document: Any, error: type[TallyError], code: str) -> None:
    with pytest.raises(error) as refusal:
        Trustees.parse(canonical(document))
    assert refusal.value.code == code


def swap(entries: list[Any]) -> None:
    entries[0], entries[1] = entries[1], entries[0]


CHANGES: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "threshold too low": (lambda p: p.update(threshold=1), "BAD_TRUSTEE_MESSAGE"),
    "threshold too high": (lambda p: p.update(threshold=3), "BAD_TRUSTEE_MESSAGE"),
    "threshold over the size": (lambda p: p.update(threshold=4), "WRONG_SHAPE"),
    "threshold zero": (lambda p: p.update(threshold=0), "WRONG_SHAPE"),
    "threshold true": (lambda p: p.update(threshold=True), "WRONG_SHAPE"),
    "certificates swapped": (lambda p: swap(p["certs"]), "BAD_TRUSTEE_MESSAGE"),
    "a certificate twice": (lambda p: p["certs"].__setitem__(1, p["certs"][0]), "BAD_TRUSTEE_MESSAGE"),
    "a certificate missing": (lambda p: p["certs"].pop(), "WRONG_SHAPE"),
    "polynomials swapped": (lambda p: swap(p["coefexps"]), "BAD_SIGNATURE"),
    "a polynomial missing": (lambda p: p["coefexps"].pop(), "WRONG_SHAPE"),
    "signatures swapped": (lambda p: swap(p["signatures"]), "BAD_SIGNATURE"),
    "keys swapped": (lambda p: swap(p["verification_keys"]), "BAD_TRUSTEE_MESSAGE"),
    "a key's signature of another": (
        lambda p: p["verification_keys"][0].update(signature=p["verification_keys"][1]["signature"]), "BAD_SIGNATURE",
    ),
    "a key's proof of another": (
        lambda p: p["verification_keys"][0].update(pok=p["verification_keys"][1]["pok"]), "BAD_SIGNATURE",
    ),
    "a certificate's signature of another": (
        lambda p: p["certs"][0].update(signature=p["certs"][1]["signature"]), "BAD_SIGNATURE",
    ),
}  # fmt: skip


def test_the_committee_is_accepted_unchanged() -> None:
    assert Trustees.parse(RAW).owners == Trustees.parse(RAW).items[0].keys


@pytest.mark.parametrize("case", CHANGES)
def test_a_committee_with_one_thing_changed_is_refused(case: str) -> None:
    change, code = CHANGES[case]
    document = json.loads(RAW)
    change(document[0][1])
    refused(document, TallyError, code)


@pytest.mark.parametrize(
    "document", [[], [["Single"]], [["Triple", {}]], [["Pedersen", []]], [["Pedersen", "x"]], {}, [1]]
)
def test_what_is_no_list_of_trustees_is_refused(document: Any) -> None:
    with pytest.raises((BadTrustee, WrongShape)):
        Trustees.parse(canonical(document))


def test_several_items_are_numbered_one_after_the_other() -> None:
    single = Single(publish_key(SECRET, None))
    trustees = Trustees.make((single, Trustees.parse(RAW).items[0], single))
    assert len(trustees.owners) == 5
    assert trustees.owners[0] == trustees.owners[4] == g_pow(SECRET)
    assert trustees.public_key == g_pow(2 * SECRET) * PEDERSEN.election.public_key


# threats F6
def test_a_key_that_cancels_the_others_has_no_proof_of_knowledge() -> None:
    """The rogue key: X divided by everybody else's, which its owner cannot know the exponent of."""
    rogue = g_pow(SECRET) / PEDERSEN.election.public_key
    key = publish_key(SECRET, None)
    refused([["Single", replace(key, point=rogue).as_json()]], BadSignature, "BAD_SIGNATURE")


# threats C11
def test_the_identity_is_no_key_and_no_coefficient() -> None:
    key = replace(publish_key(SECRET, None), point=IDENTITY)
    refused([["Single", key.as_json()]], IdentityPoint, "IDENTITY_POINT")
    with pytest.raises(IdentityPoint):
        Coefexps.parse(signed(coefexps_text((g_pow(1), IDENTITY))), "coefexps")


@pytest.mark.parametrize("name", [None, "Trần Văn B"])
@pytest.mark.parametrize("signature", [None, "own"])
def test_a_trustees_key_is_read_back_with_or_without_its_optional_fields(
    name: str | None, signature: str | None
) -> None:
    proof = schnorr_sign("x", SECRET) if signature else None
    key = replace(publish_key(SECRET, None), name=name, signature=proof)
    assert TrusteeKey.parse(key.as_json(), "key") == key


def test_a_certificate_is_signed_with_the_key_it_names() -> None:
    text = certificate_text(Context(3, 2, 1), verification=g_pow(SECRET), encryption=g_pow(5))
    assert Certificate.parse(signed(text), "certificate").context == Context(3, 2, 1)
    with pytest.raises(BadSignature):
        Certificate.parse(signed(text, secret=SECRET + 1), "certificate")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Ed25519", "BELENIOS-2048"), ('"index":1', '"index":0'), ('"index":1', '"index":4'),
        ('"threshold":2', '"threshold":4'),
        ('"size":3', '"size":"3"'), ('"context"', '"contexts"'), ('{"context"', '{ "context"'),
    ],
)  # fmt: skip
def test_a_certificate_for_another_kind_of_committee_is_refused(old: str, new: str) -> None:
    text = certificate_text(Context(3, 2, 1), verification=g_pow(SECRET), encryption=g_pow(5))
    assert old in text
    with pytest.raises(TallyError):
        Certificate.parse(signed(text.replace(old, new)), "certificate")


def test_two_members_with_one_key_are_refused() -> None:
    def certificate(index: int, verification: int, encryption: int) -> Certificate:
        public = {"verification": g_pow(verification), "encryption": g_pow(encryption)}
        return Certificate.parse(signed(certificate_text(Context(2, 2, index), **public), verification), "certificate")

    check_certificates((certificate(1, 3, 4), certificate(2, 5, 6)), 2, "certificates")
    for second in ((3, 6), (5, 4)):
        with pytest.raises(BadTrustee):
            check_certificates((certificate(1, 3, 4), certificate(2, *second)), 2, "certificates")


def test_a_polynomial_of_another_degree_is_refused() -> None:
    item = Trustees.parse(RAW).items[0]
    assert isinstance(item, Pedersen)
    check_polynomial(item.certificates, 0, item.coefexps[0], 2, "coefexps")
    for threshold in (1, 3):
        with pytest.raises(BadTrustee):
            check_polynomial(item.certificates, 0, item.coefexps[0], threshold, "coefexps")


def test_a_commitment_is_to_the_signed_polynomial() -> None:
    points = (g_pow(3), g_pow(4))
    one, other = (Coefexps.parse(signed(coefexps_text(p)), "coefexps") for p in (points, points[::-1]))
    assert one.commitment != other.commitment
    assert Coefexps.parse(one.signed.as_json(), "again").commitment == one.commitment

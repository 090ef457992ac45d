"""The key ceremony of the foreign tool, replayed from the seeds: certificates, private messages, shares, keys.

Here lives two of three trustees. Never here: ballots (test_vectors_single.py).
"""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import combinations

import pytest

from keys.committee.channel import MemberKeys, receive, send
from keys.errors import BadPrivateMessage
from tally.protocol.decryption import Binding, check_partial, decrypt_partially
from tally.protocol.group import Q, g_pow
from tally.protocol.messages import Certificate, Coefexps, TrusteeKey
from tally.protocol.proofs import message_prefix, schnorr_check
from tally.protocol.result import combine_factors, open_sums
from tally.protocol.sums import EncryptedTally
from tally.protocol.trustees import Pedersen, Trustees, check_certificates, share_key, sub_share_key
from tests.tally.belenios_files import PEDERSEN

MEMBERS = (1, 2, 3)
NAMES = {i: PEDERSEN.raw(f"{i}.trustee").decode() for i in MEMBERS}
every = pytest.mark.parametrize("member", MEMBERS)


def of(member: int, kind: str) -> str:
    """Return the text of one member's file."""
    return PEDERSEN.raw(f"{NAMES[member]}.{kind}").decode()


def keys(member: int) -> MemberKeys:
    return MemberKeys.derive(of(member, "seed"))


def certificate(member: int) -> Certificate:
    return Certificate.parse(json.loads(of(member, "cert")), "certificate")


def polynomial(member: int) -> Coefexps:
    return Coefexps.parse(PEDERSEN.lines("polynomials.jsons")[member - 1]["coefexps"], "coefexps")


def share(member: int) -> int:
    return int(PEDERSEN.json(f"tsk.{member}.json"))


def received(member: int) -> list[int]:
    """Open the shares that all members sent to this one."""
    sealed = json.loads(of(member, "vinput"))["secrets"]
    texts = [
        receive(keys(member).receiving, certificate(sender).verification, message, f"member {sender}")
        for sender, message in enumerate(sealed, start=1)
    ]
    return [int(json.loads(text)["secret"]) for text in texts]


def committee() -> Pedersen:
    item = Trustees.parse(PEDERSEN.raw("trustees.json")).items[0]
    assert isinstance(item, Pedersen)
    return item


@every
def test_the_seed_leads_to_the_keys_of_the_certificate(member: int) -> None:
    derived, certified = keys(member), certificate(member)
    assert (derived.signing.public, derived.receiving.public) == (certified.verification, certified.encryption)


def test_the_certificates_pass_together() -> None:
    check_certificates(tuple(map(certificate, MEMBERS)), 2, "certificates")


@every
def test_the_polynomial_is_the_senders_own(member: int) -> None:
    text = receive(keys(member).receiving, certificate(member).verification, own_polynomial(member), "own")
    coefficients = [int(a) for a in json.loads(text)["polynomial"]]
    assert tuple(g_pow(a) for a in coefficients) == polynomial(member).points


def own_polynomial(member: int) -> str:
    sealed = PEDERSEN.lines("polynomials.jsons")[member - 1]["polynomial"]
    assert sealed == json.loads(of(member, "vinput"))["polynomial"]
    return str(sealed)


@every
def test_every_share_that_was_sent_lies_on_the_senders_polynomial(member: int) -> None:
    assert [g_pow(s) for s in received(member)] == [sub_share_key(polynomial(i), member) for i in MEMBERS]


@every
def test_the_shares_that_were_sent_add_up_to_the_members_share(member: int) -> None:
    assert sum(received(member)) % Q == share(member) % Q
    assert str(share(member)) == PEDERSEN.vectors["threshold_shares"][str(member)]


@every
def test_the_members_key_is_that_of_its_share(member: int) -> None:
    key = TrusteeKey.parse(json.loads(of(member, "voutput"))["public_key"], "key")
    assert key.point == g_pow(share(member)) == share_key(tuple(map(polynomial, MEMBERS)), member)
    assert key.point.encode() == PEDERSEN.vectors["trustee_public_keys"][member - 1]


@every
def test_the_members_key_is_signed_by_the_member(member: int) -> None:
    key = TrusteeKey.parse(json.loads(of(member, "voutput"))["public_key"], "key")
    assert key.signature is not None
    schnorr_check(message_prefix(key.point.encode()), certificate(member).verification, key.signature, "key")


@every
def test_the_stored_decryption_key_opens_to_the_share(member: int) -> None:
    own = keys(member)
    text = receive(own.receiving, own.signing.public, of(member, "dkey"), "dkey")
    assert int(json.loads(text)["decryption_key"]) % Q == share(member) % Q


def test_a_message_for_another_member_does_not_open() -> None:
    sealed = json.loads(of(1, "vinput"))["secrets"][1]
    with pytest.raises(BadPrivateMessage):
        receive(keys(3).receiving, certificate(2).verification, sealed, "member 2")


def test_a_message_in_anothers_name_does_not_open() -> None:
    sealed = json.loads(of(1, "vinput"))["secrets"][1]
    with pytest.raises(BadPrivateMessage):
        receive(keys(1).receiving, certificate(3).verification, sealed, "member 3")


def test_a_message_passed_on_under_a_second_envelope_does_not_open() -> None:
    """Member 2 forwards to member 3, under its own name, what it had written to member 1: the recipient is inside."""
    inner = send(keys(2).signing, certificate(1).encryption, "for member 1")
    opened = receive(keys(1).receiving, certificate(2).verification, inner, "member 2")
    assert opened == "for member 1"
    with pytest.raises(BadPrivateMessage):
        receive(replace(keys(1).receiving, public=certificate(3).encryption), certificate(2).verification, inner, "2")


@pytest.mark.parametrize("field", ["alpha", "beta", "data"])
def test_a_private_message_with_one_digit_changed_does_not_open(field: str) -> None:
    message = json.loads(json.loads(of(1, "vinput"))["secrets"][1])
    message[field] = ("0" if message[field][0] != "0" else "1") + message[field][1:]
    with pytest.raises(BadPrivateMessage):
        receive(keys(1).receiving, certificate(2).verification, json.dumps(message, separators=(",", ":")), "member 2")


@pytest.mark.parametrize("message", ["", "{}", "[]", "null", '{"algorithm":"AES-GCM"}', "\ud800", "{" * 5000])
def test_what_is_no_private_message_is_refused_by_name(message: str) -> None:
    with pytest.raises(BadPrivateMessage) as refusal:
        receive(keys(1).receiving, certificate(2).verification, message, "member 2")
    assert refusal.value.where == "member 2"


def test_a_message_of_ours_opens_and_says_what_it_said() -> None:
    sealed = send(keys(2).signing, certificate(1).encryption, "Tín nhiệm")
    assert json.loads(sealed)["algorithm"] == "AES-GCM"
    assert receive(keys(1).receiving, certificate(2).verification, sealed, "member 2") == "Tín nhiệm"


def test_the_committee_is_written_byte_for_byte() -> None:
    assert Trustees.make((committee(),)).raw == PEDERSEN.raw("trustees.json")
    assert PEDERSEN.raw("trustees.json") == b'[["Pedersen",' + PEDERSEN.raw("threshold.json") + b"]]"


def test_the_committees_key_is_the_elections() -> None:
    assert committee().public_key == PEDERSEN.election.public_key


@pytest.mark.parametrize("owners", list(combinations(MEMBERS, 2)))
def test_any_two_of_three_shares_open_the_tally(owners: tuple[int, ...]) -> None:
    trustees = Trustees.parse(PEDERSEN.raw("trustees.json"))
    tally = EncryptedTally.parse(PEDERSEN.printed("encrypted_tally.out")[0], PEDERSEN.election)
    parts = {}
    for owner in owners:
        public = trustees.owners[owner - 1]
        binding = Binding("00" * 32, PEDERSEN.election.hash, "00" * 32, owner)
        parts[owner] = decrypt_partially(PEDERSEN.election, tally, binding, public=public, secret=share(owner))
        check_partial(PEDERSEN.election, tally, parts[owner], public, f"trustee {owner}")
    result = open_sums(tally, combine_factors(trustees, parts), len(PEDERSEN.ballots))
    assert result.encode() == PEDERSEN.raw("result.out")

"""Checks 6 to 8: the right to vote. Each test changes one thing; issuers sign what else must be signed again."""

from __future__ import annotations

from dataclasses import replace

import pytest
from nacl.signing import SigningKey

from keys.issuer import BlindSigner, IssuerKey
from tally.protocol.blind import CredentialSignature
from tally.protocol.credential_list import CredentialList, Issuance, ListedCredential
from tally.protocol.encoding import canonical
from tally.protocol.group import Point
from tally.protocol.holding import Voided, prove_standing
from tally.verify import verify_record
from tests.builders import Round, new_hall, new_round, seal
from tests.records import Files
from tests.tally.conftest import Refused
from tests.voter import listed, new_slip, signature_of


def first_replaced(round_: Round, entry: ListedCredential) -> Round:
    """Return the round with a voter's credential replaced and all lists and statements made again."""
    return replace(round_, listed=(entry, *round_.listed[1:]))


def first(round_: Round) -> ListedCredential:
    return round_.listed[0]


# --- 6: form ------------------------------------------------------------------------------------------------------


def test_an_unsorted_list_is_refused(round_: Round, refused: Refused) -> None:
    honest = round_.files().credential_list
    credentials = CredentialList(honest.manifest, honest.credentials[::-1], honest.voided).encode()
    refused(round_.record(credentials=credentials), 6, "NOT_SORTED")


def test_a_credential_listed_twice_is_refused(round_: Round, refused: Refused) -> None:
    refused(replace(round_, listed=(*round_.listed, first(round_))).record(), 6, "NOT_SORTED")


def test_the_list_of_another_round_is_refused(round_: Round, refused: Refused) -> None:
    other = replace(round_.files().credential_list, manifest="0" * 64)
    refused(round_.record(credentials=other.encode()), 6, "MISMATCH")


def test_voiding_a_credential_that_is_not_listed_is_refused(round_: Round, refused: Refused) -> None:
    _, stranger = new_slip(round_.manifest)
    refused(replace(round_, voided=(round_.voiding(stranger, "spoiled"),)).record(), 6, "MISMATCH")


def test_voiding_without_a_known_reason_is_refused(round_: Round, refused: Refused) -> None:
    voided = tuple(replace(v, reason="unwanted") for v in round_.voided)
    credentials = replace(round_.files().credential_list, voided=voided).encode()
    refused(round_.record(credentials=credentials), 6, "WRONG_SHAPE")


def test_an_organiser_cannot_void_a_slip_that_they_do_not_hold(round_: Round, refused: Refused) -> None:
    disliked, (_, own) = round_.slips[0], new_slip(round_.manifest)
    forged = replace(round_.voiding(own, "spoiled"), credential=disliked.public)
    refused(replace(round_, voided=(*round_.voided, forged)).record(), 6, "BAD_SIGNATURE")


def test_a_proof_for_one_reason_does_not_void_for_another(round_: Round, refused: Refused) -> None:
    other = replace(round_.voided[0], reason="spoiled")
    refused(replace(round_, voided=(other,)).record(), 6, "BAD_SIGNATURE")


def test_a_proof_of_another_round_does_not_void(round_: Round, refused: Refused) -> None:
    elsewhere = Voided.make("0" * 64, round_.unused, "spoiled")
    refused(replace(round_, voided=(*round_.voided, elsewhere)).record(), 6, "BAD_SIGNATURE")


def test_asking_after_a_ballot_is_no_consent_to_void_the_slip(round_: Round, refused: Refused) -> None:
    asked = prove_standing(round_.manifest.hash, round_.unused)
    forged = Voided(round_.unused.public, "spoiled", asked)
    refused(replace(round_, voided=(*round_.voided, forged)).record(), 6, "BAD_SIGNATURE")


# threats A17
def test_more_slips_than_voters_on_the_roll_are_refused(refused: Refused) -> None:
    hall = new_hall()
    crowded = replace(seal(hall).roll, voters=6)
    refused(new_round(hall=hall, roll=crowded).record(), 6, "WRONG_COUNT")


# --- 7: issuers' signatures ---------------------------------------------------------------------------------------


def test_a_forged_issuer_signature_is_refused(round_: Round, refused: Refused) -> None:
    one, two = first(round_).signatures
    flipped = bytes([two.signature[0] ^ 1]) + two.signature[1:]
    entry = replace(first(round_), signatures=(one, replace(two, signature=flipped)))
    refused(first_replaced(round_, entry).record(), 7, "SIGNATURE_INVALID")


# threats A14
def test_the_signature_of_only_one_issuer_is_refused(round_: Round, refused: Refused) -> None:
    entry = replace(first(round_), signatures=first(round_).signatures[:1])
    refused(first_replaced(round_, entry).record(), 7, "WRONG_COUNT")


# threats A14
def test_one_issuer_signing_twice_is_refused(round_: Round, refused: Refused) -> None:
    signer = round_.hall.signers[0]
    twice = tuple(signature_of(round_.manifest, 0, signer, first(round_).credential) for _ in range(2))
    refused(first_replaced(round_, replace(first(round_), signatures=twice)).record(), 7, "SIGNATURE_INVALID")


def test_one_issuer_signing_in_the_name_of_the_other_is_refused(round_: Round, refused: Refused) -> None:
    _, stuffed = new_slip(round_.manifest)
    signer = round_.hall.signers[0]
    own = signature_of(round_.manifest, 0, signer, stuffed.public)
    forged = _signed_in_the_name_of_the_second(round_, signer, stuffed.public)
    refused(first_replaced(round_, ListedCredential(stuffed.public, (own, forged))).record(), 7, "SIGNATURE_INVALID")


def _signed_in_the_name_of_the_second(round_: Round, signer: BlindSigner, credential: Point) -> CredentialSignature:
    issuers = tuple(replace(issuer, key=signer.public) for issuer in round_.manifest.issuers)
    return signature_of(replace(round_.manifest, issuers=issuers), 1, signer, credential)


# threats A10
def test_a_key_of_the_attackers_own_is_refused(round_: Round, refused: Refused) -> None:
    own = BlindSigner(IssuerKey.generate())
    _, stuffed = new_slip(round_.manifest)
    forged = tuple(signature_of(round_.manifest, n, own, stuffed.public) for n in range(2))
    refused(first_replaced(round_, ListedCredential(stuffed.public, forged)).record(), 7, "SIGNATURE_INVALID")


# threats A9
def test_a_credential_signed_for_another_round_is_refused(round_: Round, refused: Refused) -> None:
    other = listed(seal(round_.hall), round_.hall.signers, first(round_).credential)
    refused(first_replaced(round_, other).record(), 7, "SIGNATURE_INVALID")


def test_a_product_of_two_signatures_is_no_signature(round_: Round, refused: Refused) -> None:
    a, b = round_.listed[:2]
    modulus = round_.manifest.issuers[0].key.modulus
    numbers = [int.from_bytes(c.signatures[0].signature) for c in (a, b)]
    product = (numbers[0] * numbers[1] % modulus).to_bytes(384)
    forged = replace(a.signatures[0], signature=product)
    entry = replace(first(round_), signatures=(forged, first(round_).signatures[1]))
    refused(first_replaced(round_, entry).record(), 7, "SIGNATURE_INVALID")


# --- 8: statements ------------------------------------------------------------------------------------------------


def issuance(files: Files, *changes: dict[str, object]) -> bytes:
    """Return both issuers' statements with changes, each signed with its own statement key."""
    pairs = zip(files.round.manifest.issuers, files.round.hall.statements, changes, strict=True)
    return Issuance(tuple(files.statement(issuer.name, key, **change) for issuer, key, change in pairs)).encode()


# threats A16
def test_statements_whose_counts_differ_are_refused(round_: Round, refused: Refused) -> None:
    raw = issuance(round_.files(), {}, {"issued": 6, "envelopes": 2})
    refused(round_.record(issuance=raw), 8, "WRONG_COUNT")


def test_statements_whose_sums_differ_beyond_what_a_float_holds_are_refused(round_: Round, refused: Refused) -> None:
    change = {"issued": 6, "envelopes": 2**53 - 1, "undelivered": 2**53 - 4}
    refused(round_.record(issuance=issuance(round_.files(), change, change)), 8, "WRONG_COUNT")


def test_statements_that_both_count_too_few_are_refused(round_: Round, refused: Refused) -> None:
    raw = issuance(round_.files(), {"issued": 6}, {"issued": 6})
    refused(round_.record(issuance=raw), 8, "WRONG_COUNT")


def test_a_void_credential_that_the_issuers_do_not_know_is_refused(round_: Round, refused: Refused) -> None:
    raw = issuance(round_.files(), {"voided": 0}, {"voided": 0})
    refused(round_.record(issuance=raw), 8, "WRONG_COUNT")


@pytest.mark.parametrize("change", [{"issued": 8, "envelopes": 0}, {"issued": 7, "reissued": 1, "envelopes": 0},
                                    {"issued": 6, "reissued": 1}])  # fmt: skip
def test_counts_that_the_list_contradicts_are_refused(
    round_: Round, refused: Refused, change: dict[str, object]
) -> None:
    refused(round_.record(issuance=issuance(round_.files(), change, change)), 8, "WRONG_COUNT")


VAIN = {"issued": 8, "undelivered": 1}  # one voter's slip was signed, and no station brought it to the box


def test_what_was_signed_in_vain_is_counted_and_accepted(round_: Round) -> None:
    roll = replace(round_.manifest.roll, voters=8)
    honest = new_round(hall=round_.hall, roll=roll)
    for changes in ((VAIN, VAIN), (VAIN, {}), ({"envelopes": 2, "undelivered": 1}, {})):
        verify_record(honest.record(issuance=issuance(honest.files(), *changes)))


def test_a_voter_who_voids_their_slip_as_an_unused_envelope_does_not_spoil_the_round(round_: Round) -> None:
    honest = new_round(hall=round_.hall, roll=replace(round_.manifest.roll, voters=8))
    assert [voided.reason for voided in honest.voided] == ["unused_envelope"]
    without = {"issued": 8, "envelopes": 0}
    verify_record(honest.record(issuance=issuance(honest.files(), without, without)))


@pytest.mark.parametrize("changes", [
    ({"undelivered": 1}, {"undelivered": 1}),
    ({"issued": 6, "envelopes": 2}, VAIN),
    (VAIN, {"issued": 6, "envelopes": 3, "undelivered": 1}),
], ids=["more than signed", "fewer than were delivered", "kinds exchanged"])  # fmt: skip
def test_vain_signatures_explain_no_other_difference(
    round_: Round, refused: Refused, changes: tuple[dict[str, object], dict[str, object]]
) -> None:
    honest = new_round(hall=round_.hall, roll=replace(round_.manifest.roll, voters=8))
    refused(honest.record(issuance=issuance(honest.files(), *changes)), 8, "WRONG_COUNT")


def test_a_missing_statement_is_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    only = files.statement(round_.manifest.issuers[0].name, round_.hall.statements[0])
    refused(round_.record(issuance=Issuance((only,)).encode()), 8, "WRONG_COUNT")


def test_a_statement_under_a_name_that_is_not_sealed_is_refused(round_: Round, refused: Refused) -> None:
    raw = issuance(round_.files(), {}, {"issuer": "quan-sat-vien"})
    refused(round_.record(issuance=raw), 8, "MISMATCH")


def test_a_statement_signed_by_anybody_else_is_refused(round_: Round, refused: Refused) -> None:
    hall = replace(round_.hall, statements=(round_.hall.statements[0], SigningKey.generate()))
    raw = replace(round_, hall=hall).files().issuance
    refused(round_.record(issuance=raw), 8, "STATEMENT_SIGNATURE_INVALID")


def test_a_credential_added_after_the_statements_is_refused(round_: Round, refused: Refused) -> None:
    _, stuffed = new_slip(round_.manifest)
    entry = listed(round_.manifest, round_.hall.signers, stuffed.public)
    later = replace(round_, listed=(*round_.listed[1:], entry))
    refused(later.record(issuance=round_.files().issuance), 8, "MISMATCH")


def test_a_credential_voided_after_the_statements_is_refused(round_: Round, refused: Refused) -> None:
    later = replace(round_, voided=(*round_.voided, round_.voiding(round_.unused, "spoiled")))
    refused(later.record(issuance=round_.files().issuance), 8, "MISMATCH")


def test_a_statement_with_a_field_too_many_is_refused(round_: Round, refused: Refused) -> None:
    files = round_.files()
    first_issuer, key = round_.manifest.issuers[0].name, round_.hall.statements[0]
    odd = files.statement(first_issuer, key).encode() | {"note": "x"}
    raw = canonical({"format": "phieu-tin-nhiem/issuance/v1", "statements": [odd]})
    refused(round_.record(issuance=raw), 8, "WRONG_SHAPE")

"""The opening test and the zero report: enough members can decrypt, and nobody was asked to raise a foreign point.

Here lives the file opening.json. Never here: a trustee's key file (tests/keys).
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, replace

import pytest
from nacl.signing import SigningKey

from tally.protocol.committee import Committee
from tally.protocol.errors import BadProof, BadSignature, Incomplete, Mismatch, NotSorted, TallyError
from tally.protocol.group import Q, g_pow
from tally.protocol.manifest import Manifest
from tally.protocol.opening import Opening, Passed, opening_exponent, pass_test, zero_report_bytes
from tests.tally.small import make_committee, make_manifest

BOX = SigningKey(bytes(range(32)))


@dataclass(frozen=True)
class Hall:
    """A manifest, its committee, and every member's share."""

    manifest: Manifest
    committee: Committee
    shares: dict[int, int]

    def opening(self, *owners: int, box: SigningKey = BOX) -> Opening:
        nonces = {owner: secrets.token_hex(32) for owner in owners}
        passed = tuple(pass_test(self.committee, nonces, owner=k, secret=self.shares[k]) for k in owners)
        report = zero_report_bytes(self.manifest.hash, self.committee.hash)
        return Opening(self.manifest.hash, self.committee.hash, passed, box.sign(report).signature.hex())

    def refuses(self, opening: Opening, error: type[TallyError]) -> None:
        with pytest.raises(error):
            opening.check(self.manifest, self.committee)


@pytest.fixture(scope="module")
def hall() -> Hall:
    manifest = make_manifest(box_key=BOX.verify_key.encode().hex())
    return Hall(manifest, *make_committee(manifest))


@pytest.fixture(scope="module")
def all_three(hall: Hall) -> Opening:
    return hall.opening(1, 2, 3)


@pytest.mark.parametrize("owners", [(1, 2), (1, 3), (2, 3), (1, 2, 3)])
def test_any_two_of_three_members_are_enough(hall: Hall, owners: tuple[int, ...]) -> None:
    hall.opening(*owners).check(hall.manifest, hall.committee)


def test_a_committee_of_one_passes_alone() -> None:
    manifest = make_manifest(box_key=BOX.verify_key.encode().hex(), committee_size=1, threshold=1)
    alone = Hall(manifest, *make_committee(manifest))
    alone.opening(1).check(manifest, alone.committee)


def test_the_file_is_read_back_byte_for_byte(all_three: Opening) -> None:
    assert Opening.parse(all_three.encode()) == all_three


@pytest.mark.parametrize("owners", [(), (1,), (3,)])
def test_too_few_members_are_incomplete(hall: Hall, owners: tuple[int, ...]) -> None:
    hall.refuses(hall.opening(*owners), Incomplete)


@pytest.mark.parametrize("order", [(2, 1, 3), (1, 1, 2), (1, 2, 2)])
def test_members_out_of_order_or_twice_are_refused(hall: Hall, all_three: Opening, order: tuple[int, ...]) -> None:
    hall.refuses(replace(all_three, passed=tuple(all_three.passed[k - 1] for k in order)), NotSorted)


def test_a_member_that_the_committee_does_not_have_is_refused(hall: Hall, all_three: Opening) -> None:
    hall.refuses(replace(all_three, passed=(*all_three.passed, replace(all_three.passed[0], owner=4))), NotSorted)


def test_a_test_of_another_round_or_committee_is_refused(hall: Hall, all_three: Opening) -> None:
    for name in ("manifest", "committee"):
        hall.refuses(replace(all_three, **{name: "99" * 32}), Mismatch)


def test_a_share_that_is_not_the_members_does_not_pass(hall: Hall) -> None:
    wrong = Hall(hall.manifest, hall.committee, {**hall.shares, 2: hall.shares[3]})
    hall.refuses(wrong.opening(1, 2), BadProof)


@pytest.mark.parametrize("field", ["owner", "nonce", "factor", "challenge", "response"])
def test_a_passed_test_with_one_field_changed_is_refused(hall: Hall, field: str) -> None:
    opening = hall.opening(1, 2)
    first = opening.passed[0]
    changed: dict[str, Passed] = {
        "owner": replace(opening.passed[1], owner=1),
        "nonce": replace(first, nonce="99" * 32),
        "factor": replace(first, factor=first.factor * g_pow(1)),
        "challenge": replace(first, proof=replace(first.proof, challenge=(first.proof.challenge + 1) % Q)),
        "response": replace(first, proof=replace(first.proof, response=(first.proof.response + 1) % Q)),
    }
    hall.refuses(replace(opening, passed=(changed[field], opening.passed[1])), BadProof)


def test_a_zero_report_of_another_box_or_round_is_refused(hall: Hall, all_three: Opening) -> None:
    hall.refuses(hall.opening(1, 2, box=SigningKey(bytes(32))), BadSignature)
    elsewhere = BOX.sign(zero_report_bytes("99" * 32, hall.committee.hash)).signature.hex()
    hall.refuses(replace(all_three, zero_report=elsewhere), BadSignature)


def test_the_point_of_the_test_is_derived_by_everybody_alike() -> None:
    text = f"phieu-tin-nhiem/v1/opening-test|{'aa' * 32}|{'bb' * 32}|{'01' * 32}|{'02' * 32}"
    expected = int.from_bytes(hashlib.sha512(text.encode()).digest(), "big") % Q
    assert opening_exponent("aa" * 32, "bb" * 32, {2: "02" * 32, 1: "01" * 32}) == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b'"owner":1', b'"owner":0'), (b'"owner":1', b'"owner":true'), (b"opening/v1", b"opening/v2"),
        (b'"zero_report":"', b'"zero_report":"0'), (b'"nonce":"', b'"nonce":"A'), (b'"factor"', b'"f"'),
    ],
)  # fmt: skip
def test_a_file_of_another_form_is_refused(all_three: Opening, old: bytes, new: bytes) -> None:
    raw = all_three.encode()
    assert old in raw
    with pytest.raises(TallyError):
        Opening.parse(raw.replace(old, new, 1))

"""A small election and votes in it, honest ones and the one that a cheating booth makes.

Here lives what several test files build upon. Never here: a test, or a key used anywhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import rsa

from keys.committee.ceremony import Seat, draw_polynomial, make_certificate, publish_key, receive_share, reveal
from keys.committee.channel import MemberKeys, random_seed
from tally import rules
from tally.count import close
from tally.protocol.archive import BALLOT, ENCRYPTED_TALLY, PARTIAL_DECRYPTION, RESULT, Archive
from tally.protocol.ballot import Answer, Ballot, SumStatements, individual_tag, unsigned_json
from tally.protocol.booth import cast, encrypt
from tally.protocol.ceremony import Messages, assemble, check_all_certificates
from tally.protocol.cipher import encrypt as encrypt_number
from tally.protocol.committee import Committee, Member
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.decryption import Binding, Owned, decrypt_partially
from tally.protocol.election import Election, Question
from tally.protocol.encoding import canonical, sha256_compact, sha256_hex
from tally.protocol.group import g_pow, random_scalar
from tally.protocol.issuer_key import IssuerPublicKey
from tally.protocol.manifest import Block, Issuer, Manifest, Official, Policy, Roll
from tally.protocol.proofs import Witness, ballot_signature_prefix, prove_one_of, schnorr_sign
from tally.protocol.result import combine_factors, open_sums
from tally.protocol.sums import EncryptedTally
from tally.protocol.trustees import Trustees

UUID = "8e1CVLYEET9UQq"
LEVELS = ("Tín nhiệm cao", "Tín nhiệm", "Tín nhiệm thấp")
RATING = Question(LEVELS, False, 0, 1, "1. Nguyễn Thị A – Chủ tịch")
WITH_BLANK = Question(LEVELS, True, 1, 1, "2. Trần Văn B – Phó Chủ tịch")
MANIFEST_HASH = "ab" * 32
A_DAY = 1_795_305_600


def make_election(*questions: Question, secret: int, uuid: str = UUID) -> Election:
    """Return an election whose only trustee holds `secret`."""
    return Election.make(
        name="Lấy phiếu", description="", public_key=g_pow(secret), questions=questions or (RATING,), uuid=uuid
    )


def new_credential(uuid: str = UUID) -> Credential:
    return Credential.derive(SlipCode.random(), uuid)


def vote(election: Election, *choices: tuple[int, ...], by: Credential | None = None) -> Ballot:
    return cast(election, encrypt(election, choices), by or new_credential(election.uuid))


def signed(election: Election, credential: Credential, answers: tuple[Answer, ...]) -> Ballot:
    """Sign whatever answers there are, as the holder of a slip can."""
    point = credential.public
    body = unsigned_json(election.uuid, election.fingerprint, point, answers)
    digest = sha256_compact(canonical(body))
    signature = schnorr_sign(ballot_signature_prefix(digest), credential.secret)
    return Ballot(election.uuid, election.fingerprint, point, answers, digest, signature)


def cheat(election: Election, numbers: tuple[int, ...], by: Credential) -> Ballot:
    """Encrypt any integers for the first question, proving as well as one can that they are permitted."""
    key, question = election.public_key, election.questions[0]
    randoms = tuple(random_scalar() for _ in numbers)
    choices = tuple(encrypt_number(key, m, r) for m, r in zip(numbers, randoms, strict=True))
    context = f"{election.fingerprint}|{by.public.encode()}"
    individual = tuple(
        prove_one_of(individual_tag(context, c), key, ((c, 0), (c, 1)), Witness(int(m >= 1), r))
        for c, m, r in zip(choices, numbers, randoms, strict=True)
    )
    sums = SumStatements.of(choices, question, context)
    first = int(question.blank)
    total = Witness(min(max(sum(numbers[first:]), 0), question.max) - question.min + first, sum(randoms[first:]))
    overall = Witness(0, randoms[0]) if first and numbers[0] else total
    blank = Witness(int(numbers[0] == 1), sum(randoms[1:]) if numbers[0] == 1 else randoms[0])
    answer = Answer(
        choices,
        individual,
        prove_one_of(sums.overall_tag, key, sums.overall, overall),
        prove_one_of(sums.blank_tag, key, sums.blank, blank) if question.blank else None,
    )
    return signed(election, by, (answer,))


# --- a manifest and a committee -----------------------------------------------------------------------------------


@cache
def issuer_key(number: int) -> IssuerPublicKey:
    numbers = rsa.generate_private_key(public_exponent=65537, key_size=3072).public_key().public_numbers()
    return IssuerPublicKey(numbers.n)


def make_manifest(**changes: Any) -> Manifest:
    officials = (Official("a", "Nguyễn Thị A", "Chủ tịch"), Official("b", "Trần Văn B", "Phó Chủ tịch"))
    return Manifest.make(
        **{
            "uuid": UUID,
            "title": "Lấy phiếu tín nhiệm",
            "body": "Hội đồng nhân dân",
            "session": "",
            "date": "2026-12-07",
            "rehearsal": True,
            "rules": rules.load("NQ96_2023"),
            "blocks": (Block("Khối A", officials),),
            "roll": Roll(20, 18, 15, "cd" * 32),
            "issuers": (Issuer("ban-to-chuc", issuer_key(1), "11" * 32),),
            "box_key": "22" * 32,
            "log_key": "33" * 32,
            "committee_size": 3,
            "threshold": 2,
            "policy": Policy(1),
        }
        | changes
    )


def make_committee(manifest: Manifest) -> tuple[Committee, dict[int, int]]:
    """Run the whole ceremony; return the committee and each member's share."""
    numbers = range(1, manifest.committee_size + 1)
    members = tuple(Member(f"Thành viên {i}", "") for i in numbers)
    if manifest.committee_size == 1:
        share = random_scalar()
        return assemble(manifest, members, Messages({}, {}, {}, {1: publish_key(share, None)})), {1: share}
    seats = {i: Seat(manifest, i, MemberKeys.derive(random_seed())) for i in numbers}
    certificates = {i: make_certificate(seat) for i, seat in seats.items()}
    ordered = check_all_certificates(manifest, certificates)
    polynomials = {i: draw_polynomial(seat) for i, seat in seats.items()}
    commitments = {i: p.commitment for i, p in polynomials.items()}
    reveals = {i: reveal(seats[i], polynomials[i], ordered, commitments) for i in numbers}
    received = (ordered, tuple(commitments.values()), tuple(reveals.values()))
    shares = {i: receive_share(seats[i], *received) for i in numbers}
    keys = {i: publish_key(shares[i], seats[i].keys.signing) for i in numbers}
    return assemble(manifest, members, Messages(certificates, commitments, reveals, keys)), shares


# --- an archive ---------------------------------------------------------------------------------------------------


def make_archive(
    election: Election, trustees: Trustees, ballots: list[Ballot], shares: Mapping[int, int]
) -> tuple[Archive, tuple[tuple[int, ...], ...]]:
    """Close, decrypt with `shares` (by owner number) and publish; return the archive and the counts."""
    credentials = canonical(sorted(b.credential.encode() for b in ballots))
    archive = Archive.begin(A_DAY + 4711, election=election.raw, trustees=trustees.raw, credentials=credentials)
    in_order = sorted(ballots, key=lambda b: b.hash)
    archive = close(archive.extended(*((BALLOT, (b.encode(),)) for b in in_order)))
    raw = archive.of_type(ENCRYPTED_TALLY)[0].data[0]
    tally = EncryptedTally.parse(raw, election)
    parts = {}
    for owner, share in shares.items():
        binding = Binding(MANIFEST_HASH, election.hash, sha256_hex(raw), owner)
        public = trustees.owners[owner - 1]
        parts[owner] = decrypt_partially(election, tally, binding, public=public, secret=share)
    result = open_sums(tally, combine_factors(trustees, parts), len(ballots))
    published = [
        (PARTIAL_DECRYPTION, (part.encode(), Owned(owner, sha256_hex(part.encode())).encode()))
        for owner, part in parts.items()
    ]
    return archive.extended(*published, (RESULT, (result.encode(),))), result.rows

"""Real rounds, small and in memory: sealed, issued, opened, voted; nothing in them is a mock.

Here live honest rounds with every secret part in reach. Never here: a lie; those are in the tests, which change one
thing of a round and let records.py make everything that depends on it again.

    round_ = small_round()                  # 3 officials in 2 blocks, 2 issuers, committee 2 of 3, 6 ballots of 7 slips
    verify_record(round_.record())
    verify_record(round_.record(spoiled=b"…"))          # everything else repaired: see tests/records.py
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, cached_property
from typing import Any

from nacl.signing import SigningKey

from keys.committee import ceremony
from keys.committee.ceremony import Polynomial, Seat
from keys.committee.channel import ALPHABET, MemberKeys, random_seed
from keys.issuer import BlindSigner, IssuerKey
from tally import rules
from tally.protocol.booth import Draft
from tally.protocol.ceremony import Messages, assemble, check_all_certificates
from tally.protocol.committee import Committee, Member
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import ListedCredential
from tally.protocol.election import Election
from tally.protocol.holding import UNUSED_ENVELOPE, Voided
from tally.protocol.manifest import MINIMUM_BALLOTS, Block, Issuer, Manifest, Official, Policy, Roll, roll_digest
from tally.record import Record
from tests import voter
from tests.records import Files

ISSUERS = ("ban-to-chuc", "ban-kiem-phieu")
VOTES: tuple[voter.Levels, ...] = ((0, 1, 2), (0, 0, 2), (1, 0, 2), (0, None, 2), (None, 1, 2), (0, 2, 1))
COUNTS = ((4, 1, 0), (2, 2, 1), (0, 1, 5))
SLIPS = len(VOTES) + 1


@dataclass(frozen=True)
class Hall:
    """The keys of issuers and box, which a real hall destroys and this one keeps."""

    issuers: tuple[IssuerKey, ...]
    statements: tuple[SigningKey, ...]
    box: SigningKey

    @property
    def signers(self) -> tuple[BlindSigner, ...]:
        return tuple(BlindSigner(key) for key in self.issuers)


@dataclass(frozen=True)
class Board:
    """A committee with everything its members know: seats, polynomials, all messages, shares, seeds of their keys."""

    seats: tuple[Seat, ...]
    polynomials: tuple[Polynomial, ...]
    messages: Messages
    shares: Mapping[int, int]
    committee: Committee
    seeds: tuple[str, ...]


@dataclass(frozen=True)
class Round:
    """One round with all its secrets; `dataclasses.replace` changes a part, `record` writes the files."""

    hall: Hall
    manifest: Manifest
    codes: tuple[SlipCode, ...]
    listed: tuple[ListedCredential, ...]
    voided: tuple[Voided, ...]
    board: Board
    ballots: tuple[bytes, ...] = ()
    spoiled: tuple[Draft, ...] = ()
    opening: bytes = b""

    @cached_property
    def election(self) -> Election:
        return election(self.manifest, self.board.committee)

    @cached_property
    def slips(self) -> tuple[Credential, ...]:
        return tuple(Credential.derive(code, self.manifest.uuid) for code in self.codes)

    @property
    def unused(self) -> Credential:
        """The slip that was given out and never cast."""
        return self.slips[-1]

    def voiding(self, slip: Credential, reason: str) -> Voided:
        """Void a slip of this round as its holder can."""
        return Voided.make(self.manifest.hash, slip, reason)

    def record(self, **forged: Any) -> Record:
        """Write the counted record; the names that may be forged are those of tests/records.py."""
        return Files(self, forged).record

    def closed(self, **forged: Any) -> Record:
        """Write the record as the trustees get it: without parts and result."""
        return self.record(parts={}, **forged)

    def files(self, **forged: Any) -> Files:
        """Return the files one by one, to look at what one step made."""
        return Files(self, forged)


# --- its parts ----------------------------------------------------------------------------------------------------


@cache
def issuer_keys() -> tuple[IssuerKey, IssuerKey]:
    """Make the slow keys once for all rounds: real rounds never share them."""
    return IssuerKey.generate(), IssuerKey.generate()


LOG_KEY = SigningKey.generate()


def new_hall() -> Hall:
    return Hall(issuer_keys(), tuple(SigningKey.generate() for _ in ISSUERS), SigningKey.generate())


def seal(hall: Hall, **changes: Any) -> Manifest:
    issuers = tuple(
        Issuer(name, key.public, statement.verify_key.encode().hex())
        for name, key, statement in zip(ISSUERS, hall.issuers, hall.statements, strict=True)
    )
    officials = [Official(f"cb-{n}", f"Cán bộ {n}", f"Chức vụ {n}") for n in (1, 2, 3)]
    content = {
        "uuid": "".join(secrets.choice(ALPHABET) for _ in range(14)),
        "title": "Lấy phiếu tín nhiệm",
        "body": "Ban Chấp hành (số liệu thử)",
        "session": "Hội nghị thứ nhất",
        "date": "2026-11-22",
        "rehearsal": False,
        "rules": rules.load("QD96_2023"),
        "blocks": (Block("Khối Đảng", tuple(officials[:2])), Block("Khối chính quyền", tuple(officials[2:]))),
        "roll": Roll(9, 8, SLIPS, roll_digest(secrets.token_bytes(32), [f"cử tri {n}" for n in range(SLIPS)])),
        "issuers": issuers,
        "box_key": hall.box.verify_key.encode().hex(),
        "log_key": LOG_KEY.verify_key.encode().hex(),
        "committee_size": 3,
        "threshold": 2,
        "policy": Policy(MINIMUM_BALLOTS, accepted_by="Chủ tọa hội nghị"),
    }
    return Manifest.make(**(content | changes))


def convene(manifest: Manifest) -> Board:
    """Hold a key ceremony among honest members."""
    seeds = tuple(random_seed() for _ in range(manifest.committee_size))
    table = tuple(Seat(manifest, i, MemberKeys.derive(seed)) for i, seed in enumerate(seeds, start=1))
    polynomials = tuple(map(ceremony.draw_polynomial, table))
    people = tuple(Member(f"Ủy viên {seat.index}", "") for seat in table)
    if len(table) == 1:
        shares = {1: polynomials[0].coefficients[0]}
        messages = Messages({}, {}, {}, {1: ceremony.publish_key(shares[1], None)})
        return Board(table, polynomials, messages, shares, assemble(manifest, people, messages), seeds)
    certificates = {seat.index: ceremony.make_certificate(seat) for seat in table}
    ordered = check_all_certificates(manifest, certificates)
    commitments = {i: p.commitment for i, p in enumerate(polynomials, start=1)}
    reveals = {
        seat.index: ceremony.reveal(seat, p, ordered, commitments) for seat, p in zip(table, polynomials, strict=True)
    }
    everything = (ordered, tuple(commitments.values()), tuple(reveals.values()))
    shares = {seat.index: ceremony.receive_share(seat, *everything) for seat in table}
    keys = {seat.index: ceremony.publish_key(shares[seat.index], seat.keys.signing) for seat in table}
    messages = Messages(certificates, commitments, reveals, keys)
    return Board(table, polynomials, messages, shares, assemble(manifest, people, messages), seeds)


def election(manifest: Manifest, committee: Committee) -> Election:
    return Election.make(
        name=manifest.title,
        description=manifest.description(committee.hash),
        public_key=committee.trustees.public_key,
        questions=manifest.questions(),
        uuid=manifest.uuid,
    )


def new_round(
    votes: tuple[voter.Levels, ...] = VOTES,
    hall: Hall | None = None,
    hold_ceremony: Callable[[Manifest], Board] = convene,
    **changes: Any,
) -> Round:
    """Hold a whole round; one slip stays unused, one envelope is void, one draft was opened to test a terminal."""
    hall = hall or new_hall()
    manifest = seal(hall, **changes)
    made = [voter.new_slip(manifest) for _ in range(len(votes) + 2)]
    listed = tuple(voter.listed(manifest, hall.signers, credential.public) for _, credential in made)
    envelope = Voided.make(manifest.hash, made.pop()[1], UNUSED_ENVELOPE)
    codes = tuple(code for code, _ in made)
    empty = Round(hall, manifest, codes, listed, (envelope,), hold_ceremony(manifest))
    ready = replace(empty, opening=empty.files().opened(*empty.board.shares))
    pairs = zip(votes, ready.slips, strict=False)
    ballots = tuple(voter.vote(ready.election, levels, slip) for levels, slip in pairs)
    return replace(ready, ballots=ballots, spoiled=(voter.draft(ready.election, votes[0]),))


@cache
def small_round() -> Round:
    """Return the one honest round that most tests start from."""
    return new_round()

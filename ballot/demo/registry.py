"""The organisers' part of a demonstration: seal the round, issue slips blindly, freeze the list.

Here lives the order of their acts. Never here: a ballot.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from ballot.demo.hall import ISSUERS, MEMBERS, THRESHOLD, Hall
from ballot.demo.station import Slip, make_slip
from keys import signers
from keys.signers import BoxSigner, Issuer, MemoryLedger, Reason, StatementSigner
from tally import rules
from tally.protocol.credential_list import CredentialList, Issuance, ListedCredential
from tally.protocol.group import Point
from tally.protocol.manifest import Block, Manifest, Official, Roll, roll_digest
from tally.protocol.manifest import Issuer as IssuerEntry

BOX_KEY = "hom-phieu.box.key"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed round with its signers."""

    manifest: Manifest
    issuers: list[Issuer]
    statements: list[StatementSigner]
    box: BoxSigner


@dataclass(frozen=True, slots=True)
class Issued:
    """Slips in the voters' hands, in no order, and the frozen list."""

    slips: list[Slip]
    credentials: CredentialList


def seal(hall: Hall) -> Sealed:
    """Make the keys of issuers and box and seal the manifest; its hash goes onto paper."""
    hall.prepare()
    common = {"round_id": hall.uuid, "passphrase": hall.passphrase}
    entries = []
    for name in hall.stage.each(ISSUERS, "Tạo khóa của các bên cấp phiếu"):
        key = signers.create_issuer_key(hall.key(f"{name}.issuer.key"), name=name, **common)
        statement = signers.create_statement_key(hall.key(f"{name}.statement.key"), name=name, **common)
        entries.append(IssuerEntry(name, key, statement))
    box_key = signers.create_box_key(hall.key(BOX_KEY), name="hom-phieu", **common)
    manifest = _manifest(hall, tuple(entries), box_key)
    (hall.exchange / "manifest.json").write_bytes(manifest.raw)
    signers.check_distinct_purposes(_uses(manifest))
    hall.stage.paper("Bản niêm phong", manifest.hash)
    return _open_signers(hall, manifest)


def _manifest(hall: Hall, issuers: tuple[IssuerEntry, ...], box_key: str) -> Manifest:
    s = hall.scenario
    blocks: dict[str, list[Official]] = {}
    for number, row in enumerate(s.rows, start=1):
        blocks.setdefault(row.block, []).append(Official(f"{s.slug}-{number:02d}", row.name, row.position))
    return Manifest.make(
        uuid=hall.uuid,
        title=s.title,
        body=s.body,
        session=s.session,
        date=s.date,
        rehearsal=True,
        rules=rules.load(s.rule_set),
        blocks=tuple(Block(title, tuple(officials)) for title, officials in blocks.items()),
        roll=Roll(s.delegates, s.delegates, s.delegates, roll_digest(secrets.token_bytes(32), hall.voters())),
        issuers=issuers,
        box_key=box_key,
        committee_size=len(MEMBERS),
        threshold=THRESHOLD,
    )


def _uses(manifest: Manifest) -> list[signers.KeyUse]:
    """Return every key of the round with its purpose: no key may serve two (threats A8)."""
    uses = [signers.KeyUse("hòm phiếu", signers.ed25519_fingerprint(manifest.box_key))]
    for issuer in manifest.issuers:
        uses.append(signers.KeyUse(f"{issuer.name}: cấp phiếu", signers.issuer_fingerprint(issuer.key)))
        uses.append(signers.KeyUse(f"{issuer.name}: bản kê", signers.ed25519_fingerprint(issuer.statement_key)))
    return uses


def _open_signers(hall: Hall, manifest: Manifest) -> Sealed:
    common = {"round_id": hall.uuid, "passphrase": hall.passphrase}
    issuers = [
        Issuer(
            signers.open_issuer_signer(hall.key(f"{name}.issuer.key"), **common),
            voters=hall.voters(),
            ledger=MemoryLedger(issuer=name, manifest=manifest.hash),
        )
        for name in ISSUERS
    ]
    statements = [signers.open_statement_signer(hall.key(f"{name}.statement.key"), **common) for name in ISSUERS]
    return Sealed(manifest, issuers, statements, signers.open_box_signer(hall.key(BOX_KEY), **common))


def issue(hall: Hall, sealed: Sealed) -> Issued:
    """Give every voter present a slip; replace spoiled ones; make envelopes nobody draws; freeze the list."""
    desk = _Desk(hall, sealed)
    present = hall.voters()[: hall.scenario.issued]
    for voter in hall.stage.each(present, "Cấp thẻ (ký mù, hai bên cấp)"):
        desk.issue(voter)
    for voter in present[: hall.scenario.spoiled]:
        desk.replace(voter)
    for _ in range(hall.scenario.envelopes):
        desk.make_unused_envelope()
    return desk.freeze()


class _Desk:
    """The desk with its station; it alone knows which slip went to whom, and only until the freeze."""

    def __init__(self, hall: Hall, sealed: Sealed) -> None:
        self.hall, self.sealed = hall, sealed
        self.given: dict[str, tuple[Slip, ListedCredential]] = {}
        self.void: dict[Point, str] = {}
        self.withdrawn: list[ListedCredential] = []

    def issue(self, voter: str) -> None:
        """Issue a voter's slip."""
        self.given[voter] = make_slip(
            self.sealed.manifest, self.sealed.issuers, lambda issuer, blinded: issuer.issue(voter, blinded)
        )

    def replace(self, voter: str) -> None:
        """Void a slip that was handed back, and issue another."""
        self._withdraw(self.given[voter][1], "spoiled")
        self.given[voter] = make_slip(
            self.sealed.manifest,
            self.sealed.issuers,
            lambda issuer, blinded: issuer.reissue(voter, blinded, Reason.SPOILED),
        )

    def make_unused_envelope(self) -> None:
        """Make a slip for a latecomer who does not come; it is voided."""
        _, credential = make_slip(
            self.sealed.manifest, self.sealed.issuers, lambda issuer, blinded: issuer.issue_envelope(blinded)
        )
        self._withdraw(credential, "unused_envelope")

    def freeze(self) -> Issued:
        """End issuing: destroy the issuers' keys, list the credentials sorted, forget who has which slip."""
        for name, issuer in zip(ISSUERS, self.sealed.issuers, strict=True):
            issuer.freeze()
            signers.destroy_key(self.hall.key(f"{name}.issuer.key"))
        listed = [credential for _, credential in self.given.values()] + self.withdrawn
        slips = [slip for slip, _ in self.given.values()]
        secrets.SystemRandom().shuffle(slips)
        self.given.clear()
        note = f"Danh sách đã chốt: {len(listed)} thẻ, trong đó hủy {len(self.void)}; khóa cấp phiếu đã hủy"
        self.hall.stage.note(note)
        return Issued(slips, CredentialList.make(self.sealed.manifest, listed, self.void))

    def _withdraw(self, credential: ListedCredential, reason: str) -> None:
        self.void[credential.credential] = reason
        self.withdrawn.append(credential)


def state(sealed: Sealed, credentials: CredentialList) -> Issuance:
    """Return the issuers' signed closing statements over the final list."""
    return Issuance(
        tuple(
            issuer.statement(voided=len(credentials.voided), credentials=credentials.hash, sign=signer.sign)
            for issuer, signer in zip(sealed.issuers, sealed.statements, strict=True)
        )
    )

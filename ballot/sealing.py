"""Sealing: a round's keys are made, its manifest is written, the box learns of it; it can be repeated if cut off.

Here lives this one act. Never here: a slip or a ballot.
"""

from __future__ import annotations

import hashlib
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot import assets
from ballot.acts import Actor, check_allowed, find_round, move
from ballot.house import House
from ballot.models import box as box_tables
from ballot.models.registry import Official, Round, Voter
from ballot.storage import reading, writing
from keys.signers import KeyUse, check_distinct_purposes, ed25519_fingerprint, issuer_fingerprint
from tally import rules
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.manifest import Block, Issuer, Manifest, Roll, roll_digest
from tally.protocol.manifest import Official as ManifestOfficial
from tally.protocol.phase import Act, Phase

_FLEET_LABEL = b"phieu-tin-nhiem/v1/fleet-key|"
_STAGING_LABEL = b"phieu-tin-nhiem/v1/staging-key|"


def seal(house: House, uuid: str, actor: Actor) -> str:
    """Make the round's keys, seal the manifest, hand it to the box; return the manifest's hash for the paper.

    The registry is held throughout: a second press, or a second organiser, waits and then finds the round sealed.
    Raises WrongPhase and what Manifest.parse refuses. Source: threats E3.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.SEAL)
        manifest = _sealed_before(house, uuid) or _seal(house, row, _draft(session, row))
        row.manifest = manifest.raw
        move(session, row, Act.SEAL, actor)
    return manifest.hash


def _sealed_before(house: House, uuid: str) -> Manifest | None:
    """Return the manifest that the box already holds, if an earlier sealing was cut off after it."""
    with reading(house.box) as session:
        row = session.get(box_tables.Election, uuid)
    return Manifest.parse(row.manifest) if row else None


def _seal(house: House, row: Round, draft: dict[str, Any]) -> Manifest:
    house.keyring.discard(row.uuid)
    issuers, box_key, freeze_key = house.keyring.create(row.uuid)
    entries = tuple(Issuer(name, key, statement) for name, key, statement in issuers)
    manifest = Manifest.make(issuers=entries, box_key=box_key, **draft)
    check_distinct_purposes(_uses(manifest))
    with writing(house.box) as session:
        session.add(
            box_tables.Election(
                uuid=row.uuid,
                phase=Phase.ISSUING.value,
                manifest=manifest.raw,
                freeze_key=freeze_key,
                fleet_lock=fleet_lock(row.fleet_key),
                staging_lock=staging_lock(bytes.fromhex(row.staging_key)),
            )
        )
    return manifest


def fleet_lock(key: str) -> bytes:
    """Return what the box keeps of the key to the board of terminals. Source: SPEC 5.14."""
    return hashlib.sha256(_FLEET_LABEL + key.encode("utf-8")).digest()


def staging_lock(key: bytes) -> bytes:
    """Return what the box keeps of the key with which stations send before the freeze. Source: SPEC 5.14."""
    return hashlib.sha256(_STAGING_LABEL + key).digest()


def _uses(manifest: Manifest) -> list[KeyUse]:
    """Return every key of the round with its purpose: no key may serve two (threats A8)."""
    uses = [KeyUse(_("khóa hòm phiếu"), ed25519_fingerprint(manifest.box_key))]
    issuing, stating = _("khóa cấp phiếu"), _("khóa bản kê")
    for issuer in manifest.issuers:
        uses.append(KeyUse(f"{issuer.name}: {translate(issuing)}", issuer_fingerprint(issuer.key)))
        uses.append(KeyUse(f"{issuer.name}: {translate(stating)}", ed25519_fingerprint(issuer.statement_key)))
    return uses


def _draft(session: Session, row: Round) -> dict[str, Any]:
    officials = session.scalars(select(Official).where(Official.round_id == row.id).order_by(Official.number)).all()
    voters = session.scalars(select(Voter).where(Voter.round_id == row.id)).all()
    blocks = tuple(
        Block(title, tuple(ManifestOfficial(f"{o.number:03d}", o.name, o.position) for o in group))
        for title, group in groupby(officials, key=lambda o: o.block)
    )
    digest = roll_digest(row.roll_salt, [f"{v.reference}|{v.name}|{v.unit}|{v.site}" for v in voters])
    return {
        "uuid": row.uuid,
        "title": row.title,
        "body": row.body,
        "session": row.session,
        "date": row.date,
        "rehearsal": row.rehearsal,
        "rules": rules.load(row.rule_set),
        "blocks": blocks,
        "roll": Roll(row.delegates, len(voters), len(voters), digest),
        "committee_size": row.committee_size,
        "threshold": row.threshold,
        "minimum_ballots": row.minimum_ballots,
        "own_device": row.own_device,
        "software": assets.hashes(),
    }

"""Issuing: every issuer of the round signs what a station sends under a desk's permission; then the list is frozen.

Here live these two acts. Never here: the credential before the freeze (it comes blinded), or a name after it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from sqlalchemy import delete

from ballot import audit
from ballot.acts import Actor, find_round
from ballot.box import round_of
from ballot.checkin import digest
from ballot.house import ISSUERS, House
from ballot.ledger import SqlLedger
from ballot.models import box as box_tables
from ballot.models.registry import Authorisation, Voter
from ballot.staging import staged_credentials
from ballot.storage import reading, rewrite, writing
from keys.signers import ANSWERS, Entry, Issuer, KeysError, Kind, check_blinded
from tally.i18n import marked as _
from tally.protocol.credential_list import CredentialList, ListedCredential
from tally.protocol.encoding import decode
from tally.protocol.errors import Refused, TallyError, WrongCount
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase, WrongPhase


class NotAuthorised(Refused):
    """No desk gave this permission, or it was used for another request."""

    code = "NOT_AUTHORISED"
    text = _("Mã của bàn tiếp đón không đúng hoặc đã dùng cho yêu cầu khác.")


def sign(house: House, uuid: str, *, code: str, blinded: Sequence[bytes]) -> list[bytes]:
    """Return every issuer's blind signature; the same request gets the same answer, any other is refused.

    Raises NotAuthorised, WrongPhase, WrongCount, and what the issuers refuse. Source: SPEC 5.14, step 2; threats A1–A5.
    """
    if len(blinded) != len(ISSUERS):
        raise WrongCount("blinded", found=len(blinded), expected=len(ISSUERS))
    request = hashlib.sha256(b"".join(blinded)).digest()
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if row.phase != Phase.ISSUING.value or row.frozen:
            raise WrongPhase("round", phase=row.phase)
        permission = session.get(Authorisation, digest(code))
        # Refused before the permission is bound: one issuer must never sign where the next one will not.
        for issuer, message in zip(Manifest.parse(row.manifest or b"").issuers, blinded, strict=True):
            check_blinded(issuer.key, message)
        if permission is None or permission.round_id != row.id or permission.request not in (None, request):
            raise NotAuthorised("authorisation")
        permission.request = request  # bound before anybody signs: a repeat is the same request or nothing
        voter = session.get(Voter, permission.voter_id)
        reference = voter.reference if voter else ""
    issuers = open_issuers(house, uuid)
    return [issuer.issue(reference, message) for issuer, message in zip(issuers, blinded, strict=True)]


def open_issuers(house: House, uuid: str) -> list[Issuer]:
    """Return the round's issuers with their ledgers."""
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        manifest = Manifest.parse(row.manifest or b"")
        voters = [v.reference for v in session.query(Voter).filter(Voter.round_id == row.id)]
    return [
        Issuer(
            house.keyring.issuer(uuid, name),
            voters=voters,
            ledger=SqlLedger(house.registry, round_id=row.id, issuer=name, manifest=manifest.hash),
        )
        for name in ISSUERS
    ]


def freeze(house: House, uuid: str, actor: Actor) -> int:
    """End issuing: make the final list from what stations staged, then destroy the issuers' keys.

    The list is fixed in the transaction in which issuing ends. Whatever is cut off after it is made good by calling
    this again. Returns how many credentials are listed. Raises WrongPhase, and WrongCount when a station has not
    delivered. Source: SPEC 5.14, step 4.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        if row.phase != Phase.ISSUING.value:
            raise WrongPhase("round", phase=row.phase)
        manifest = Manifest.parse(row.manifest or b"")
    if not row.frozen:
        _fix_list(house, manifest, actor)
    finish_freeze(house, row.id, manifest)
    with reading(house.box) as session:
        return len(CredentialList.parse(round_of(session, uuid).credentials or b"").credentials)


def _fix_list(house: House, manifest: Manifest, actor: Actor) -> None:
    with reading(house.registry) as session:
        round_id = find_round(session, manifest.uuid).id
    ledgers = [_ledger(house, round_id, manifest, name) for name in ISSUERS]  # opened first: opening one may write
    with writing(house.registry) as session:
        row = find_round(session, manifest.uuid)
        listed, refused = _open_staged(house, manifest)
        for ledger in ledgers:
            signed = sum(ledger.count(kind) for kind in ANSWERS)
            if signed != len(listed.credentials):
                raise WrongCount(f"credentials, {ledger.issuer}", found=len(listed.credentials), expected=signed)
        with writing(house.box) as box:
            round_of(box, manifest.uuid).credentials = listed.encode()
        row.frozen = True
        counts = f"{len(listed.credentials)} listed, {refused} unreadable"
        audit.record(session, actor=actor.login, act="freeze-list", subject=f"{manifest.uuid} {counts}")


def finish_freeze(house: House, round_id: int, manifest: Manifest) -> None:
    """End every issuer's log, destroy the issuers' keys, empty the staging; harmless when done before."""
    for name in ISSUERS:
        ledger = _ledger(house, round_id, manifest, name)
        if not ledger.frozen:
            ledger.append(Entry(Kind.FROZEN))
    house.keyring.destroy_issuers(manifest.uuid)
    with writing(house.box) as session:
        session.execute(delete(box_tables.StagedCredential).where(box_tables.StagedCredential.uuid == manifest.uuid))
    house.keyring.destroy_freeze(manifest.uuid)
    rewrite(house.box)  # its log still tells in which order the stations delivered


def _ledger(house: House, round_id: int, manifest: Manifest, name: str) -> SqlLedger:
    return SqlLedger(house.registry, round_id=round_id, issuer=name, manifest=manifest.hash)


def _open_staged(house: House, manifest: Manifest) -> tuple[CredentialList, int]:
    """Return the list of all staged credentials that every issuer signed, sorted, and how many blobs were none.

    Anybody can post to the staging, so what does not open or does not verify is passed over, not an obstacle.
    """
    key, found, refused = house.keyring.freeze(manifest.uuid), {}, 0
    with reading(house.box) as session:
        blobs = staged_credentials(session, manifest.uuid)
    for blob in blobs:
        try:
            credential = ListedCredential.parse(decode(key.open(blob), "credential", limit=16_384), "credential")
            credential.check_signatures(manifest, "credential")
            found[credential.credential] = credential
        except (TallyError, KeysError):
            refused += 1
    return CredentialList.make(manifest, list(found.values())), refused

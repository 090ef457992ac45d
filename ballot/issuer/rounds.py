"""A round at an issuer, from its keys to the operator's consent: prepare, take over roll and manifest, accept, show.

Here live these acts. Never here: a signature (signing.py), or a voter's name kept.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from ballot.issuer import log
from ballot.issuer.house import IssuerHouse
from ballot.key_uses import check_keys
from ballot.models.issuer import LogEntry, RollLine, Served
from ballot.round_errors import NoSuchRound
from ballot.storage import reading, writing
from tally.i18n import marked as _
from tally.protocol.encoding import sha256_hex, text
from tally.protocol.errors import Mismatch, Refused, WrongCount, WrongShape
from tally.protocol.manifest import Issuer, Manifest, roll_digest

REGISTRY, OPERATOR = "registry", "operator"
LEAST_DIGITS = 32
_LINE_LABEL = "phieu-tin-nhiem/v1/roll-line|"
_UUID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{14,40}\Z")
Line = tuple[str, str, str, str]
"""A voter as the roll's digest has them: reference, name, unit, site."""


class RollDiffers(Refused):
    """The roll that was handed over is not the one whose digest the manifest seals."""

    code = "ROLL_DIFFERS"
    text = _("Danh sách cử tri gửi tới không phải là danh sách đã niêm phong.")


class OwnRollDiffers(Refused):
    """The roll that was handed over is not the operator's own; nothing was accepted."""

    code = "OWN_ROLL_DIFFERS"
    text = _("Danh sách gửi tới khác danh sách của quý vị ở {count} người. Chưa chấp nhận đợt này.")


class ManifestDiffers(Refused):
    """What the operator typed from paper is not the hash of the manifest that was handed over, or too little of it."""

    code = "MANIFEST_DIFFERS"
    text = _("Mã bản niêm phong quý vị gõ không khớp (cần ít nhất {least} chữ số). Chưa chấp nhận đợt này.")


@dataclass(frozen=True, slots=True)
class Differences:
    """References by which two rolls differ: on the operator's only, on the handed one only, on both but not alike."""

    missing: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self.missing) + len(self.added) + len(self.changed)


def found(session: Session, uuid: str) -> Served:
    """Return a round that this issuer made keys for. Raises NoSuchRound."""
    row = session.get(Served, uuid)
    if row is None:
        raise NoSuchRound("round")
    return row


def look_up(house: IssuerHouse, uuid: str) -> Served:
    """Return a round for its operator to look at. Raises NoSuchRound."""
    with reading(house.engine) as session:
        return found(session, uuid)


def prepare(house: IssuerHouse, uuid: str) -> Issuer:
    """Make this issuer's keys for a round, or return the public halves of those that are there.

    Raises WrongShape, KeyReused. Source: protocol I.4.
    """
    if not _UUID.match(uuid):  # it names a folder
        raise WrongShape("uuid", expected=_UUID.pattern)
    with writing(house.engine) as session:
        row = session.get(Served, uuid)
        if row is None:
            house.keyring.discard(uuid, [house.name])  # left by a call that was cut off
            key, statement_key = house.keyring.create_issuer(uuid, house.name)
            row = Served(
                uuid=uuid, key=key.encode(), statement_key=statement_key, salt=secrets.token_bytes(32),
                manifest=None, accepted=False, paused=False, listed="",
            )  # fmt: skip
            session.add(row)
            log.note(session, actor=REGISTRY, act="prepare", subject=uuid)
    return house.public(row)


def take_over(house: IssuerHouse, uuid: str, *, manifest: bytes, salt: bytes, roll: Sequence[Line]) -> str:
    """Keep the manifest and this issuer's copy of the roll, checked against each other; return the manifest's hash.

    The same again is harmless; another is refused once the operator has accepted or anything was signed.
    Raises NoSuchRound, RollDiffers, Mismatch, KeyReused and reading errors.
    """
    parsed = Manifest.parse(manifest)
    _check_roll(parsed, salt, roll)
    with writing(house.engine) as session:
        row = found(session, uuid)
        if row.manifest == manifest:
            return parsed.hash
        if parsed.uuid != uuid or house.public(row) not in parsed.issuers:
            raise Mismatch("manifest.json.issuers", other=house.name)
        if row.accepted or session.scalar(select(LogEntry.height).filter_by(uuid=uuid).limit(1)) is not None:
            raise Mismatch("manifest.json", other=sha256_hex(row.manifest or b""))
        others = session.scalars(select(Served).where(Served.uuid != uuid, Served.manifest.is_not(None)))
        check_keys([parsed, *(Manifest.parse(other.manifest or b"") for other in others)])
        row.manifest = manifest
        session.execute(delete(RollLine).where(RollLine.uuid == uuid))
        session.add_all(RollLine(uuid=uuid, reference=line[0], digest=_line(row.salt, line)) for line in roll)
        log.note(session, actor=REGISTRY, act="take-over", subject=f"{uuid} {parsed.hash}")
    return parsed.hash


def _check_roll(manifest: Manifest, salt: bytes, roll: Sequence[Line]) -> None:
    """Check the roll against what was sealed; texts are checked too, for a line break would make two voters of one."""
    for number, line in enumerate(roll):
        for cell in line:
            text(cell, f"roll[{number}]", empty=True)
    if len({line[0] for line in roll}) != len(roll):
        raise WrongShape("roll", expected="≠")
    if len(roll) != manifest.roll.voters:
        raise WrongCount("roll", found=len(roll), expected=manifest.roll.voters)
    if roll_digest(salt, ["|".join(line) for line in roll]) != manifest.roll.digest:
        raise RollDiffers("roll")


def accept(
    house: IssuerHouse, uuid: str, *, typed: str, own: Sequence[Line] | None = None, despite: bool = False
) -> Differences:
    """Let this issuer sign for a round: its operator has compared the manifest with the paper, and maybe the rolls.

    Returns by whom the rolls differ, which is accepted only `despite` it. Raises NoSuchRound, ManifestDiffers,
    OwnRollDiffers.
    """
    with writing(house.engine) as session:
        row = found(session, uuid)
        digits, whole = "".join(typed.split()).lower(), sha256_hex(row.manifest or b"")
        if row.manifest is None or len(digits) < LEAST_DIGITS or not whole.startswith(digits):
            raise ManifestDiffers("manifest", least=LEAST_DIGITS)
        differ = Differences() if own is None else _compare(session, row, own)
        if differ.count and not despite:
            raise OwnRollDiffers("roll", count=differ.count)
        row.accepted = True
        compared = "roll not compared" if own is None else f"roll compared, {differ.count} differ"
        log.note(session, actor=OPERATOR, act="accept", subject=f"{uuid} {whole} {compared}")
    return differ


def differences(house: IssuerHouse, uuid: str, own: Sequence[Line]) -> Differences:
    """Return by whom the operator's roll and the handed one differ. Raises NoSuchRound."""
    with reading(house.engine) as session:
        return _compare(session, found(session, uuid), own)


def _compare(session: Session, row: Served, own: Sequence[Line]) -> Differences:
    handed = {r.reference: r.digest for r in session.scalars(select(RollLine).where(RollLine.uuid == row.uuid))}
    mine = {line[0]: _line(row.salt, line) for line in own}
    return Differences(
        tuple(sorted(mine.keys() - handed.keys())),
        tuple(sorted(handed.keys() - mine.keys())),
        tuple(sorted(r for r in mine.keys() & handed.keys() if mine[r] != handed[r])),
    )


def _line(salt: bytes, line: Line) -> str:
    """Return what is kept of a voter's line: it can be compared, and read by nobody. Source: SPEC 5.16."""
    return hashlib.sha256(f"{_LINE_LABEL}{salt.hex()}|{'|'.join(line)}".encode()).hexdigest()

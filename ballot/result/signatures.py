"""Chữ ký: signed documents as they come in, each checked by the tally before it is kept.

Here live the taking in and what was found then. Never here: a private key, or trust in a file that was not checked.

Signed files lie in report/signed/ of the record, where `tally verify` looks at them again. A file with fewer valid
signatures than the kept one never replaces it. SPEC 5.20; threats G6, G7.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot.acts import Actor, check_allowed, find_round, propose
from ballot.house import House
from ballot.log import audit
from ballot.models.registry.acts import Proposal
from ballot.models.registry.rounds import Round
from ballot.result.tally_process import run_tally
from ballot.storage import reading, writing
from ballot.whole_files import write_whole
from ballot.written_record import copied
from tally.i18n import marked as _
from tally.protocol.encoding import canonical, decode, sha256_hex
from tally.protocol.errors import Incomplete, Mismatch, Refused, TooLarge
from tally.protocol.phase import Act
from tally.record import REPORT
from tally.sitting import MINUTES

TO_SIGN = ("bien-ban-kiem-phieu", "bao-cao-ket-qua")
SIGNED = "signed"
SIGNED_LIMIT = 7 * 1024 * 1024
FOUND = "signed.json"
DISCARD = "discard-signed"
SUBJECT = 60


class AlreadySigned(Refused):
    """A signed document is kept: what was signed over does not change any more."""

    code = "ALREADY_SIGNED"
    text = _("Đã có văn bản được ký: số liệu và biên bản không sửa được nữa.")


class FewerSignatures(Refused):
    """The kept file has more valid signatures."""

    code = "FEWER_SIGNATURES"
    text = _("Tệp này có {found} chữ ký, ít hơn {kept} chữ ký của tệp đang giữ; tệp đang giữ không bị thay.")


@dataclass(frozen=True, slots=True)
class Signed:
    """A document to sign: its name, the members whose valid signatures the kept file has, its SHA-256 ("": none)."""

    name: str
    owners: tuple[int, ...]
    digest: str


def folder(house: House, uuid: str) -> Path:
    """Return the folder of signed documents."""
    return house.record(uuid) / REPORT / SIGNED


def check_unsigned(house: House, uuid: str) -> None:
    """Refuse a change of what was signed over. Raises AlreadySigned."""
    if is_signed(house, uuid):
        raise AlreadySigned("round")


def is_signed(house: House, uuid: str) -> bool:
    """Say whether a signed document is kept."""
    return any((folder(house, uuid) / f"{name}.pdf").exists() for name in TO_SIGN)


def standing(house: House, uuid: str) -> tuple[Signed, ...]:
    """Return what was found in each document when it was kept; nothing of a file that is not the one kept then."""
    path = house.folder(uuid) / FOUND
    found = decode(path.read_bytes(), FOUND, limit=64 * 1024) if path.is_file() else {}
    return tuple(_standing(folder(house, uuid) / f"{name}.pdf", name, found) for name in TO_SIGN)


def _standing(path: Path, name: str, found: dict[str, list[object]]) -> Signed:
    digest = sha256_hex(path.read_bytes()) if path.is_file() else ""
    known, owners = found.get(name, ["", []])
    return Signed(name, tuple(owners) if digest and known == digest else (), digest)  # type: ignore[arg-type]


def keep_signed(house: House, uuid: str, documents: Mapping[str, bytes], actor: Actor) -> None:
    """Let the tally check signed documents, by name, in a copy of the record, and keep them: all or none.

    Raises WrongPhase, TooLarge, TallyRefused, FewerSignatures, Mismatch where documents were made again meanwhile.
    """
    for name, raw in documents.items():
        if len(raw) > SIGNED_LIMIT:
            raise TooLarge(f"{name}.pdf", limit=SIGNED_LIMIT)
        _check_begins(house.record(uuid) / REPORT / f"{name}.pdf", raw)
    with reading(house.registry) as session:
        manifest = sha256_hex(find_round(session, uuid).manifest or b"")
    with copied(house, uuid, report=True) as copy:
        place = copy / REPORT / SIGNED
        place.mkdir(parents=True, exist_ok=True)
        for name, raw in documents.items():
            (place / f"{name}.pdf").write_bytes(raw)
        found, over = verified(copy, manifest=manifest), _minutes(copy)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.CERTIFY)
        if over != _minutes(house.record(uuid)):
            raise Mismatch(f"{REPORT}/{SIGNED}", other=MINUTES)
        before = {one.name: one for one in standing(house, uuid)}
        for name in documents:
            if len(found[name]) < len(before[name].owners):
                raise FewerSignatures(f"{name}.pdf", found=len(found[name]), kept=len(before[name].owners))
        _keep(house, uuid, documents, found)
        for name in documents:
            told = f"{uuid} {name} {len(found[name])}"
            audit.record(session, row.organisation_id, actor=actor.login, act="keep-signed", subject=told)


def _check_begins(made: Path, raw: bytes) -> None:
    """Refuse at once what is not a signed form of this document: signing only adds to its end. Raises Mismatch."""
    if not made.is_file() or not raw.startswith(made.read_bytes()):
        raise Mismatch(made.name, other=made.name)


def _minutes(record: Path) -> bytes:
    """Return what all documents of a record are made of."""
    path = record / REPORT / MINUTES
    return path.read_bytes() if path.is_file() else b""


def _keep(house: House, uuid: str, documents: Mapping[str, bytes], found: Mapping[str, tuple[int, ...]]) -> None:
    known = {one.name: [one.digest, list(one.owners)] for one in standing(house, uuid) if one.digest}
    folder(house, uuid).mkdir(parents=True, exist_ok=True)
    for name, raw in documents.items():
        write_whole(folder(house, uuid) / f"{name}.pdf", raw)
        known[name] = [sha256_hex(raw), list(found[name])]
    write_whole(house.folder(uuid) / FOUND, canonical(known))


def discard(house: House, uuid: str, actor: Actor) -> bool:
    """Put the signed documents aside when two persons say so, so that minutes can be corrected; return whether done.

    Raises WrongPhase; Incomplete where there is none.
    """
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.CERTIFY)
        digests = [one.digest for one in standing(house, uuid) if one.digest]
        if not digests:
            raise Incomplete("report", missing=f"{SIGNED}/*.pdf")
        if not propose(session, row, DISCARD, actor, subject=sha256_hex("".join(digests).encode())[:SUBJECT]):
            return False
        aside = house.folder(uuid) / f"bo-chu-ky-{sha256_hex(''.join(digests).encode())[:16]}"
        shutil.rmtree(aside, ignore_errors=True)
        folder(house, uuid).rename(aside)
        (house.folder(uuid) / FOUND).unlink(missing_ok=True)
        audit.record(session, row.organisation_id, actor=actor.login, act=DISCARD, subject=uuid)
    return True


def discarding(session: Session, row: Round) -> int | None:
    """Return the account that wants the signed documents put aside, where another one must still agree."""
    found = session.scalars(select(Proposal).where(Proposal.round_id == row.id, Proposal.act == DISCARD)).first()
    return found.account_id if found else None


def verified(record: Path, *, manifest: str) -> dict[str, tuple[int, ...]]:
    """Let the tally look at every signed document of a record; return whose valid signatures each has.

    Raises TallyRefused where a document is not what was to be signed, or a signature in it is wrong.
    """
    said = json.loads(run_tally("signed", record, "--manifest", manifest, "--partial", "--json"))
    owners = {one["name"]: tuple(signature["owner"] for signature in one["signatures"]) for one in said}
    return {name: owners.get(f"{name}.pdf", ()) for name in TO_SIGN}

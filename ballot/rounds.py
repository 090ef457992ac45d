"""Rounds before voting: created from lists, sealed into a manifest, made ready by the committee, opened.

Here live these use cases, each one act. Never here: issuing a slip, a ballot, a view.
"""

from __future__ import annotations

import csv
import io
import secrets
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from ballot import audit
from ballot.acts import Actor, check_allowed, find_round, move, second_person
from ballot.casting import require_one, round_of
from ballot.house import House
from ballot.issuing import finish_freeze
from ballot.models import box as box_tables
from ballot.models.registry import Official, Round, Voter
from ballot.storage import reading, writing
from keys.signers import KeyUse, check_distinct_purposes, ed25519_fingerprint, issuer_fingerprint
from tally import rules
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.committee import Committee
from tally.protocol.election import Election
from tally.protocol.encoding import decode, text
from tally.protocol.errors import Incomplete, Refused
from tally.protocol.manifest import Block, Issuer, Manifest, Roll, roll_digest
from tally.protocol.manifest import Official as ManifestOfficial
from tally.protocol.opening import Opening, Passed, zero_report_bytes
from tally.protocol.phase import Act, Phase

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
OFFICIALS = ("khoi", "ho_ten", "chuc_vu")
ROLL = ("ma", "ho_ten", "don_vi")
MAX_ROWS = 5_000


class BadList(Refused):
    """A list that cannot be read; `where` names the row."""

    code = "BAD_LIST"
    text = _("Danh sách chưa đúng: {reason}.")


class NoQuorum(Refused):
    """Fewer present than the rules ask for."""

    code = "NO_QUORUM"
    text = _("Có mặt {present} trên {summoned} người được triệu tập, chưa đủ số quy định.")


@dataclass(frozen=True, slots=True)
class Plan:
    """What an organiser enters to create a round; the lists are CSV text."""

    title: str
    body: str
    session: str
    date: str
    rule_set: str
    rehearsal: bool
    delegates: int
    committee_size: int
    threshold: int
    minimum_ballots: int
    officials: str
    roll: str


def create(house: House, plan: Plan, actor: Actor) -> str:
    """Create a round in phase draft and return its uuid.

    Raises BadList naming the row, BadText, UnknownRuleSet; nothing is written then.
    """
    rules.load(plan.rule_set)
    officials = read_list(plan.officials, OFFICIALS, "officials")
    voters = read_list(plan.roll, ROLL, "roll")
    references = [row["ma"] for row in voters]
    for number, reference in enumerate(references, start=2):
        if references.index(reference) != number - 2:
            raise BadList(_line("roll", number), reason=_said(_("mã {reference} đã có ở trên"), reference=reference))
    uuid = "".join(secrets.choice(BASE58) for _ in range(14))
    with writing(house.registry) as session:
        row = _round(plan, uuid)
        session.add(row)
        session.flush()
        for number, o in enumerate(officials, start=1):
            line = {"block": o["khoi"], "name": o["ho_ten"], "position": o["chuc_vu"]}
            session.add(Official(round_id=row.id, number=number, **line))
        for v in voters:
            line = {"reference": v["ma"], "name": v["ho_ten"], "unit": v["don_vi"]}
            session.add(Voter(round_id=row.id, present=False, desk="", **line))
        audit.record(session, actor=actor.login, act="create", subject=uuid)
    return uuid


def _round(plan: Plan, uuid: str) -> Round:
    return Round(
        uuid=uuid,
        phase=Phase.DRAFT.value,
        title=text(plan.title, "title"),
        body=text(plan.body, "body"),
        session=text(plan.session, "session", empty=True),
        date=plan.date,
        rule_set=plan.rule_set,
        rehearsal=plan.rehearsal,
        delegates=plan.delegates,
        committee_size=plan.committee_size,
        threshold=plan.threshold,
        minimum_ballots=plan.minimum_ballots,
        roll_salt=secrets.token_bytes(32),
        manifest=None,
        frozen=False,
    )


def read_list(content: str, columns: tuple[str, ...], where: str) -> list[dict[str, str]]:
    """Read CSV text with exactly these column headings; every cell is NFC text without control characters.

    Raises BadList, BadText naming the row (the heading is row 1).
    """
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")), strict=True)
    rows: list[dict[str, str]] = []
    try:
        if tuple(name.strip() for name in reader.fieldnames or ()) != columns:
            raise BadList(where, reason=_said(_("hàng đầu phải là {columns}"), columns=", ".join(columns)))
        reader.fieldnames = columns
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values() or number > MAX_ROWS:
                raise BadList(_line(where, number), reason=_("số ô không đúng"))
            rows.append({key: _cell(row[key], f"{_line(where, number)}, {key}") for key in columns})
    except csv.Error as error:
        raise BadList(where, reason=str(error)) from None
    if not rows:
        raise BadList(where, reason=_("không có dòng nào"))
    return rows


def _line(where: str, number: int) -> str:
    return _said(_("{list}, dòng {number}"), list=where, number=number)


def _said(sentence: str, **details: object) -> str:
    return translate(sentence).format(**details)


def _cell(value: str, where: str) -> str:
    import unicodedata

    return text(unicodedata.normalize("NFC", value.strip()), where, empty=where.endswith("don_vi"), limit=400)


# --- sealing -----------------------------------------------------------------------------------------------------


def seal(house: House, uuid: str, actor: Actor) -> str:
    """Make the round's keys, seal the manifest, hand it to the box; return the manifest's hash for the paper.

    Raises WrongPhase and what Manifest.parse refuses.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.SEAL)
        draft = _draft(session, row)
    manifest = _sealed_before(house, uuid) or _seal(house, uuid, draft)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        row.manifest = manifest.raw
        move(session, row, Act.SEAL, actor)
    return manifest.hash


def _sealed_before(house: House, uuid: str) -> Manifest | None:
    """Return the manifest that the box already holds, if an earlier sealing was cut off after it."""
    with reading(house.box) as session:
        row = session.get(box_tables.Election, uuid)
    return Manifest.parse(row.manifest) if row else None


def _seal(house: House, uuid: str, draft: dict[str, Any]) -> Manifest:
    house.keyring.discard(uuid)
    issuers, box_key, freeze_key = house.keyring.create(uuid)
    entries = tuple(Issuer(name, key, statement) for name, key, statement in issuers)
    manifest = Manifest.make(issuers=entries, box_key=box_key, **draft)
    check_distinct_purposes(_uses(manifest))
    with writing(house.box) as session:
        session.add(
            box_tables.Election(uuid=uuid, phase=Phase.ISSUING.value, manifest=manifest.raw, freeze_key=freeze_key)
        )
    return manifest


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
    digest = roll_digest(row.roll_salt, [f"{v.reference}|{v.name}|{v.unit}" for v in voters])
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
    }


# --- the committee -----------------------------------------------------------------------------------------------


def admit_committee(house: House, uuid: str, *, committee: bytes, tests: list[bytes], actor: Actor) -> str:
    """Take the committee's file and the members' opening tests; make the election; return the committee's hash.

    Raises WrongPhase, Incomplete before the freeze, and what the files' readers and checks refuse. Source: SPEC 5.8.
    """
    found = Committee.parse(committee)
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_allowed(row, Act.FREEZE)
        if not row.frozen:
            raise Incomplete("round", missing=_("danh sách thẻ đã chốt"))
        manifest, round_id = Manifest.parse(row.manifest or b""), row.id
        voters = select(Voter).where(Voter.round_id == row.id, Voter.present)
        _check_quorum(manifest, present=len(session.scalars(voters).all()))
    found.check_for(manifest)
    found.check_ceremony()
    finish_freeze(house, round_id, manifest)
    election, opening = _election(manifest, found), _opening(house, manifest, found, tests)
    with writing(house.box) as session:
        box_row = round_of(session, uuid)
        require_one(box_row, Phase.ISSUING, Phase.READY)
        box_row.committee, box_row.election = committee, election.raw
        box_row.opening, box_row.phase = opening.encode(), Phase.READY.value
    with writing(house.registry) as session:
        move(session, find_round(session, uuid), Act.FREEZE, actor)
    return found.hash


def _check_quorum(manifest: Manifest, *, present: int) -> None:
    """Check present of summoned in integers. Raises NoQuorum."""
    quorum, summoned = manifest.rules.quorum, manifest.roll.summoned
    if quorum.denominator * present < quorum.numerator * summoned:
        raise NoQuorum("round", present=present, summoned=summoned)


def _election(manifest: Manifest, committee: Committee) -> Election:
    return Election.make(
        name=manifest.title,
        description=manifest.description(committee.hash),
        public_key=committee.trustees.public_key,
        questions=manifest.questions(),
        uuid=manifest.uuid,
    )


def _opening(house: House, manifest: Manifest, committee: Committee, tests: list[bytes]) -> Opening:
    passed = [Passed.parse(decode(raw, "opening", limit=65_536), "opening") for raw in tests]
    zero = house.keyring.box(manifest.uuid).sign(zero_report_bytes(manifest.hash, committee.hash)).hex()
    ordered = tuple(sorted(passed, key=lambda p: p.owner))
    opening = Opening(manifest.hash, committee.hash, ordered, zero)
    opening.check(manifest, committee)
    return opening


def open_voting(house: House, uuid: str, actor: Actor) -> bool:
    """Open the box when a second person confirms; return whether it is open now. Raises WrongPhase."""
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        if not second_person(session, row, Act.OPEN, actor):
            return False
        with writing(house.box) as box:
            box_row = round_of(box, uuid)
            require_one(box_row, Phase.READY, Phase.VOTING)
            box_row.phase = Phase.VOTING.value
        move(session, row, Act.OPEN, actor)
    return True


def annul(house: House, uuid: str, reason: str, actor: Actor) -> bool:
    """Void a round when a second person confirms; its ballots are never decrypted. Raises WrongPhase, BadText."""
    text(reason, "reason")
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        audit.record(session, actor=actor.login, act="annul-reason", subject=reason)
        if not second_person(session, row, Act.ANNUL, actor):
            return False
        with writing(house.box) as box:
            found = box.get(box_tables.Election, uuid)
            if found is not None:
                found.phase = Phase.VOID.value
        move(session, row, Act.ANNUL, actor)
    return True

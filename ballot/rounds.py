"""A new round: what an organiser enters, and the two lists it is made from.

Here lives the reading of plans and lists. Never here: a key, or what happens to the round later.
"""

from __future__ import annotations

import csv
import io
import secrets
import unicodedata
from dataclasses import dataclass

from ballot import audit
from ballot.acts import Actor
from ballot.house import House
from ballot.models.registry import Official, Round, Voter
from ballot.storage import writing
from tally import rules
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.encoding import integer, text
from tally.protocol.errors import Refused, WrongShape
from tally.protocol.manifest import MINIMUM_BALLOTS, SMALLEST_ROLL, check_date
from tally.protocol.messages import MAX_TRUSTEES
from tally.protocol.phase import Phase

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
OFFICIALS = ("khoi", "ho_ten", "chuc_vu")
ROLL = ("ma", "ho_ten", "don_vi")
SITE = "diem"
"""A fourth column that a roll may have: the place where a voter attends."""
MAX_ROWS, MAX_SITES = 5_000, 100
LONGEST = {"ma": 60, "don_vi": 200, SITE: 200}
MAY_BE_EMPTY = ("don_vi", SITE)


class BadList(Refused):
    """A list that cannot be read; `where` names the row."""

    code = "BAD_LIST"
    text = _("Danh sách chưa đúng: {reason}.")


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
    own_device: bool = False


def create(house: House, plan: Plan, actor: Actor) -> str:
    """Create a round in phase draft and return its uuid.

    Raises BadList naming the row, BadText, WrongShape, UnknownRuleSet; nothing is written then.
    """
    rules.load(plan.rule_set)
    _check_plan(plan)
    officials = read_list(plan.officials, OFFICIALS, "officials")
    voters = read_list(plan.roll, ROLL, "roll", optional=SITE)
    _check_lists(officials, voters)
    if not SMALLEST_ROLL <= len(voters) <= plan.delegates:
        raise WrongShape("roll", expected=f"{SMALLEST_ROLL}…{plan.delegates}")
    uuid = "".join(secrets.choice(BASE58) for _ in range(14))
    with writing(house.registry) as session:
        row = _round(plan, uuid)
        session.add(row)
        session.flush()
        for number, o in enumerate(officials, start=1):
            line = {"block": o["khoi"], "name": o["ho_ten"], "position": o["chuc_vu"]}
            session.add(Official(round_id=row.id, number=number, **line))
        for v in voters:
            line = {"reference": v["ma"], "name": v["ho_ten"], "unit": v["don_vi"], "site": v[SITE]}
            session.add(Voter(round_id=row.id, present=False, desk="", **line))
        audit.record(session, actor=actor.login, act="create", subject=uuid)
    return uuid


def _check_lists(officials: list[dict[str, str]], voters: list[dict[str, str]]) -> None:
    """Refuse a reference or a person that stands twice, and more sites than a round may have."""
    references = [row["ma"] for row in voters]
    for number, reference in enumerate(references, start=2):
        if references.index(reference) != number - 2:
            raise BadList(_line("roll", number), reason=_said(_("mã {reference} đã có ở trên"), reference=reference))
    people = [(o["ho_ten"], o["chuc_vu"]) for o in officials]
    for number, person in enumerate(people, start=2):
        if people.index(person) != number - 2:
            raise BadList(_line("officials", number), reason=_said(_("{name} đã có ở trên"), name=" – ".join(person)))
    if len({v[SITE] for v in voters}) > MAX_SITES:
        raise BadList("roll", reason=_said(_("nhiều hơn {most} điểm"), most=MAX_SITES))


def _check_plan(plan: Plan) -> None:
    """Refuse now what a manifest would refuse later, so that every round that exists can be sealed."""
    check_date(plan.date, "date")
    integer(plan.committee_size, "committee_size", 1, MAX_TRUSTEES)
    integer(plan.threshold, "threshold", min(2, plan.committee_size), plan.committee_size)
    integer(plan.minimum_ballots, "minimum_ballots", 1 if plan.rehearsal else MINIMUM_BALLOTS, 10_000)
    integer(plan.delegates, "delegates", SMALLEST_ROLL, 1_000_000)


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
        own_device=plan.own_device,
        fleet_key=secrets.token_urlsafe(24),
        staging_key=secrets.token_hex(32),
        manifest=None,
        frozen=False,
    )


def read_list(content: str, columns: tuple[str, ...], where: str, *, optional: str = "") -> list[dict[str, str]]:
    """Read CSV text with exactly these column headings; every cell is NFC text without control characters.

    A last column `optional` may be there; where it is not, its cells are empty.
    Raises BadList, BadText naming the row (the heading is row 1).
    """
    reader = csv.DictReader(io.StringIO(content.removeprefix("\ufeff")), strict=True)
    rows: list[dict[str, str]] = []
    try:
        headings = tuple(name.strip() for name in reader.fieldnames or ())
        if headings != columns and (not optional or headings != (*columns, optional)):
            raise BadList(where, reason=_said(_("hàng đầu phải là {columns}"), columns=", ".join(columns)))
        reader.fieldnames = headings
        for number, row in enumerate(reader, start=2):
            if None in row or None in row.values() or number > MAX_ROWS:
                raise BadList(_line(where, number), reason=_("số ô không đúng"))
            cells = {key: _cell(row[key], key, _line(where, number)) for key in headings}
            rows.append({optional: "", **cells} if optional else cells)
    except csv.Error as error:
        raise BadList(where, reason=str(error)) from None
    if not rows:
        raise BadList(where, reason=_("không có dòng nào"))
    return rows


def _line(where: str, number: int) -> str:
    return _said(_("{list}, dòng {number}"), list=where, number=number)


def _said(sentence: str, **details: object) -> str:
    return translate(sentence).format(**details)


def _cell(value: str, column: str, line: str) -> str:
    composed = unicodedata.normalize("NFC", value.strip())
    return text(composed, f"{line}, {column}", empty=column in MAY_BE_EMPTY, limit=LONGEST.get(column, 400))

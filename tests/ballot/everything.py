"""One object of every kind for one organisation, and the address of every route with these objects in it.

Here live the two tables that know what a part of an address stands for. Never here: an expectation.

A route with a part that neither table knows fails every test that asks for its address, and says what to do.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from io import BytesIO
from itertools import combinations
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from ballot import access
from ballot.access import Who
from ballot.catalogue import rule_books
from ballot.history import pages, taking
from ballot.history.onlooker import ORGANISER, Onlooker
from ballot.life import rounds
from ballot.lists import files
from ballot.models.registry import catalogue as c
from ballot.models.registry.base import RegistryBase
from ballot.models.registry.dossiers import Dossier, DossierPage
from ballot.models.registry.planning import Draft, StagedList
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.planning import rule_versions
from ballot.storage import reading, writing
from tally import rules
from tests.ballot.accounts_of import AUTHORITY
from tests.ballot.client import Client
from tests.ballot.hall import Hall, plan

PART = re.compile(r"<(?:[^<>:]*(?:\([^()]*\))?:)?(\w+)>")
NO_NUMBER, NO_WORD = 2_147_483_647, "khong-co-dot-nay"
OBJECTS = (
    "uuid", "voter_id", "paper_id", "account_id", "body_id", "position_id", "person_id", "appointment_id", "group_id",
    "membership_id", "change_id", "version_id", "draft_id", "token", "rule_set", "rule_version_id", "past_id",
    "past_token", "history_key",
)  # fmt: skip
"""Parts that name something of an organisation's."""
WORDED = ("uuid", "token", "past_token", "history_key", "rule_set")
"""Of these, what is no number."""
WORDS: dict[str, str | dict[str, str]] = {
    "filename": "board.css",
    "number": "1",
    "added": "0",
    "changed": "0",
    "same": "0",
    "slug": "can-cu",
    "key": NO_WORD,
    "act": {"console.act": "mo", "desk.act": "cap-the", "planning.act": "duyet", "sites.act": "cho"},
    "name": {
        "catalogue.": "ke-hoach", "lists.sample": "nguoi.csv", "lists.catalogue": "nguoi.csv",
        "lists.export": "nguoi-ghi-phieu.csv", "results.report": "ket-qua.pdf", "board.report": "ket-qua.pdf",
        "committee_page.record": "manifest.json", "certifying.signed": "bien-ban-kiem-phieu.pdf",
    },
}  # fmt: skip
"""Parts that name nothing of anybody's, by themselves or by the endpoint that they belong to."""


@dataclass(frozen=True)
class Route:
    """One method of one rule."""

    method: str
    rule: str
    endpoint: str
    who: Who

    @property
    def parts(self) -> list[str]:
        return PART.findall(self.rule)

    @property
    def objects(self) -> list[str]:
        return [part for part in self.parts if part in OBJECTS]

    def path(self, values: dict[str, Any] | None = None) -> str:
        """Return the address with these objects in it; what is not given is nobody's."""
        return PART.sub(lambda match: self._value(match[1], values or {}), self.rule)

    def _value(self, part: str, values: dict[str, Any]) -> str:
        if part in OBJECTS:
            return str(values.get(part, NO_WORD if part in WORDED else NO_NUMBER))
        known = WORDS.get(part)
        if isinstance(known, dict):
            known = next((word for start, word in known.items() if self.endpoint.startswith(start)), None)
        if known is None:
            pytest.fail(
                f"{self.endpoint} ({self.rule}) has a part <{part}> that nobody told these tests: name it in OBJECTS of"
                " tests/ballot/everything.py and make one in `made`, or give it a word in WORDS"
            )
        return known


def routes_of(app: Flask) -> list[Route]:
    """Return every route of an application."""
    found = []
    for rule in app.url_map.iter_rules():
        who = access.declared(app, rule.endpoint)
        assert who is not None, rule.endpoint
        found += [Route(method, rule.rule, rule.endpoint, who) for method in sorted((rule.methods or set()) & METHODS)]
    return sorted(found, key=lambda route: (route.rule, route.method))


METHODS = {"GET", "POST", "PUT", "PATCH", "DELETE"}


def token_of(browser: Client) -> str:
    """Return the token of forms in this browser's session."""
    for page in ("/tai-khoan/cua-toi/", "/dang-nhap"):
        found = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(page).get_data(as_text=True))
        if found:
            return found[1]
    return ""


def ask(browser: Client, method: str, path: str, token: str = "", values: dict[str, Any] | None = None) -> TestResponse:
    """Ask for a path, with a form where the method has one."""
    if method == "GET":
        return browser.get(path)
    return browser.send(path, data={**(values or {}), "csrf_token": token})


# --- objects ------------------------------------------------------------------------------------------------------


@dataclass
class Owner:
    """An organisation, the login of one of its organisers, and what there is of it, by the name of the part."""

    organisation_id: int
    organiser: str
    account_id: int
    objects: dict[str, Any] = field(default_factory=dict)


def made(hall: Hall, owner: Owner, uuid: str = "") -> Owner:
    """Make one object of every kind; `uuid` is a round that is there already."""
    found = owner.objects
    found["account_id"] = owner.account_id
    found["uuid"] = uuid or rounds.create(hall.house, plan(), hall.actor(owner.organiser))
    browser = hall.person(owner.organiser)
    browser.form("/ke-hoach/moi", page="/tai-khoan/cua-toi/")
    staged = {"list": (BytesIO(files.sample("nguoi.csv") or b""), "nguoi.csv"), "sheet": "nguoi"}
    browser.form("/danh-sach/nhap", staged, page="/tai-khoan/cua-toi/")
    with reading(hall.house.registry) as session:
        mine = {"organisation_id": owner.organisation_id}
        found["draft_id"] = session.query(Draft).filter_by(**mine).one().id
        found["token"] = session.query(StagedList).filter_by(**mine).one().token
        row = session.query(Round).filter_by(uuid=found["uuid"]).one()
        found["voter_id"] = session.query(Voter).filter_by(round_id=row.id).first().id
    with writing(hall.house.registry) as session:
        paper = Dossier(round_id=row.id, official=1, kind="self_report", title="Báo cáo", digest="0" * 64)
        session.add(paper)
        session.flush()
        session.add(DossierPage(dossier_id=paper.id, number=1, image=b"x"))
        found["paper_id"] = paper.id
        found |= _catalogue(session, owner.organisation_id)
    found |= _rules(hall, owner) | _history(hall, owner)
    missing = set(OBJECTS) - set(found)
    assert not missing, f"no object was made for {missing}"
    return owner


def _rules(hall: Hall, owner: Owner) -> dict[str, Any]:
    """Make a rule set of its own, with one version."""
    name = f"RIENG_{owner.organisation_id}"
    text = rules.source("QD96_2023").replace('id = "QD96_2023"', f'id = "{name}"')
    rule_versions.save(hall.house, hall.actor(owner.organiser), text, of="", seen=0)
    with reading(hall.house.registry) as session:
        (version,) = rule_books.versions(session, owner.organisation_id, name)
    return {"rule_set": name, "rule_version_id": version.id}


def _history(hall: Hall, owner: Owner) -> dict[str, Any]:
    """Take over two rounds of the person of the catalogue from a file, and leave another file waiting."""
    house, actor = hall.house, hall.actor(owner.organiser)
    head = "round,date,body,rule_set,ballots_returned,ballots_valid,ballots_invalid,seq,name,position,high,medium,low\n"
    line = "Đợt {year},{year}-12-05,Cơ quan,QD96_2023,9,9,0,1,Người Thử,Chức danh,5,3,1\n"
    for years in ((2023, 2024), (2025,)):
        raw = (head + "".join(line.format(year=year) for year in years)).encode("utf-8")
        token = taking.stage(house, raw, "dot-cu.csv", actor, own_name="")
        if len(years) > 1:
            taking.admit(house, token, taking.preview(house, token, actor).digest, actor)
    onlooker = Onlooker(owner.organisation_id, "", ORGANISER)
    (rated,) = (each for each in pages.everybody(house, onlooker, "2026-11-22") if each.name == "Người Thử")
    return {"past_token": token, "past_id": rated.latest.held.past_id, "history_key": rated.key}


def _catalogue(session: Any, organisation_id: int) -> dict[str, int]:
    """Make a body that was renamed, a post of it, who holds that, and a group with a member; a template's version."""
    mine, day = {"organisation_id": organisation_id}, {"since": "2020-01-01", "until": ""}

    def add(row: Any) -> int:
        session.add(row)
        session.flush()
        return int(row.id)

    body_id = add(c.Body(code="B", name="Cơ quan", level="tinh", parent_id=None, **day, **mine))
    old_id = add(c.Body(code="B0", name="Cơ quan cũ", level="tinh", since="2010-01-01", until="2020-01-01", **mine))
    change_id = add(c.BodyChange(kind="rename", day="2020-01-01", old_id=old_id, new_id=body_id, basis="QĐ 1"))
    words = {"standard": "", "authority": AUTHORITY, "block": "", "form": "", "rank": 0}
    position_id = add(c.Position(code="P", body_id=body_id, title="Chức danh", **words, **day, **mine))
    person_id = add(c.Person(code="N", name="Người Thử", born="", unit="", site="", **mine))
    held = c.Appointment(person_id=person_id, position_id=position_id, since="2020-01-01", basis="")
    appointment_id = add(held)
    group_id = add(c.Group(code="G", name="Nhóm", body_id=None, **mine))
    membership_id = add(c.Membership(group_id=group_id, person_id=person_id, **day))
    version = c.TemplateVersion(name="ke-hoach", base="0" * 64, base_text="", text="Văn bản thử", login="x", **mine)
    return {
        "body_id": body_id, "change_id": change_id, "position_id": position_id, "person_id": person_id,
        "appointment_id": appointment_id, "group_id": group_id, "membership_id": membership_id,
        "version_id": add(version),
    }  # fmt: skip


# --- what one organisation has of another -------------------------------------------------------------------------


def rows_of(hall: Hall, owner: Owner) -> dict[str, list[str]]:
    """Return every row that says it is this organisation's."""
    found = {}
    with reading(hall.house.registry) as session:
        for table in OWNED:
            rows = session.execute(select(table).where(table.c.organisation_id == owner.organisation_id))
            found[table.name] = sorted(map(repr, rows))
    return found


def crossings(hall: Hall) -> list[str]:
    """Return every reference from a row of one organisation to one of another, and every row that joins two."""
    found = []
    with reading(hall.house.registry) as session:
        for table in RegistryBase.metadata.sorted_tables:
            ends = [(key.parent, key.column.table.alias()) for key in table.foreign_keys if key.column.table in OWNED]
            sides = [there.c.organisation_id for _column, there in ends]
            sides += [table.c.organisation_id] if table in OWNED else []
            joined = table
            for column, there in ends:
                joined = joined.outerjoin(there, column == there.c.id)
            for one, other in combinations(sides, 2):
                if session.execute(select(table).select_from(joined).where(one != other)).first():
                    found.append(table.name)
    return found


OWNED = [table for table in RegistryBase.metadata.sorted_tables if "organisation_id" in table.columns]

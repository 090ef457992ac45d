"""A small province in the catalogue of a hall, and a planner who fills in the wizard over HTTP.

Here live its people and the forms. Never here: a check; tests make them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from ballot.catalogue import appointments, bodies, groups, people, positions
from ballot.models.registry.catalogue import Person
from ballot.models.registry.planning import Draft
from ballot.planning import drafts
from ballot.planning.content import Content
from ballot.storage import reading, writing
from tests.ballot.client import TOKEN
from tests.ballot.hall import Hall
from tests.ballot.prepared import new_hall, with_people
from tests.postgres import copy_house

DAY = "2026-12-07"
FORMS = ("Phiếu khối HĐND", "Phiếu khối UBND")
POSTS = (
    # code, body, title, block, form, rank
    ("CT", "HDND", "Chủ tịch HĐND", "Lãnh đạo HĐND", FORMS[0], 1),
    ("PCT", "HDND", "Phó Chủ tịch HĐND", "Lãnh đạo HĐND", FORMS[0], 2),
    ("TB", "HDND", "Trưởng Ban Pháp chế", "Các Ban HĐND", FORMS[0], 3),
    ("CTU", "UBND", "Chủ tịch UBND", "Lãnh đạo UBND", FORMS[1], 4),
    ("PCTU", "UBND", "Phó Chủ tịch UBND", "Lãnh đạo UBND", FORMS[1], 5),
    ("UV", "UBND", "Ủy viên UBND", "Ủy viên UBND", FORMS[1], 6),
)
HOLDERS = (
    # person, post, since, status, status since
    ("CB01", "CT", "2021-07-01", "", ""),
    ("CB02", "PCT", "2026-03-15", "", ""),  # appointed in the year
    ("CB03", "TB", "2021-07-01", "retirement_notice", "2026-09-01"),
    ("CB04", "CTU", "2021-07-01", "", ""),
    ("CB05", "PCTU", "2022-01-01", "suspended", "2026-10-01"),
    ("CB06", "PCTU", "2022-01-01", "", ""),
    ("CB06", "UV", "2022-01-01", "", ""),  # two posts
    ("CB07", "UV", "2026-02-01", "", ""),
    ("CB07", "TB", "2022-02-01", "", ""),  # an old post beside a new one
)
NAMES = {
    "CB01": "Nguyễn Văn An", "CB02": "Trần Thị Bình", "CB03": "Lê Văn Cường", "CB04": "Phạm Thị Dung",
    "CB05": "Hoàng Văn Em", "CB06": "Vũ Thị Giang", "CB07": "Đặng Văn Hà",
}  # fmt: skip
VOTERS = 40

SEEN = re.compile(r'name="text-seen" value="([0-9a-f]{64})"')


def furnish(hall: Hall, organisation_id: int = 1, *, voters: int = VOTERS) -> None:
    """Fill an organisation's catalogue; CB01 is also a voter, DB-0001 to DB-0003 are in both groups."""
    with writing(hall.house.registry) as session:
        made = {}
        for code, name in (("HDND", "HĐND tỉnh Thử"), ("UBND", "UBND tỉnh Thử")):
            parent = made.get("HDND")
            made[code] = bodies.add_body(
                session, organisation_id, code=code, name=name, level="tinh", parent=parent, since="2021-01-01"
            )
        posts = {
            code: positions.add_position(
                session, organisation_id, code=code, body=made[body], title=title, block=block, form=form, rank=rank,
                authority="Ban Thường vụ Tỉnh ủy", since="2021-01-01",
            )
            for code, body, title, block, form, rank in POSTS
        }  # fmt: skip
        persons = {
            code: people.add_person(session, organisation_id, code=code, name=name, unit="Tỉnh Thử", site="Hội trường")
            for code, name in NAMES.items()
        }
        for person, post, since, status, day in HOLDERS:
            held = appointments.appoint(session, persons[person], posts[post], since=since)
            if status:
                appointments.set_status(session, held, status, day)
        committee = groups.add_group(session, organisation_id, code="DB", name="Đại biểu HĐND tỉnh")
        heads = groups.add_group(session, organisation_id, code="TD", name="Trưởng đoàn")
        for number in range(1, voters + 1):
            unit, site = f"Tổ {number % 3 + 1}", f"Điểm cầu {number % 2 + 1}"
            code, name = f"DB-{number:04d}", f"Đại biểu Họ {number:03d}"
            person = people.add_person(session, organisation_id, code=code, name=name, unit=unit, site=site)
            groups.join(session, committee, person, "2021-07-01")
            if number <= 3:
                groups.join(session, heads, person, "2021-07-01")
        if voters >= VOTERS:
            groups.join(session, heads, persons["CB01"], "2021-07-01")


class Furnished:
    """A hall with a catalogue and no round, furnished once, and a fresh copy of it for every test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.copies = folder, 0
        hall = with_people(new_hall(folder / "hall"))
        furnish(hall)
        hall.house.registry.dispose()
        hall.house.box.dispose()

    def copy(self) -> Hall:
        self.copies += 1
        return new_hall(copy_house(self.folder / "hall", self.folder / f"copy-{self.copies}"))


class Planner:
    """An organiser at the wizard: each step's form as the page shows it, with some fields changed."""

    def __init__(self, hall: Hall, login: str = "to-chuc-1", draft_id: int = 0) -> None:
        self.hall, self.login, self.draft_id = hall, login, draft_id
        self.client = hall.person(login)

    def also(self, login: str) -> Planner:
        """Return another organiser at the same draft."""
        return Planner(self.hall, login, self.draft_id)

    def begin(self) -> Planner:
        answer = self.client.form("/ke-hoach/moi", page="/ke-hoach/")
        self.draft_id = int(re.search(r"/ke-hoach/(\d+)/", answer.headers["Location"])[1])
        return self

    def page(self, slug: str) -> str:
        answer = self.client.get(f"/ke-hoach/{self.draft_id}/{slug}")
        assert answer.status_code == 200, answer.get_data(as_text=True)
        return answer.get_data(as_text=True)

    def fields(self, slug: str) -> MultiDict[str, str]:
        """Return the fields of a step's form as a browser would send it unchanged."""
        return form_fields(self.page(slug))

    def save(self, slug: str, *, then: str = "next", without: Iterable[str] = (), **changes: Any) -> TestResponse:
        """Open a step and send its form; `body`, `group` and `done` may be lists."""
        return self.send(slug, self.fields(slug), then=then, without=without, **changes)

    def send(
        self, slug: str, fields: MultiDict[str, str], *, then: str = "next", without: Iterable[str] = (), **changes: Any
    ) -> TestResponse:
        """Send a form that was opened before."""
        sent = MultiDict(fields)
        for name in without:
            sent.poplist(name)
        for name, value in changes.items():
            sent.setlist(name.replace("__", "-"), value if isinstance(value, list) else [value])
        sent["then"] = then
        return self.client.send(f"/ke-hoach/{self.draft_id}/{slug}", data=sent)

    def saved(self, slug: str, **changes: Any) -> None:
        answer = self.save(slug, **changes)
        assert answer.status_code == 302, answer.get_data(as_text=True)

    def act(self, name: str, slug: str = "ke-hoach", revision: int | None = None) -> TestResponse:
        """Press a button of two persons, as the page of now has it."""
        return self.press(name, slug, self.page(slug), revision)

    def press(self, name: str, slug: str, page: str, revision: int | None = None) -> TestResponse:
        """Press a button of a page that may have been opened a while ago."""
        token, seen = TOKEN.search(page), SEEN.search(page)
        sent = {"csrf_token": token[1] if token else "", "revision": revision or self.row.revision}
        sent["text-seen"] = seen[1] if seen else ""
        return self.client.send(f"/ke-hoach/{self.draft_id}/{slug}/viec/{name}", data=sent)

    @property
    def row(self) -> Draft:
        with reading(self.hall.house.registry) as session:
            return session.get_one(Draft, self.draft_id)

    @property
    def content(self) -> Content:
        return drafts.working(self.row)

    def basis(self, **changes: Any) -> None:
        page = self.page("can-cu")
        body = re.search(r'<option value="(\d+)"[^>]*>\s*HĐND tỉnh Thử', page)[1]
        values = {"rule_set": "NQ96_2023", "title": "Lấy phiếu giữa nhiệm kỳ", "session": "Kỳ họp thứ 9", "date": DAY}
        self.saved("can-cu", **(values | {"body": body} | changes))

    def lists(self) -> Planner:
        """Fill in the first six steps."""
        self.basis()
        self.saved("nguoi", **{"decision-" + self.key("CB05"): "rated"})
        self.saved("phieu")
        every = re.findall(r'name="group" value="(\d+)"', self.page("cu-tri"))
        self.saved("cu-tri", group=every)
        self.saved("diem-cau")
        self.saved("ban-kiem-phieu", complaint_minutes="15")
        return self

    def approved(self) -> Planner:
        """Fill in everything and let two people approve it."""
        self.lists()
        assert self.act("trinh").status_code == 302
        assert self.also("to-chuc-2").act("duyet").status_code == 302
        return self

    def key(self, code: str) -> str:
        """Return the key of a person of the catalogue in forms."""
        with reading(self.hall.house.registry) as session:
            return f"p{session.scalars(select(Person.id).where(Person.code == code)).one()}"


class _Reader(HTMLParser):
    """Reads the forms of a page as a browser would send them."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[MultiDict[str, str]] = []
        self.name, self.chosen, self.text = "", "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        getattr(self, f"_{tag}", lambda _attributes: None)({name: value or "" for name, value in attrs})

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        if tag in ("select", "textarea"):
            self.forms[-1].add(self.name, self.chosen if tag == "select" else self.text.removeprefix("\n"))

    def _form(self, _attributes: dict[str, str]) -> None:
        self.forms.append(MultiDict())

    def _input(self, attributes: dict[str, str]) -> None:
        if attributes.get("type") not in ("checkbox", "radio") or "checked" in attributes:
            self.forms[-1].add(attributes["name"], attributes.get("value", "on"))

    def _select(self, attributes: dict[str, str]) -> None:
        self.name, self.chosen = attributes["name"], ""

    def _option(self, attributes: dict[str, str]) -> None:
        if "selected" in attributes:
            self.chosen = attributes["value"]

    def _textarea(self, attributes: dict[str, str]) -> None:
        self.name, self.text = attributes["name"], ""


def form_fields(page: str) -> MultiDict[str, str]:
    """Return the fields of a page's largest form, which is the step's own."""
    reader = _Reader()
    reader.feed(page)
    return max(reader.forms, key=lambda form: len(list(form.items(multi=True))))

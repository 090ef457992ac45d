"""Hostile names through every page and paper of a round: shown as they are, and never anything but text. threats H3."""

from __future__ import annotations

import csv
import io
from html.parser import HTMLParser
from itertools import cycle

import pytest

from ballot.life import rounds, sealing
from ballot.life.planned import Entitled, Planned, Rated, Settings
from ballot.storage import reading
from tests.ballot.crawl import answers
from tests.ballot.dossier_room import pdf, room, upload
from tests.ballot.hall import Hall
from tests.ballot.hostile_names import NAMES
from tests.ballot.prepared import Prepared

ONLY_OURS = {"base", "iframe", "object", "embed", "textarea", "svg", "style"}
PAPERS = ("to-ky.pdf", "the-deo.pdf")
RATED = 90  # officials, whom every page of the round names


class Page(HTMLParser):
    """Everything on a page that could run or lead elsewhere."""

    def __init__(self, content: str) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.texts: list[str] = []
        self.feed(content)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.bad += [f"{tag} {name}" for name in values if name.startswith("on") or name == "style"]
        self.bad += [tag] if tag in ONLY_OURS - {"textarea"} else []
        for name in ("href", "src", "action", "formaction"):
            if (values.get(name) or "").strip().lower().startswith(("javascript:", "//", "file:")):
                self.bad.append(f"{tag} {name} {values[name]}")
        if tag == "script" and not (values.get("src") or "").startswith("/static/"):
            self.bad.append("script")

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def hall(prepared: Prepared) -> Hall:
    """A sealed round in which every name, unit, site, post and block is hostile."""
    hall = prepared.at("draft")
    others = cycle(NAMES)
    rated = [Rated(name, next(others)[:100], "Khối", "") for name in NAMES[:RATED]]
    roll = [Entitled(f"M{n:04d}", name, next(others)[:100], NAMES[n % 40]) for n, name in enumerate(NAMES)]
    settings = Settings(
        title=NAMES[0], body=NAMES[1], session=NAMES[2], date="2026-11-26", rule_set="QD96_2023", rehearsal=False,
        delegates=5_000, committee_size=3, threshold=2, minimum_ballots=5, secrecy="{{7*7}}",
    )  # fmt: skip
    actor = hall.actor("to-chuc-1")
    hall.uuid = rounds.create_planned(hall.house, Planned(settings, rated, roll), actor)
    upload(hall, hall.person("to-chuc-1"), pdf(), title=NAMES[3])
    sealing.seal(hall.house, hall.uuid, actor)
    return hall


# threats H3
def test_every_page_shows_hostile_names_as_text(hall: Hall) -> None:
    pages = {place: said for place, said in answers(hall).items() if "<html" in said}
    assert len(pages) > 25
    assert {place: Page(said).bad for place, said in pages.items() if Page(said).bad} == {}
    together = "".join("".join(Page(said).texts) for said in pages.values())
    assert {"<img src=x onerror=alert(1)>", "{{7*7}}", "'; DROP TABLE person; --"} < set(NAMES[:RATED])
    assert [name for name in NAMES[:RATED] if name not in together] == []
    print(f"\n{len(NAMES)} hostile names, {len(pages)} pages: as text, nothing active")


def test_the_reading_room_shows_hostile_names_as_text(hall: Hall) -> None:
    found = Page(hall.anybody().get(room(hall)).get_data(as_text=True))
    assert found.bad == []
    assert NAMES[3] in "".join(found.texts)


@pytest.mark.parametrize("paper", PAPERS)
def test_every_paper_is_printed_with_hostile_names(hall: Hall, paper: str) -> None:
    answer = hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/{paper}")
    assert (answer.status_code, answer.get_data()[:5]) == (200, b"%PDF-")


# threats H4
def test_the_roll_is_exported_with_hostile_names_and_none_is_a_formula(hall: Hall) -> None:
    with reading(hall.house.registry):
        page = hall.person("to-chuc-1").get(f"/dot/{hall.uuid}/danh-sach/nguoi-ghi-phieu.csv")
    assert page.status_code == 200
    cells = [cell for row in csv.reader(io.StringIO(page.get_data(as_text=True))) for cell in row]
    assert len(cells) > len(NAMES)
    assert [cell for cell in cells if cell[:1] in ("=", "+", "-", "@", "\t")] == []

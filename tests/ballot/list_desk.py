"""An organiser before the page of lists, and what a workbook put into the catalogue.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from tests.ballot.hall import Hall
from tests.ballot.look import rows

DIGEST = re.compile(r'name="digest" value="([0-9a-f]{64})"')


CATALOGUE_TABLES = ("body", "position", "person", "appointment", "appointment_status", "voter_group", "membership")


class Desk:
    """An organiser with a file."""

    def __init__(self, hall: Hall, login: str = "to-chuc-1") -> None:
        self.hall, self.person = hall, hall.person(login)

    def send(self, raw: bytes, name: str = "danh-sach.xlsx", sheet: str = "") -> TestResponse:
        return self.person.form("/danh-sach/nhap", {"list": (BytesIO(raw), name), "sheet": sheet}, page="/danh-sach/")

    def look(self, raw: bytes, name: str = "danh-sach.xlsx", sheet: str = "") -> str:
        """Send a file and return the address of its preview."""
        answer = self.send(raw, name, sheet)
        assert answer.status_code == 302, answer.get_data(as_text=True)
        return answer.headers["Location"]

    def page(self, address: str) -> str:
        return self.person.get(address).get_data(as_text=True)

    def agree(self, address: str, digest: str = "") -> TestResponse:
        found = DIGEST.search(self.page(address))
        return self.person.form(f"{address}/ghi", {"digest": digest or (found[1] if found else "")}, page="/danh-sach/")

    def write(self, raw: bytes, name: str = "danh-sach.xlsx", sheet: str = "") -> str:
        """Send a file, say yes, and return the words of the last page."""
        answer = self.agree(self.look(raw, name, sheet))
        assert answer.status_code == 302, words(answer.get_data(as_text=True))
        return words(self.page(answer.headers["Location"]))


def words(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def catalogue(hall: Hall) -> dict[str, list[tuple[Any, ...]]]:
    return {name: found for name, found in rows(hall.house.registry).items() if name in CATALOGUE_TABLES}

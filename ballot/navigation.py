"""The navigation of the console: one entry for each part of it, shown to the roles that may enter.

Here live the entries in the order of work. Never here: a permission; what stands beside each view (access.py) decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request

from ballot.access import Who, is_one_of
from tally.i18n import marked as _

ENTRIES: tuple[tuple[str, str, Who], ...] = (
    ("console.index", _("Các đợt"), Who.STAFF),
    ("planning.index", _("Kế hoạch"), Who.ORGANISER),
    ("catalogue.index", _("Danh mục"), Who.ORGANISER),
    ("lists.index", _("Nhập, xuất danh sách"), Who.ORGANISER),
    ("history.index", _("Lịch sử"), Who.ORGANISER),
    ("rule_books.index", _("Quy tắc"), Who.ORGANISER),
    ("observers.index", _("Theo dõi các đợt"), Who.ISSUER | Who.OBSERVER),
    ("readers.index", _("Kết quả"), Who.READER),
    ("people.index", _("Tài khoản"), Who.ADMINISTRATOR),
    ("journal.index", _("Nhật ký"), Who.ADMINISTRATOR | Who.ORGANISER | Who.OBSERVER),
)
"""(endpoint, label, who): an entry appears only where the application has that endpoint."""
NOWHERE = "myself.show"
"""Where somebody goes for whom there is no entry: their own page."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A link as the page shows it."""

    endpoint: str
    label: str
    here: bool


def install(app: Flask) -> None:
    """Let every page of the console have its navigation."""
    app.context_processor(_context)


def home() -> str:
    """Return the endpoint where whoever is logged in begins."""
    return next((endpoint for endpoint, _label in _open()), NOWHERE)


def entries() -> list[Entry]:
    """Return the entries that whoever asks now may enter, in order."""
    part = (request.endpoint or "").partition(".")[0]
    return [Entry(endpoint, label, endpoint.partition(".")[0] == part) for endpoint, label in _open()]


def _open() -> Iterator[tuple[str, str]]:
    for endpoint, label, who in ENTRIES:
        if endpoint in current_app.view_functions and is_one_of(who):
            yield endpoint, label


def _context() -> dict[str, Any]:
    return {"navigation": entries, "home": home}

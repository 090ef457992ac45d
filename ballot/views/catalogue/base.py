"""What the catalogue's views share: the blueprint, today, the day that was asked, and a form that was refused.

Here lives reading of requests. Never here: a rule; a refused form is shown again with all that was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from ballot.catalogue import fields
from ballot.catalogue.errors import BadDay, FieldMissing, NoSuchEntry
from ballot.errors import STATUS
from ballot.views.here import today
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import Refused

blueprint = Blueprint("catalogue", __name__, url_prefix="/danh-muc")
LABELS = {
    "code": _("Mã"),
    "name": _("Tên"),
    "level": _("Cấp"),
    "parent": _("Cấp trên"),
    "since": _("Từ ngày"),
    "until": _("Thôi từ ngày"),
    "title": _("Chức danh"),
    "standard": _("Chức danh tương đương"),
    "authority": _("Cấp quản lý cán bộ"),
    "block": _("Khối"),
    "form": _("Loại phiếu"),
    "rank": _("Thứ tự trên phiếu"),
    "born": _("Ngày sinh"),
    "unit": _("Đơn vị"),
    "site": _("Điểm cầu"),
    "person": _("Người"),
    "basis": _("Căn cứ"),
    "status": _("Tình trạng"),
    "day": _("Ngày"),
    "kind": _("Loại thay đổi"),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a form was refused: the field it is about (or nothing), the sentence, the code."""

    field: str
    sentence: str
    code: str

    @classmethod
    def of(cls, error: Refused) -> Trouble:
        """Return what a refusal says; a place that is no field of a form, such as a line, stays in the sentence."""
        if error.where in LABELS:
            return cls(error.where, str(error).removeprefix(f"{error.where}: "), error.code)
        return cls("", str(error), error.code)


def asked_day() -> tuple[str, Trouble | None]:
    """Return the day that the address asks for, or today, with what is wrong where it is none."""
    asked = request.args.get("ngay", "")
    try:
        return fields.day(asked, "day") if asked.strip() else today(), None
    except (BadDay, FieldMissing) as error:
        return today(), Trouble.of(error)


def status_of(trouble: Trouble | None) -> int:
    """Return the HTTP status of a page that tells of a trouble, or of none."""
    return STATUS.get(trouble.code, 400) if trouble else 200


def attempt(act: Callable[[], Response], show: Callable[[Trouble | None], str]) -> Response | tuple[str, int]:
    """Do an act; where it is refused, show its form again with what was typed. Raises NoSuchEntry."""
    try:
        return act()
    except NoSuchEntry:
        raise
    except Refused as error:
        trouble = Trouble.of(error)
        return show(trouble), status_of(trouble)


def typed() -> Mapping[str, str]:
    """Return the fields of the form; a field that the form lacks is answered with 400 by whoever asks for it."""
    return request.form


def form_context(trouble: Trouble | None) -> dict[str, Any]:
    """Return what every form needs: the trouble, what was typed, the names of the fields."""
    labels = {name: translate(label) for name, label in LABELS.items()}
    return {"trouble": trouble, "typed": typed(), "labels": labels}

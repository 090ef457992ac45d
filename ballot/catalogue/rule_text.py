"""An organisation's own rule set as it is typed: TOML that tally reads, each refusal with its line and its field.

Here lives the checking of one text. Never here: a version of it (rule_books.py), or a rule of any law.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

from tally import rules
from tally.i18n import marked as _
from tally.i18n import said, translate
from tally.protocol.composing import composed
from tally.protocol.encoding import text
from tally.protocol.errors import BadText, Refused, WrongShape
from tally.protocol.manifest import check_date
from tally.protocol.ruleset import VOTE, RuleSet
from tally.rules import RuleSetUnreadable

MOST_CHARACTERS = 60_000
WHOLE = "rules"
_ID = re.compile(r"[A-Z][A-Z0-9_]{2,59}\Z")
_AT = re.compile(r"\(at line (\d+), column (\d+)\)")
_STEP = re.compile(r"([A-Za-z0-9_-]+)(?:\[(\d+)\])?")
_HEADER = re.compile(r"\s*\[\[?\s*([A-Za-z0-9_-]+)\s*\]\]?\s*(?:#.*)?\Z")
SENTENCES = {
    "≠": _("có hai mục trùng nhau"),
    "[…]": _("phải là danh sách có ít nhất một mục"),
    "…": _("phải là một chuỗi trong dấu nháy"),
    "": _("phải để trống với loại này"),
}
"""What RuleSet.parse expects, in words; anything else is said as it is."""


class BadRuleSet(Refused):
    """A rule set that could not be used; `where` names the line and the field."""

    code = "BAD_RULE_SET"
    text = _("{reason}. Chưa có gì được ghi; xin sửa rồi gửi lại.")


def tidy(typed: str) -> str:
    """Return a text as it is kept: NFC, one kind of line end, none at the end of a line. Raises BadRuleSet."""
    lines = composed(typed.removeprefix("\ufeff"), "text").replace("\r\n", "\n").replace("\r", "\n")
    clean = "\n".join(line.rstrip() for line in lines.split("\n")).strip("\n") + "\n"
    if not clean.strip():
        raise BadRuleSet(reason=translate(_("Chưa có chữ nào")))
    if len(clean) > MOST_CHARACTERS:
        raise BadRuleSet(reason=said(_("Dài quá {limit} ký tự"), limit=MOST_CHARACTERS))
    for number, line in enumerate(clean.split("\n"), start=1):
        try:
            text(line.strip().replace("\t", " "), "line", empty=True, limit=10_000)
        except BadText:
            reason = translate(_("có ký tự không nhìn thấy hoặc dòng quá dài"))
            raise BadRuleSet(said(_("Dòng {number}"), number=number), reason=reason) from None
    return clean


def read(clean: str, *, rule_set_id: str = "") -> RuleSet:
    """Read a tidy text; `rule_set_id` is the id that it must keep. Raises BadRuleSet naming line and field."""
    try:
        found = rules.read_text(clean, WHOLE)
        _check_days(found)
        _check_id(found, rule_set_id)
    except RuleSetUnreadable as error:
        raise _not_toml(str(error.details["reason"])) from None
    except (WrongShape, BadText) as error:
        path = error.where.removeprefix(WHOLE).lstrip(".")
        reason = _said(error, clean, path)
        raise BadRuleSet(_place(clean, path), reason=reason) from None
    return found


def _check_days(found: RuleSet) -> None:
    """Refuse days that are none, or an end before the beginning. Raises WrongShape."""
    check_date(found.date, f"{WHOLE}.date")
    check_date(found.effective_from, f"{WHOLE}.effective_from")
    if found.effective_to:
        check_date(found.effective_to, f"{WHOLE}.effective_to")
        if found.effective_to < found.effective_from:
            raise WrongShape(f"{WHOLE}.effective_to", expected=f"≥ {found.effective_from}")


def _check_id(found: RuleSet, rule_set_id: str) -> None:
    """Refuse an id that no address could have, one that was changed, and a vote that leads to a vote."""
    if rule_set_id and found.id != rule_set_id:
        raise WrongShape(f"{WHOLE}.id", expected=rule_set_id)
    if not _ID.match(found.id):
        raise WrongShape(f"{WHOLE}.id", expected=_("3 đến 60 ký tự A–Z, 0–9, _, bắt đầu bằng chữ: NQ96_2023_TINH"))
    if found.kind == VOTE and found.vote_rules:
        raise WrongShape(f"{WHOLE}.vote_rules", expected="")


def _not_toml(reason: str) -> BadRuleSet:
    at = _AT.search(reason)
    place = said(_("Dòng {number}, cột {column}"), number=at[1], column=at[2]) if at else translate(_("Cuối văn bản"))
    words = translate(_("Sai cú pháp TOML; chuỗi phải nằm trong dấu nháy, danh sách trong [ ], mỗi trường một lần"))
    return BadRuleSet(place, reason=words)


def _place(clean: str, path: str) -> str:
    """Return how a refusal names a field, with its line where it can be found."""
    line = line_of(clean, path)
    if not path:
        return ""
    if not line:
        return said(_("Trường {field}"), field=path)
    return said(_("Dòng {number}, trường {field}"), number=line, field=path)


def _said(error: WrongShape | BadText, clean: str, path: str) -> str:
    """Return in words what is expected of a field."""
    if isinstance(error, BadText):
        return translate(_("phải có chữ, không có ký tự lạ, không quá dài, không có dấu cách ở đầu và cuối"))
    expected = str(error.details["expected"])
    if expected.startswith("{"):
        return _names(_value(tomllib.loads(clean), path), expected.strip("{}").split(", "))
    if re.fullmatch(r"\[\d\]", expected):
        return said(_("phải có đúng {count} mục"), count=expected[1])
    if match := re.fullmatch(r"(\d+)…(\d+)", expected):
        return said(_("phải là số nguyên từ {low} đến {high}, không có dấu nháy"), low=match[1], high=match[2])
    if expected in SENTENCES:
        return translate(SENTENCES[expected])
    return said(_("cần {expected}"), expected=translate(expected))


def _names(value: Any, wanted: list[str]) -> str:
    """Return which fields are missing and which are of nobody."""
    if not isinstance(value, dict):
        return said(_("cần các trường {names}"), names=", ".join(wanted))
    missing = [name for name in wanted if name not in value]
    extra = sorted(set(value) - set(wanted))
    told = [said(_("thiếu trường {names}"), names=", ".join(missing))] if missing else []
    return "; ".join(told + ([said(_("thừa trường {names}"), names=", ".join(extra)[:200])] if extra else []))


def _value(data: Any, path: str) -> Any:
    for name, index in _STEP.findall(path):
        data = data.get(name) if isinstance(data, dict) else None
        if index:
            data = data[int(index)] if isinstance(data, list) and int(index) < len(data) else None
    return data


def line_of(clean: str, path: str) -> int:
    """Return the line on which a field stands, e.g. `thresholds[1].numerator`, or that of its table; 0: not found."""
    steps = [(name, int(index or 0)) for name, index in _STEP.findall(path)]
    if not steps:
        return 0
    lines = clean.split("\n")
    headers = [(number, match[1]) for number, line in enumerate(lines) if (match := _HEADER.match(line))]
    mine = [number for number, name in headers if name == steps[0][0]]
    if not mine:
        end = headers[0][0] if headers else len(lines)
        return _first(lines, range(end), _key(steps[0][0])) or 0
    start = mine[min(steps[0][1], len(mine) - 1)]
    end = min((number for number, _name in headers if number > start), default=len(lines))
    return (_first(lines, range(start, end), _key(steps[1][0])) if len(steps) > 1 else 0) or start + 1


def _key(name: str) -> Callable[[str], object]:
    return re.compile(rf"\s*\"?{re.escape(name)}\"?\s*=").match


def _first(lines: list[str], places: range, matches: Callable[[str], object]) -> int:
    return next((number + 1 for number in places if matches(lines[number])), 0)

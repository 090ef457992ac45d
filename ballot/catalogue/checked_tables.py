"""The templates that are tables (TOML): which tables, which fields, and what each field may hold.

Here lives their checking, entry by entry. Never here: the meaning of a level, a post or a group.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from typing import Any

from ballot.catalogue.errors import BadTemplate, FieldMissing, FieldTooLong
from ballot.catalogue.fields import MOST, WORDS, words
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.errors import BadText

CERTAINTIES = ("seen", "inferred", "unseen")
_KEY = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*\Z")
_TOML_AT = re.compile(r"\(at (?:line (\d+), column (\d+)|end of document)\)")
Check = Callable[[Any], bool]


def check_tables(name: str, clean: str, rule_sets: Collection[str]) -> None:
    """Refuse a TOML template that lacks a table or a field, names a rule set that is not there, or says a thing twice.

    Raises BadTemplate.
    """
    try:
        data = tomllib.loads(clean)
    except tomllib.TOMLDecodeError as error:
        at = _TOML_AT.search(str(error))
        place = line_name(int(at[1])) if at and at[1] else translate(_("Cuối văn bản"))
        reason = _("sai cú pháp TOML; chuỗi phải nằm trong dấu nháy, danh sách trong [ ]")
        raise BadTemplate(place, reason=reason) from None
    except RecursionError:
        raise BadTemplate("text", reason=_("lồng nhau quá sâu")) from None
    tables = TABLES[name]
    if set(data) != set(tables):
        reason = translate(_("cần đúng các bảng {names}")).format(names=", ".join(f"[[{table}]]" for table in tables))
        raise BadTemplate("text", reason=reason)
    for table, fields in tables.items():
        _check_table(table, data[table], fields)
    _CROSS[name](data, rule_sets)


def _check_table(table: str, rows: Any, fields: Mapping[str, tuple[Check, str]]) -> None:
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        reason = translate(_("cần ít nhất một mục [[{table}]]")).format(table=table)
        raise BadTemplate(table, reason=reason)
    for number, row in enumerate(rows, start=1):
        where = f"[[{table}]] {number}"
        if set(row) != set(fields):
            wrong = sorted(set(fields) ^ set(row))
            reason = translate(_("thiếu hoặc thừa trường {names}")).format(names=", ".join(wrong)[:200])
            raise BadTemplate(where, reason=reason)
        for field, (right, expected) in fields.items():
            if not right(row[field]):
                reason = translate(_("trường {field} phải là {expected}")).format(
                    field=field, expected=translate(expected)
                )
                raise BadTemplate(where, reason=reason)


def _is_words(value: Any, *, empty: bool = False) -> bool:
    try:
        return isinstance(value, str) and words(value, "", limit=WORDS, empty=empty) == value
    except (BadText, FieldMissing, FieldTooLong):
        return False


def _is_key(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= 60 and _KEY.match(value) is not None


def _is_list(of: Check, value: Any) -> bool:
    return isinstance(value, list) and all(map(of, value)) and len(set(value)) == len(value)


KEY = (_is_key, _("mã gồm chữ thường không dấu, số, dấu chấm, dấu gạch ngang"))
TEXT = (_is_words, _("một chuỗi có chữ, không có ký tự lạ"))
MAYBE = (lambda value: _is_words(value, empty=True), _("một chuỗi, có thể rỗng"))
TEXTS = (lambda value: _is_list(_is_words, value), _("danh sách các chuỗi khác nhau, có thể rỗng"))
KEYS = (lambda value: bool(value) and _is_list(_is_key, value), _("danh sách các mã khác nhau"))
RANK = (lambda value: type(value) is int and 0 <= value <= MOST, _("số nguyên từ 0 đến 9999"))
CERTAINTY = (lambda value: value in CERTAINTIES, _("seen (có nguồn), inferred (suy ra) hoặc unseen (chưa đối chiếu)"))

TABLES: dict[str, dict[str, dict[str, tuple[Check, str]]]] = {
    "chuc-danh": {
        "levels": {"key": KEY, "name": TEXT},
        "positions": {
            "key": KEY,
            "level": KEY,
            "title": TEXT,
            "equivalents": TEXTS,
            "authority": MAYBE,
            "block": MAYBE,
            "form": MAYBE,
            "rank": RANK,
            "certainty": CERTAINTY,
        },
    },
    "thanh-phan": {
        "compositions": {
            "rule_set": TEXT,
            "level": KEY,
            "posts": KEYS,
            "groups": TEXTS,
            "certainty": CERTAINTY,
            "note": MAYBE,
        }
    },
}


def _once(table: str, keys: list[Any]) -> None:
    seen: set[Any] = set()
    for number, key in enumerate(keys, start=1):
        if key in seen:
            shown = key if isinstance(key, str) else " · ".join(key)
            reason = translate(_("{key} đã có ở trên")).format(key=shown)
            raise BadTemplate(f"[[{table}]] {number}", reason=reason)
        seen.add(key)


def _check_standards(data: dict[str, Any], _rule_sets: Collection[str]) -> None:
    _once("levels", [level["key"] for level in data["levels"]])
    _once("positions", [post["key"] for post in data["positions"]])
    known = {level["key"] for level in data["levels"]}
    for number, post in enumerate(data["positions"], start=1):
        if post["level"] not in known:
            reason = translate(_("không có cấp {level} trong [[levels]]")).format(level=post["level"])
            raise BadTemplate(f"[[positions]] {number}", reason=reason)


def _check_compositions(data: dict[str, Any], rule_sets: Collection[str]) -> None:
    for number, row in enumerate(data["compositions"], start=1):
        if row["rule_set"] not in rule_sets:
            reason = translate(_("trường {field} phải là {expected}")).format(
                field="rule_set", expected=translate(_("mã của một bộ quy tắc đang có"))
            )
            raise BadTemplate(f"[[compositions]] {number}", reason=reason)
    keys = [(row["rule_set"], post) for row in data["compositions"] for post in row["posts"]]
    _once("compositions", keys)


_CROSS = {"chuc-danh": _check_standards, "thanh-phan": _check_compositions}


def line_name(number: int) -> str:
    """Return how a refusal names a line."""
    return translate(_("Dòng {number}")).format(number=number)

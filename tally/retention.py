"""How long what belongs to a round is kept, and what is destroyed: the periods under each rule set, as data.

Here lives their reading (tally/rules/retention/periods.toml). Never here: a date, a deletion, or an `if` about a law.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from tally.i18n import marked as _
from tally.protocol.encoding import array, boolean, fields, integer, text, texts
from tally.protocol.errors import WrongShape

FILE = Path(__file__).parent / "rules" / "retention" / "periods.toml"
KEEP, DESTROY = "keep", "destroy"
RECORD, DOCUMENTS, LOG, PEOPLE, KEYS = "record", "documents", "log", "people", "keys"
WHAT: Mapping[str, str] = {
    RECORD: _("Hồ sơ kiểm phiếu, phiếu đã mã hóa"),
    DOCUMENTS: _("Biên bản, báo cáo và bản ký"),
    LOG: _("Nhật ký thao tác, sổ sự cố"),
    PEOPLE: _("Danh sách người bỏ phiếu, ảnh, chữ ký, thẻ đã cấp, tài liệu hồ sơ"),
    KEYS: _("Khóa của máy: hòm phiếu, nhật ký, bên cấp thẻ"),
}
"""What a round leaves, in the order of tables."""
MOST_DAYS = 36_525


@dataclass(frozen=True, slots=True)
class Period:
    """How many days after its end something of a round is kept or may be destroyed, and who says so."""

    what: str
    act: str
    days: int
    citation: str
    certain: bool

    @classmethod
    def parse(cls, value: Any, where: str) -> Period:
        """Read one period. Raises reading errors naming the field."""
        m = fields(value, where, "what", "act", "days", "citation", "certain")
        if m["what"] not in WHAT or m["act"] not in (KEEP, DESTROY):
            raise WrongShape(where, expected=" / ".join((*WHAT, KEEP, DESTROY)))
        days = integer(m["days"], f"{where}.days", 0, MOST_DAYS)
        citation = text(m["citation"], f"{where}.citation", limit=400)
        return cls(m["what"], m["act"], days, citation, boolean(m["certain"], f"{where}.certain"))


def periods(rule_set: str, file: Path = FILE) -> tuple[Period, ...]:
    """Return the periods of a round under this rule set, in the order of WHAT. Raises reading errors."""
    groups = _read(file)
    return next((found for names, found in groups if rule_set in names), groups[0][1])


@lru_cache(maxsize=4)
def _read(file: Path) -> tuple[tuple[tuple[str, ...], tuple[Period, ...]], ...]:
    """Return the groups of a file; the first stands for every rule set that no other names."""
    data = fields(tomllib.loads(file.read_text("utf-8")), file.name, "group")
    groups = tuple(_group(value, f"group[{i}]") for i, value in enumerate(array(data["group"], file.name)))
    if not groups or groups[0][0]:
        raise WrongShape("group[0].rule_sets", expected="[]")
    return groups


def _group(value: Any, where: str) -> tuple[tuple[str, ...], tuple[Period, ...]]:
    m = fields(value, where, "rule_sets", "period")
    found = {p.what: p for p in (Period.parse(v, f"{where}.period") for v in array(m["period"], where))}
    if set(found) != set(WHAT):
        raise WrongShape(f"{where}.period", expected=" / ".join(WHAT))
    return texts(m["rule_sets"], f"{where}.rule_sets"), tuple(found[what] for what in WHAT)

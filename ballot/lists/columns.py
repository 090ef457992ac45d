"""The sheets of a workbook and their columns: headings as people see them, keys as the program does, limits.

Here lives that table. Never here: a value, or how one is checked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from ballot.catalogue.fields import CODE, NAME, UNIT, WORDS
from tally.protocol.composing import composed


class Kind(Enum):
    """What a column holds. A code is what a number may stand for; a name is never a number or a day."""

    CODE = auto()
    NAME = auto()
    WORDS = auto()
    DAY = auto()
    NUMBER = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `needed` says that no cell of it may be empty, `others` are headings that mean the same."""

    heading: str
    key: str
    kind: Kind = Kind.WORDS
    limit: int = WORDS
    needed: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One list: its name on the tab, in addresses, and its columns in order."""

    title: str
    slug: str
    columns: tuple[Column, ...]

    @property
    def headings(self) -> tuple[str, ...]:
        """The first row."""
        return tuple(column.heading for column in self.columns)

    def column(self, key: str) -> Column:
        """Return the column of a key."""
        return next(column for column in self.columns if column.key == key)


def _code(heading: str, key: str, *, needed: bool = True) -> Column:
    return Column(heading, key, Kind.CODE, CODE, needed)


def _day(heading: str, key: str, *, needed: bool = True) -> Column:
    return Column(heading, key, Kind.DAY, 10, needed)


BODIES = Sheet("Tổ chức", "to-chuc", (
    _code("Mã", "code"), Column("Tên", "name", needed=True), Column("Cấp", "level", needed=True),
    _code("Mã cấp trên", "parent", needed=False), _day("Từ ngày", "since"),
))  # fmt: skip
POSITIONS = Sheet("Chức danh", "chuc-danh", (
    _code("Mã", "code"), _code("Mã tổ chức", "body"), Column("Chức danh", "title", needed=True),
    Column("Tương đương", "standard"), Column("Cấp quản lý", "authority"), Column("Khối", "block"),
    Column("Loại phiếu", "form"), Column("Thứ tự", "rank", Kind.NUMBER, 4), _day("Từ ngày", "since"),
))  # fmt: skip
PEOPLE = Sheet("Người", "nguoi", (
    _code("Mã", "code"), Column("Họ và tên", "name", Kind.NAME, NAME, True),
    _day("Ngày sinh", "born", needed=False), Column("Đơn vị", "unit", limit=UNIT),
    Column("Điểm cầu", "site", limit=UNIT),
))  # fmt: skip
APPOINTMENTS = Sheet("Bổ nhiệm", "bo-nhiem", (
    _code("Mã người", "person"), _code("Mã chức danh", "position"), _day("Từ ngày", "since"),
    Column("Tình trạng", "status"), _day("Tình trạng từ ngày", "status_day", needed=False), Column("Căn cứ", "basis"),
))  # fmt: skip
GROUPS = Sheet("Nhóm", "nhom", (
    _code("Mã nhóm", "code"), Column("Tên nhóm", "name", needed=True), _code("Mã người", "person", needed=False),
    _day("Từ ngày", "since", needed=False),
))  # fmt: skip
CATALOGUE = (BODIES, POSITIONS, PEOPLE, APPOINTMENTS, GROUPS)
"""In the order in which they are taken over: each refers only to those before it."""

OFFICIALS = Sheet("Người được lấy phiếu", "nguoi-duoc-lay-phieu", (
    Column("Khối", "khoi", needed=True, others=("khoi",)),
    Column("Họ và tên", "ho_ten", Kind.NAME, WORDS, True, ("ho_ten",)),
    Column("Chức danh, chức vụ", "chuc_vu", needed=True, others=("chuc_vu", "Chức danh", "Chức vụ")),
))  # fmt: skip
ROLL = Sheet("Người ghi phiếu", "nguoi-ghi-phieu", (
    Column("Mã", "ma", Kind.CODE, CODE, True, ("ma",)),
    Column("Họ và tên", "ho_ten", Kind.NAME, NAME, True, ("ho_ten",)),
    Column("Đơn vị", "don_vi", limit=UNIT, others=("don_vi",)),
    Column("Điểm cầu", "diem", limit=UNIT, others=("diem", "Điểm")),
))  # fmt: skip
PAIR = (OFFICIALS, ROLL)
"""The two lists of a small round that is made at once."""


def folded(heading: str) -> str:
    """Return what two spellings of one heading or tab have in common. Raises BadText."""
    return " ".join(composed(heading, "heading").casefold().split())


def by_title(title: str, sheets: tuple[Sheet, ...] = CATALOGUE) -> Sheet | None:
    """Return the sheet of this name, however it is capitalised."""
    return next((sheet for sheet in sheets if folded(sheet.title) == folded(title)), None)


def by_slug(slug: str, sheets: tuple[Sheet, ...] = CATALOGUE) -> Sheet | None:
    """Return the sheet of this name in addresses."""
    return next((sheet for sheet in sheets if sheet.slug == slug), None)

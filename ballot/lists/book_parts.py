"""What holds a workbook together: which part is which sheet, the strings that cells share, which styles show a day.

Here lives the reading of those parts. Never here: a cell.
"""

from __future__ import annotations

import posixpath
import re
from typing import Any
from urllib.parse import unquote

from ballot.lists.archive import LINKED, MACROS, UNREADABLE
from ballot.lists.refusals import Unfit
from ballot.lists.xml_parts import Attributes, Walk, walk
from tally.i18n import marked as _

MOST_STRINGS, MOST_SHEETS = 250_000, 50
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_NOT_A_DAY = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')
_DAY_FORMATS = {*range(14, 18), 22, *range(27, 32), 34, 35, 36, *range(50, 59)}

Links = dict[str, tuple[str, str]]


class LinksOf(Walk):
    """A part's relations: id → (kind, target). One to the outside is refused, but for a link that people click."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.found: Links = {}

    def begin(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""
        if name != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = attributes.get("Target", "")
        if attributes.get("TargetMode", "").lower() == "external":
            if kind != "hyperlink":
                raise Unfit(LINKED)
            return
        path = posixpath.normpath(posixpath.join("/", self.base, unquote(target))).lstrip("/")
        self.found[attributes.get("Id", "")] = (kind, path.casefold())


class Book(Walk):
    """The workbook's own part: sheets as (name, hidden, relation), and from which day it counts."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[tuple[str, bool, str]] = []
        self.since_1904 = False

    def begin(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""
        if name == "sheet":
            link = next(
                (value for key, value in attributes.items() if key.rpartition(":")[2] == "id" and ":" in key), ""
            )
            self.sheets.append((attributes.get("name", ""), attributes.get("state", "visible") != "visible", link))
        elif name == "workbookPr":
            self.since_1904 = attributes.get("date1904", "0") in ("1", "true")


def check_types(parts: dict[str, bytes]) -> None:
    """Refuse a workbook with macros by what it says of itself."""
    types = parts.get("[content_types].xml")
    if types is None:
        raise Unfit(UNREADABLE)
    if b"macroenabled" in types.lower():
        raise Unfit(MACROS)
    for name, raw in parts.items():
        if name.endswith(".rels"):
            walk(raw, name, LinksOf(""))


def office_part(parts: dict[str, bytes]) -> str:
    """Return the name of the workbook's own part. Raises Unfit."""
    links = walked(parts, "_rels/.rels", LinksOf("")).found
    path = next((path for kind, path in links.values() if kind == "officeDocument"), "")
    if path not in parts:
        raise Unfit(UNREADABLE)
    return path


def links_of(parts: dict[str, bytes], part: str) -> Links:
    """Return the relations of a part."""
    folder, _slash, name = part.rpartition("/")
    return walked(parts, f"{folder}/_rels/{name}.rels".lstrip("/"), LinksOf(folder)).found


def by_kind(links: Links, kind: str) -> str:
    """Return the target of the first relation of a kind, or nothing."""
    return next((path for found, path in links.values() if found == kind), "")


def walked(parts: dict[str, bytes], name: str, handler: Any) -> Any:
    """Walk a part, if there is one, and return the handler."""
    if name in parts:
        walk(parts[name], name, handler)
    return handler


class Strings(Walk):
    """The strings that cells share; what tells how to pronounce them is passed over."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.now: list[str] = []
        self.heard = self.silent = 0

    def begin(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""
        if name == "si":
            self.now = []
        self.heard += name == "t"
        self.silent += name == "rPh"

    def finish(self, name: str) -> None:
        """Take the end of an element."""
        self.heard -= name == "t"
        self.silent -= name == "rPh"
        if name == "si":
            self.found.append(unescaped("".join(self.now)))
            if len(self.found) > MOST_STRINGS:
                raise Unfit(_("một phần trong tệp lớn hoặc nén bất thường"))

    def characters(self, content: str) -> None:
        """Take a piece of text."""
        if self.heard and not self.silent:
            self.now.append(content)


class Styles(Walk):
    """Which cell formats show a day, and which show a number with zeros in front of it."""

    def __init__(self) -> None:
        super().__init__()
        self.codes: dict[str, str] = {}
        self.formats: list[str] = []
        self.inside = False

    def begin(self, name: str, attributes: Attributes) -> None:
        """Take the beginning of an element."""
        if name == "numFmt":
            self.codes[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")
        elif name == "cellXfs":
            self.inside = True
        elif name == "xf" and self.inside:
            self.formats.append(attributes.get("numFmtId", "0"))

    def finish(self, name: str) -> None:
        """Take the end of an element."""
        if name == "cellXfs":
            self.inside = False

    def of(self, style: str) -> tuple[bool, int]:
        """Return whether a style shows a day, and how many digits it shows at least."""
        number = (
            self.formats[int(style)] if style.isdigit() and len(style) < 7 and int(style) < len(self.formats) else "0"
        )
        code = self.codes.get(number, "")
        bare = _NOT_A_DAY.sub("", code.split(";")[0]).lower()
        shows_day = any(c in bare for c in "dy") or (
            number.isdigit() and len(number) < 5 and int(number) in _DAY_FORMATS
        )
        zeros = len(code) if code and set(code) == {"0"} and len(code) <= 60 else 0
        return shows_day and "general" not in bare, zeros


def unescaped(value: str) -> str:
    """Return a string with _x000A_ and its like as the character that it stands for. Source: ECMA-376, 22.9.2.19."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), value)

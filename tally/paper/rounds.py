"""Lines of a table to rounds: every cell read strictly, lines of one round brought together.

Here lives the meaning of columns. Never here: a percentage computed, or a round half read.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tally import rules as shipped
from tally.i18n import marked as _
from tally.paper.published import Published
from tally.paper.refusals import BadCell, BadColumn, BadCounters, DuplicateRow, RowsDiffer, place
from tally.paper.table import Row, read_rows
from tally.paper.typed import EMPTY, NOT_A_NUMBER, day, number, share, words
from tally.protocol.errors import TooManyBallots, one_line
from tally.protocol.ruleset import RuleSet
from tally.rules import load

COUNTERS = ("total_delegates", "summoned", "ballots_issued", "ballots_returned", "ballots_valid", "ballots_invalid")
OF_A_ROUND = ("rule_set", "session", "percent_base", *COUNTERS)
REQUIRED = ("round", "date", "body", "rule_set", "seq", "position")
KNOWN = frozenset({*REQUIRED, *OF_A_ROUND, "name", "source"})
SHARE = "pct_"
OF_OTHER_RULES = _("phải để trống: mức này không có trong bộ quy tắc của dòng")
ISSUED, RETURNED, VALID, INVALID = _("phát ra"), _("thu về"), _("hợp lệ"), _("không hợp lệ")


@dataclass(frozen=True, slots=True)
class Counters:
    """What is known of a round's ballots; None is not known, which is not zero."""

    delegates: int | None = None
    summoned: int | None = None
    issued: int | None = None
    returned: int | None = None
    valid: int | None = None
    invalid: int | None = None


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One official's line. `counts` and `published` are in the order of the rule set's levels; `line` is the file's."""

    line: int
    number: int
    name: str
    position: str
    counts: tuple[int | None, ...]
    published: tuple[Published | None, ...]
    source: str


@dataclass(frozen=True, slots=True)
class PaperRound:
    """A round that was counted on paper. `percent_base` is what the file says of the base, not what the rules say."""

    title: str
    date: str
    body: str
    session: str
    rules: RuleSet
    percent_base: int | None
    counters: Counters
    lines: tuple[PaperLine, ...]


def read(
    raw: bytes, where: str = "", *, folder: Path = shipped.FOLDER, own: Mapping[str, RuleSet] = MappingProxyType({})
) -> tuple[PaperRound, ...]:
    """Read all rounds of a table, in the order of their first lines; `folder` holds the rule sets.

    Those of `own` hold beside them, or in their place.

    Raises UnreadableTable, BadColumn, BadCell, DuplicateRow, RowsDiffer, BadCounters, TooManyBallots,
    UnknownRuleSet. Source: SPEC 4.19.
    """
    rows = read_rows(raw, KNOWN, where)
    _require(rows, REQUIRED, where)
    books = {row.cells["rule_set"]: row.line for row in reversed(rows)}
    rules = {name: own[name] if name in own else _rules(name, line, folder) for name, line in books.items()}
    _check_columns(rows, rules, where)
    together: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        named = (words(row, "round"), day(row), words(row, "body"))
        together.setdefault(named, []).append(row)
    return tuple(_round(*named, lines, rules) for named, lines in together.items())


def _require(rows: tuple[Row, ...], columns: tuple[str, ...], where: str) -> None:
    for column in columns:
        if column not in rows[0].cells:
            raise BadColumn(where, column=column, reason=_("còn thiếu"))


def _rules(name: str, line: int, folder: Path) -> RuleSet:
    if not name:
        raise BadCell(place(line, "rule_set"), reason=EMPTY)
    if name not in shipped.names(folder):
        raise shipped.UnknownRuleSet(place(line, "rule_set"), known=", ".join(shipped.names(folder)))
    return load(name, folder)


def _check_columns(rows: tuple[Row, ...], rules: Mapping[str, RuleSet], where: str) -> None:
    """Every column means something, every level has one, and a line has cells only under its own levels."""
    levels = {name: [level.key for level in book.levels] for name, book in rules.items()}
    every = {key for keys in levels.values() for key in keys}
    _require(rows, tuple(sorted(every)), where)
    shares = {SHARE + key for key in every}
    for column in rows[0].cells:
        if column not in KNOWN | every | shares:
            raise BadColumn(where, column=one_line(column), reason=_("không có nghĩa ở đây"))
    for row in rows:
        for key in every - set(levels[row.cells["rule_set"]]):
            for column in (key, SHARE + key):
                if row.cells.get(column):
                    raise BadCell(place(row.line, column), reason=OF_OTHER_RULES)


def _round(title: str, day: str, body: str, rows: list[Row], books: Mapping[str, RuleSet]) -> PaperRound:
    first = rows[0]
    for row in rows[1:]:
        for column in OF_A_ROUND:
            if row.cells.get(column) != first.cells.get(column):
                raise RowsDiffer(place(row.line, column), line=first.line)
    rules = books[first.cells["rule_set"]]
    lines = tuple(_line(row, rules) for row in rows)
    _check_distinct(lines)
    counters = Counters(*(number(first, column) for column in COUNTERS))
    _check_counters(counters, first.line)
    session, base = words(first, "session", empty=True), number(first, "percent_base")
    if base == 0:
        raise BadCell(place(first.line, "percent_base"), reason=NOT_A_NUMBER)
    return PaperRound(title, day, body, session, rules, base, counters, lines)


def _line(row: Row, rules: RuleSet) -> PaperLine:
    ordinal = number(row, "seq")
    if not ordinal:
        raise BadCell(place(row.line, "seq"), reason=EMPTY if ordinal is None else NOT_A_NUMBER)
    keys = [level.key for level in rules.levels]
    return PaperLine(
        line=row.line,
        number=ordinal,
        name=words(row, "name", empty=True),
        position=words(row, "position"),
        counts=tuple(number(row, key) for key in keys),
        published=tuple(share(row, SHARE + key) for key in keys),
        source=words(row, "source", empty=True),
    )


def _check_distinct(lines: tuple[PaperLine, ...]) -> None:
    """No number twice, and no person twice in one post; posts without names may be alike."""
    seen: dict[tuple[object, ...], int] = {}
    for line in lines:
        for mark in _marks(line):
            if mark in seen:
                raise DuplicateRow(place(line.line), line=seen[mark])
            seen[mark] = line.line


def _marks(line: PaperLine) -> Iterator[tuple[object, ...]]:
    yield ("seq", line.number)
    if line.name:
        yield ("person", line.name, line.position)


def _check_counters(counters: Counters, line: int) -> None:
    """Refuse what no count can have: more returned than issued, or a part of the returned that is more than all."""
    issued, returned = counters.issued, counters.returned
    if returned is None and counters.valid is not None and counters.invalid is not None:
        returned = counters.valid + counters.invalid
    if returned is None:
        return
    if issued is not None and returned > issued:
        raise TooManyBallots(place(line), returned=returned, issued=issued)
    for part, count in ((VALID, counters.valid), (INVALID, counters.invalid)):
        if count is not None and count > returned:
            raise BadCounters(place(line), part=part, count=count, whole=RETURNED, of=returned)

"""What a person sees of rounds that were counted on paper: a table for each, what differs and why, one sum at the end.

Here lives the printing. Never here: a number that tally/paper did not compute, or a text of the file taken for markup.
"""

from __future__ import annotations

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from tally.i18n import marked as _
from tally.i18n import translate
from tally.paper import Counters, JudgedLine, JudgedRound, Summary
from tally.paper.published import (
    AGREES,
    EXPLAINED,
    FEWER,
    NO_COUNT,
    OTHER_BASE,
    OTHER_COUNT,
    TRUNCATED,
    UNCHECKED,
    Checked,
)
from tally.protocol.errors import one_line

HEAD = _("{title} · {body} · ngày {date}")
RULES = _("Bộ quy tắc {id}: {title}")
BASE = _("Tỷ lệ tính trên {words}: {count}{citation}.")
VOID_NOTE = _("“Trống”: dòng không ghi mức nào; dấu ≤ khi chưa rõ số phiếu hợp lệ nên có thể gồm phiếu không hợp lệ.")
REACHED = _("TT {number}, {who}: {words}. Hệ quả: {consequence} ({citation}).")
NOBODY = _("Không có người nào đạt ngưỡng.")
UNDECIDED = _("TT {number}: chưa đủ số liệu để nói có đạt ngưỡng hay không.")
CONTRADICTED = _("Dòng {line}: {finding} Không kết luận.")
DIFFERENCE = _("Dòng {line}, cột {column}: công bố {written}, tính được {computed}: {reason}.")
NOT_CHECKED = _("Dòng {line}, cột {column}: công bố {written}, không đối chiếu được: {reason}.")
SUMMARY = _(
    "{agree}/{compared} tỷ lệ đã công bố khớp; {explained} khác có giải thích, {unexplained} không giải thích được."
)
UNCHECKED_TOO = _("{count} tỷ lệ đã công bố không đối chiếu được.")
NOTHING = _("Tệp không ghi tỷ lệ nào để đối chiếu.")
REASONS = {
    FEWER: _("làm tròn đến {detail} chữ số thập phân"),
    TRUNCATED: _("cắt bớt chữ số chứ không làm tròn"),
    OTHER_BASE: _("tính trên {base} {detail}"),
    OTHER_COUNT: _("không giải thích được; tỷ lệ ấy ứng với {detail} phiếu"),
    NO_COUNT: _("tệp không có số phiếu"),
    "no_base": _("không có căn cứ"),
    "": _("không giải thích được"),
}
BASES = {
    "ballots_returned": _("số phiếu thu về"),
    "ballots_valid": _("số phiếu hợp lệ"),
    "total_delegates": _("tổng số đại biểu"),
    "ballots_issued": _("số phiếu phát ra"),
    "summoned": _("số người được triệu tập"),
    "sum": _("tổng các mức của chính dòng đó"),
    "percent_base": _("số ghi ở cột percent_base"),
    "": "",
}


def show(console: Console, rounds: tuple[JudgedRound, ...]) -> None:
    """Write every round and, at the end, how all published percentages fared."""
    for judged in rounds:
        _show_round(console, judged)
    every = [judged.summary for judged in rounds]
    _say(console, summary(Summary(*(sum(column) for column in zip(*map(_numbers, every), strict=True)))))


def summary(found: Summary) -> str:
    """Return the sentence about published percentages."""
    sentences = [] if found.compared else [translate(NOTHING)] if not found.unchecked else []
    if found.compared:
        sentence = translate(SUMMARY)
        sentences.append(
            sentence.format(
                agree=found.agree,
                compared=found.compared,
                explained=found.explained,
                unexplained=found.unexplained,
            )
        )
    if found.unchecked:
        sentences.append(translate(UNCHECKED_TOO).format(count=found.unchecked))
    return " ".join(sentences)


def reason(check: Checked) -> str:
    """Return why a published percentage differs, or could not be checked."""
    return translate(REASONS[check.reason]).format(detail=check.detail, base=translate(BASES[check.name]))


def _numbers(found: Summary) -> tuple[int, ...]:
    return (found.agree, found.explained, found.unexplained, found.unchecked)


def _show_round(console: Console, judged: JudgedRound) -> None:
    paper, rules = judged.round, judged.round.rules
    day = "/".join(reversed(paper.date.split("-")))
    _say(console, translate(HEAD).format(title=paper.title, body=paper.body, date=day), style="bold")
    _say(console, translate(RULES).format(id=rules.id, title=rules.title))
    if counters := _counters(judged.counters):
        _say(console, counters)
    if judged.base is not None:
        citation = f" ({rules.base.citation})" if rules.base.citation else ""
        _say(console, translate(BASE).format(words=rules.base.words, count=judged.base, citation=citation))
    for finding in judged.findings:
        _say(console, f"! {finding}")
    console.print(_table(judged))
    _show_findings(console, judged)
    console.print()


def _table(judged: JudgedRound) -> Table:
    table = Table(box=box.SIMPLE, pad_edge=False)
    table.add_column(translate(_("TT")), justify="right")
    table.add_column(translate(_("Họ và tên, chức danh")), overflow="fold", ratio=1)
    for level in judged.round.rules.levels:
        table.add_column(Text(one_line(level.label)), justify="right")
    table.add_column(translate(_("Trống")), justify="right")
    for line in judged.lines:
        shares = zip(line.line.counts, line.percent, strict=True)
        cells = [Text(_share(count, percent)) for count, percent in shares]
        mark = "" if not line.met else "●"
        table.add_row(f"{mark}{line.line.number}", Text(_who(line)), *cells, _void(line))
    return table


def _share(count: int | None, percent: str | None) -> str:
    """Put a percentage under its count; what the file does not say is a dash, never a zero."""
    return "–" if count is None else f"{count}\n{percent}" if percent else str(count)


def _void(line: JudgedLine) -> str:
    if line.void is not None:
        return str(line.void)
    return "–" if line.unmarked is None else f"≤ {line.unmarked}" if line.unmarked else "0"


def _who(line: JudgedLine) -> str:
    return one_line(", ".join(filter(None, (line.line.name, line.line.position))))


def _show_findings(console: Console, judged: JudgedRound) -> None:
    if any(line.void is None and line.unmarked for line in judged.lines):
        _say(console, translate(VOID_NOTE))
    for line in judged.lines:
        _show_line(console, judged, line)
    if all(line.met == () for line in judged.lines):
        _say(console, translate(NOBODY))


def _show_line(console: Console, judged: JudgedRound, line: JudgedLine) -> None:
    for finding in line.findings:
        _say(console, "! " + translate(CONTRADICTED).format(line=line.line.line, finding=finding))
    if line.met is None and not line.findings and judged.base is not None:
        _say(console, translate(UNDECIDED).format(number=line.line.number))
    if line.deciding:
        rules, threshold = judged.round.rules, line.deciding
        citation = ", ".join(filter(None, (threshold.citation, rules.number)))
        sentence = translate(REACHED).format(
            number=line.line.number, who=_who(line), words=threshold.words, consequence=threshold.consequence,
            citation=citation,
        )  # fmt: skip
        _say(console, f"● {sentence}")
        for trigger in line.triggers:
            _say(console, f"  → {trigger.words}")
    for check in line.checks:
        if check and check.status != AGREES:
            sentence = translate(NOT_CHECKED if check.status == UNCHECKED else DIFFERENCE).format(
                line=line.line.line, column=f"pct_{check.level}", written=check.published.text,
                computed=check.computed, reason=reason(check),
            )  # fmt: skip
            _say(console, ("≈ " if check.status == EXPLAINED else "≠ ") + sentence)


def _counters(known: Counters) -> str:
    """Name the counters that are known; what is missing is not printed as if it were a number."""
    named = (
        (_("số đại biểu"), known.delegates),
        (_("được triệu tập"), known.summoned),
        (_("phát ra"), known.issued),
        (_("thu về"), known.returned),
        (_("hợp lệ"), known.valid),
        (_("không hợp lệ"), known.invalid),
    )
    return " · ".join(f"{translate(name)} {count}" for name, count in named if count is not None).capitalize()


def _say(console: Console, sentence: str, style: str = "") -> None:
    console.print(Text(one_line(sentence), style=style), soft_wrap=False)

"""What is to be looked at in a round that was counted on paper: numbers that contradict each other, a base in doubt.

Here live the findings and their sentences. Never here: a conclusion about an official.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tally.i18n import marked as _
from tally.i18n import translate
from tally.paper.rounds import Counters, PaperLine, PaperRound

FROM_COUNTERS, FROM_PARTS, FROM_FILE, UNKNOWN = "counters", "valid+invalid", "percent_base", ""

BASE_DIFFERS = _("Cột percent_base ghi {written}, còn {words} là {base}: tỷ lệ được tính trên {base}.")
BASE_FROM_FILE = _("Tệp không có {words}; tỷ lệ được tính trên {base} như cột percent_base ghi, không tự kiểm được.")
NO_BASE = _("Không có căn cứ để tính tỷ lệ: tệp không có {words}.")
PARTS_DIFFER = _("Số phiếu hợp lệ {valid} cộng số phiếu không hợp lệ {invalid} khác số phiếu thu về {returned}.")
OVER_DELEGATES = _("{what} là {count}, nhiều hơn tổng số đại biểu {delegates}.")
OVER_SUMMONED = _("Số phiếu phát ra là {count}, nhiều hơn số người được triệu tập {summoned}.")
OUT_OF_FORCE = _("Ngày {date} nằm ngoài thời gian có hiệu lực của bộ quy tắc {rules}.")
OVER_BASE = _("Mức “{level}” có {count} phiếu, nhiều hơn căn cứ tính tỷ lệ {base}.")
OVER_BALLOTS = _("Cộng các mức được {sum}, nhiều hơn số phiếu {what} {count}.")


@dataclass(frozen=True, slots=True)
class Finding:
    """Something to be looked at: a stable `code`, and a sentence whose places `details` fill in."""

    code: str
    sentence: str
    details: Mapping[str, int | str]

    def __str__(self) -> str:
        return translate(self.sentence).format(**{k: translate(str(v)) for k, v in self.details.items()})


def of_line(paper: PaperRound, counters: Counters, base: int | None, line: PaperLine) -> tuple[Finding, ...]:
    """Return what contradicts what in one line: from such a line nothing is concluded."""
    found = [
        Finding("count_over_base", OVER_BASE, {"level": level.label, "count": count, "base": base})
        for level, count in zip(paper.rules.levels, line.counts, strict=True)
        if count is not None and base is not None and count > base
    ]
    total = sum(count for count in line.counts if count is not None)
    for code, what, count in (
        ("sum_over_valid", _("hợp lệ"), counters.valid),
        ("sum_over_returned", _("thu về"), counters.returned),
        ("sum_over_issued", _("phát ra"), counters.issued),
    ):
        if count is not None and total > count:
            found.append(Finding(code, OVER_BALLOTS, {"sum": total, "what": what, "count": count}))
            break
    return tuple(found)


def of_round(paper: PaperRound, counters: Counters, base: int | None, base_from: str) -> tuple[Finding, ...]:
    """Return what is to be said of a round's base, its day and its counters."""
    words = paper.rules.base.words
    found: list[Finding] = []
    if base is None:
        found.append(Finding("no_base", NO_BASE, {"words": words}))
    elif base_from == FROM_FILE:
        found.append(Finding("base_from_file", BASE_FROM_FILE, {"words": words, "base": base}))
    elif paper.percent_base not in (None, base):
        details: dict[str, int | str] = {"written": paper.percent_base or 0, "words": words, "base": base}
        found.append(Finding("base_differs", BASE_DIFFERS, details))
    start, end = paper.rules.effective_from, paper.rules.effective_to
    day = "/".join(reversed(paper.date.split("-")))
    if paper.date < start or (end and paper.date > end):
        found.append(Finding("out_of_force", OUT_OF_FORCE, {"date": day, "rules": paper.rules.id}))
    return (*found, *_of_counters(counters))


def _of_counters(counters: Counters) -> list[Finding]:
    found: list[Finding] = []
    details: dict[str, int | str]
    returned, valid, invalid = counters.returned, counters.valid, counters.invalid
    if None not in (returned, valid, invalid) and (valid or 0) + (invalid or 0) != returned:
        details = {"valid": valid or 0, "invalid": invalid or 0, "returned": returned or 0}
        found.append(Finding("parts_differ", PARTS_DIFFER, details))
    delegates, summoned, issued = counters.delegates, counters.summoned, counters.issued
    for what, count in (
        (_("Số người được triệu tập"), summoned),
        (_("Số phiếu phát ra"), issued),
        (_("Số phiếu thu về"), returned),
    ):
        if delegates is not None and count is not None and count > delegates:
            details = {"what": what, "count": count, "delegates": delegates}
            found.append(Finding("over_delegates", OVER_DELEGATES, details))
    if summoned is not None and issued is not None and issued > summoned:
        found.append(Finding("over_summoned", OVER_SUMMONED, {"count": issued, "summoned": summoned}))
    return found

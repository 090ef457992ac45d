"""What was found in a table of rounds, as one JSON document for programs.

Here lives its shape (SPEC 4.19). Never here: a sentence that a program would have to read.
"""

from __future__ import annotations

from typing import Any

from tally.paper.findings import Finding
from tally.paper.judged import JudgedLine, JudgedRound
from tally.paper.published import Checked, Summary
from tally.protocol.encoding import canonical

FORMAT = "phieu-tin-nhiem/paper/v1"


def document(rounds: tuple[JudgedRound, ...]) -> bytes:
    """Return the canonical bytes."""
    checks = [check for judged in rounds for line in judged.lines for check in line.checks if check]
    return canonical({"format": FORMAT, "rounds": list(map(_round, rounds)), "published": _summary(Summary.of(checks))})


def _round(judged: JudgedRound) -> dict[str, Any]:
    paper, known, rules = judged.round, judged.counters, judged.round.rules
    return {
        "round": paper.title,
        "date": paper.date,
        "body": paper.body,
        "session": paper.session,
        "rules": {"id": rules.id, "number": rules.number},
        "ballots": {
            "delegates": known.delegates,
            "summoned": known.summoned,
            "issued": known.issued,
            "returned": known.returned,
            "valid": known.valid,
            "invalid": known.invalid,
        },
        "base": {
            "kind": rules.base.kind,
            "count": judged.base,
            "words": rules.base.words,
            "citation": rules.base.citation,
            "from": judged.base_from,
            "percent_base": paper.percent_base,
        },
        "levels": [{"key": level.key, "label": level.label} for level in rules.levels],
        "findings": list(map(_finding, judged.findings)),
        "officials": list(map(_line, judged.lines)),
        "published": _summary(judged.summary),
    }


def _line(judged: JudgedLine) -> dict[str, Any]:
    line, deciding = judged.line, judged.deciding
    return {
        "line": line.line,
        "number": line.number,
        "name": line.name,
        "position": line.position,
        "counts": list(line.counts),
        "void": judged.void,
        "unmarked": judged.unmarked,
        "percent": list(judged.percent),
        "thresholds": None if judged.met is None else list(judged.met),
        "triggers": [trigger.key for trigger in judged.triggers],
        "consequence": deciding.consequence if deciding else "",
        "citation": deciding.citation if deciding else "",
        "published": [check and _check(check) for check in judged.checks],
        "findings": list(map(_finding, judged.findings)),
        "source": line.source,
    }


def _check(check: Checked) -> dict[str, Any]:
    return {
        "written": check.published.text,
        "computed": check.computed,
        "status": check.status,
        "reason": check.reason,
        "base": check.name,
        "detail": check.detail,
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {"code": finding.code, **finding.details}


def _summary(summary: Summary) -> dict[str, int]:
    return {
        "agree": summary.agree,
        "explained": summary.explained,
        "unexplained": summary.unexplained,
        "unchecked": summary.unchecked,
    }

"""Step 2: who is rated, proposed from the catalogue with exemptions by rule; an organiser decides and says why.

Here live its page and form. Never here: the order on the ballot (ballot.py), or a rule (exemptions.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ballot.likeness import likeness
from ballot.planning import bases, differences, places, proposal
from ballot.planning.content import DECISIONS, EXEMPT, OPEN, RATED, Basis, Content, Line, Officials
from ballot.planning.steps.look import CODE, NAME, WORDS, Form, Look, ids, refuse, words
from ballot.planning.wording import DECISION_WORDS
from tally.i18n import marked as _
from tally.protocol.ruleset import Exemption

REFRESH = "refresh"
"""The button that takes over what the catalogue says now."""


@dataclass(frozen=True, slots=True)
class Row:
    """A line with where else in the year this person is rated, and what an organiser should know of it."""

    line: Line
    elsewhere: tuple[str, ...]
    too_many: bool
    by_rule: bool


def shown(look: Look) -> dict[str, Any]:
    """Return bodies to choose, the lines as they stand or are proposed, and what the catalogue says otherwise."""
    basis, officials = look.content.basis, look.content.officials
    if basis is None or not basis.body_id:
        return {"bodies": [], "rows": [], "officials": None, "news": [], "most": None, "exemptions": [], "alike": []}
    bodies = proposal.bodies_around(look.session, look.organisation_id, basis)
    known = {body.id for body in bodies} & set(officials.body_ids if officials else ())
    chosen = tuple(body.id for body in bodies if (body.id in known if known else body.proposed))
    now = proposal.merged(officials, proposal.officials(look.session, look.organisation_id, basis, chosen))
    kept = officials if officials and _is_of(officials, basis) else now
    return {
        "bodies": bodies,
        "rows": _rows(look, basis, kept),
        "officials": kept,
        "news": differences.of_officials(officials, now) if officials else [],
        "seen": seen,
        "chosen": chosen,
        "most": bases.most_places(look.shelf, basis.rule_set),
        "exemptions": list(look.shelf.load(basis.rule_set).exemptions),
        "decisions": DECISION_WORDS,
        "alike": _alike(kept),
    }


def _rows(look: Look, basis: Basis, officials: Officials) -> list[Row]:
    most = bases.most_places(look.shelf, basis.rule_set)
    known = places.in_year(look.session, look.organisation_id, basis.date)
    rows = []
    for line in officials.lines:
        elsewhere = places.of_line(known, line)
        too_many = most is not None and line.decision == RATED and len(elsewhere) + 1 > most.most
        rows.append(Row(line, elsewhere, too_many, bool(line.rule)))
    return rows


def _alike(officials: Officials) -> list[str]:
    """Return names of the ballot that read alike: two of one name, or one person twice."""
    names = [likeness(line.name) for line in officials.of(RATED)]
    return [line.name for line in officials.of(RATED) if names.count(likeness(line.name)) > 1]


def changed(look: Look, form: Form) -> Content:
    """Return the draft with other officials: other bodies, other decisions, somebody added.

    Raises StepRefused naming a person, NoSuchEntry, FieldTooLong, BadText.
    """
    basis = look.content.basis
    if basis is None or not basis.body_id:
        raise refuse(_("Căn cứ"), _("xin chọn căn cứ, ngày và cơ quan trước"))
    officials = _proposed(look, basis, form)
    legal = list(look.shelf.load(basis.rule_set).exemptions)
    lines = [_decided(line, form, legal) for line in officials.lines]
    if form.get("new-name", "").strip():
        lines.append(_added(look, form, lines))
    return replace(look.content, officials=replace(officials, lines=tuple(lines)))


def _proposed(look: Look, basis: Basis, form: Form) -> Officials:
    """Return what was saved before, or the catalogue's proposal where anything it depends on is another now."""
    old, bodies = look.content.officials, ids(form, "body")
    below = {body.id for body in proposal.bodies_around(look.session, look.organisation_id, basis)}
    if not bodies or not set(bodies) <= below:
        raise refuse(_("Chức danh của các tổ chức"), _("xin chọn ít nhất một tổ chức trong danh sách"))
    if old and _is_of(old, basis) and old.body_ids == bodies and form.get("then") != REFRESH:
        return old
    return proposal.merged(old, proposal.officials(look.session, look.organisation_id, basis, bodies))


def _is_of(officials: Officials, basis: Basis) -> bool:
    return (officials.date, officials.rule_set) == (basis.date, basis.rule_set)


def seen(line: Line) -> str:
    """Return what a page tells of a line besides its words, so that a decision is about what its reader saw."""
    return f"{line.rule}/{'suspended' if line.suspended else ''}"


def _decided(line: Line, form: Form, legal: list[Exemption]) -> Line:
    """Return a line with the decision of the form; one that the form did not show as it is now stays as it is."""
    if form.get(f"seen-{line.key}") != seen(line):
        return line
    decision = form.get(f"decision-{line.key}", line.decision)
    if decision not in DECISIONS:
        raise refuse(line.name, _("không có quyết định này"))
    reason, citation = (
        words(form, f"{field}-{line.key}", line.name, limit=WORDS, empty=True) for field in ("reason", "citation")
    )
    rule = next((e for e in legal if e.key == line.rule), None)
    if decision == EXEMPT:
        if rule is not None and not (reason and citation):
            reason, citation = reason or rule.words, citation or rule.citation
        if not (reason and citation):
            raise refuse(line.name, _("không lấy phiếu cần cả lý do và căn cứ (văn bản, điều khoản)"))
    elif decision == RATED and rule is not None:
        if not reason or reason == rule.words:
            raise refuse(line.name, _("thuộc diện không lấy phiếu theo quy định; nếu vẫn lấy phiếu, xin ghi lý do"))
    elif decision in (RATED, OPEN) and not line.suspended:
        reason, citation = "", ""
    return replace(line, decision=decision, reason=reason, citation=citation)


def _added(look: Look, form: Form, lines: list[Line]) -> Line:
    """Return a line for somebody whom the catalogue does not propose: by code if it knows them, else by name."""
    label = _("Thêm người")
    code = words(form, "new-name", label, limit=NAME)
    position = words(form, "new-position", _("Chức danh, chức vụ của người thêm"))
    known = proposal.person_of(look.session, look.organisation_id, code[:CODE])
    taken = {line.key for line in lines}
    if known is not None and f"p{known.id}" in taken:
        raise refuse(known.name, _("đã có trong danh sách"))
    key = f"p{known.id}" if known else next(f"x{n}" for n in range(1, len(lines) + 2) if f"x{n}" not in taken)
    block = words(form, "new-block", _("Khối"), empty=True)
    of_block = next((line.form for line in lines if line.block == block), "")
    name = known.name if known else code
    return Line(key, known.id if known else 0, name, (position,), "", of_block, block, RATED)

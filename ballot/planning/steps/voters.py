"""Step 4: groups whose union votes; an organiser leaves somebody out or adds somebody, with a word why.

Here live its page and form. Never here: the union itself (electorate.py), or a site.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ballot.catalogue import people
from ballot.planning import differences, electorate, proposal
from ballot.planning.content import Content, Electorate, Invited
from ballot.planning.steps.look import CODE, LARGEST, NAME, UNIT, Form, Look, ids, number, refuse, words
from tally.i18n import marked as _
from tally.protocol.manifest import SMALLEST_ROLL


def shown(look: Look) -> dict[str, Any]:
    """Return the groups with their members on the day, the voters as they stand, and what should be looked at."""
    basis, mine = look.content.basis, look.content.electorate
    if basis is None:
        return {"groups": [], "electorate": None, "news": [], "alike": [], "near": [], "rated": [], "advice": []}
    members = proposal.members(look.session, look.organisation_id, basis.date)
    voters = look.content.voters
    bodies = look.content.officials.body_ids if look.content.officials else (basis.body_id,)
    now = replace(look.content, electorate=_again(look, mine, members)) if mine else look.content
    names = [voter.name for voter in voters]
    return {
        "groups": [(key, name, len(of_group)) for key, (name, of_group) in members.items()],
        "electorate": mine,
        "news": differences.of_facts(look.content, now, look.shelf),
        "alike": electorate.alike(voters),
        "near": _near(look, names, {voter.person_id for voter in voters}),
        "rated": electorate.rated_voters(look.content.rated, voters),
        "advice": proposal.compositions(look.session, look.organisation_id, basis, bodies),
    }


def _near(look: Look, names: list[str], own: set[int]) -> list[tuple[str, str]]:
    """Return voters whose name nearly is another person's of the catalogue, and that person's name and code."""
    found = people.near_duplicates(look.session, look.organisation_id, names)
    return [
        (name, f"{other.name} ({other.code})")
        for name, others in sorted(found.items())
        for other in others
        if other.name != name or other.id not in own
    ]


def _again(look: Look, mine: Electorate, members: dict[int, electorate.Group]) -> Electorate:
    """Return the electorate as the catalogue would give it now."""
    day = look.content.basis.date if look.content.basis else mine.day
    return _union(
        mine, members, mine.group_ids, day=day, delegates=mine.delegates, out=_out(mine), added=_by_hand(mine)
    )


def changed(look: Look, form: Form) -> Content:
    """Return the draft with another electorate. Raises StepRefused, NoSuchEntry, FieldTooLong, BadText."""
    basis, mine = look.content.basis, look.content.electorate
    if basis is None:
        raise refuse(_("Căn cứ"), _("xin chọn căn cứ, ngày và cơ quan trước"))
    members = proposal.members(look.session, look.organisation_id, basis.date)
    chosen = ids(form, "group")
    if not set(chosen) <= members.keys():
        raise refuse(_("Thành phần ghi phiếu"), _("nhóm không có trong danh mục"))
    out = {key: why for key, why in _out(mine).items() if f"in-{key}" not in form}
    added = [voter for voter in _by_hand(mine) if f"drop-{voter.key}" not in form]
    if form.get("out"):
        key = form["out"]
        known = {voter.key: voter.name for voter in look.content.voters}
        if key not in known:
            raise refuse(_("Không tham gia"), _("người này không có trong danh sách người ghi phiếu"))
        out[key] = words(form, "out-why", known[key], limit=UNIT)
    if form.get("add-who", "").strip():
        added.append(_added(look, form, [*added, *look.content.voters]))
    typed = form.get("delegates", "").strip()
    delegates = number(form, "delegates", _("Tổng số đại biểu (thành viên)"), SMALLEST_ROLL, LARGEST) if typed else 0
    made = _union(mine, members, chosen, day=basis.date, delegates=delegates, out=out, added=added)
    return replace(look.content, electorate=_counted(mine, made))


def _counted(old: Electorate | None, new: Electorate) -> Electorate:
    """Let the number of delegates follow the roll, where it did before and nobody typed another."""
    followed = old is not None and old.delegates == len(old.voters) == new.delegates
    return replace(new, delegates=len(new.voters)) if followed else new


def _union(
    mine: Electorate | None,
    members: dict[int, electorate.Group],
    chosen: tuple[int, ...],
    *,
    day: str,
    delegates: int,
    out: dict[str, str],
    added: list[Invited],
) -> Electorate:
    known = (*mine.voters, *mine.excluded) if mine else ()
    return electorate.electorate(
        [members[key] for key in chosen if key in members],
        day=day,
        group_ids=chosen,
        delegates=delegates,
        excluded=out,
        added=added,
        sites={voter.key: voter.site for voter in known},
    )


def _out(mine: Electorate | None) -> dict[str, str]:
    return {voter.key: voter.why for voter in mine.excluded} if mine else {}


def _by_hand(mine: Electorate | None) -> list[Invited]:
    """Return whoever an organiser added, even if left out again since."""
    return [voter for voter in (*mine.voters, *mine.excluded) if not voter.groups] if mine else []


def _added(look: Look, form: Form, known: list[Invited]) -> Invited:
    """Return a voter whom no group has: by code if the catalogue knows them, else by name and unit."""
    who = words(form, "add-who", _("Thêm người ghi phiếu"), limit=NAME)
    why = words(form, "add-why", _("Lý do thêm"), limit=UNIT)
    person = proposal.person_of(look.session, look.organisation_id, who[:CODE])
    if person is not None:
        made = replace(proposal.invited(person), why=why)
    else:
        taken = {voter.key for voter in known}
        key = next(f"x{n}" for n in range(1, len(known) + 2) if f"x{n}" not in taken)
        unit = words(form, "add-unit", _("Đơn vị"), limit=UNIT, empty=True)
        made = Invited(key, 0, f"BS-{key[1:]}", who, unit, "", (), why)
    if made.key in {voter.key for voter in known}:
        raise refuse(made.name, _("đã có trong danh sách người ghi phiếu"))
    return made

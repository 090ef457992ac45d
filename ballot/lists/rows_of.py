"""One row of each sheet beside what the catalogue holds: it is added, is there already, or changes what may change.

Here lives that comparison. Never here: a sheet, or a rule of the catalogue; its own functions decide.
"""

from __future__ import annotations

from ballot.catalogue import appointments, bodies, groups, people, positions, standards
from ballot.catalogue.appointments import SERVING, WORDS_OF_STATUS
from ballot.catalogue.errors import EntryInUse
from ballot.likeness import likeness
from ballot.lists.cells import iso, written
from ballot.lists.columns import BODIES, PEOPLE, POSITIONS
from ballot.lists.held import DIFFERS, Held, Line, same
from ballot.lists.outcome import ADDED, CHANGED, SAME
from ballot.lists.refusals import Unfit
from ballot.models.registry.catalogue import Body, Person, Position
from tally.i18n import marked as _


def body(held: Held, line: Line) -> str:
    """Take a body over."""
    held.once(line, "code")
    above = held.known(held.bodies, line, "parent", BODIES) if line["parent"] else None
    old = held.bodies.get(line["code"])
    if old is not None:
        same(line, name=[old.name], since=_beginnings(held, old), parent=_above(held, old))
        same(line, level=[level_name(held, old.level), old.level])
        return SAME
    more = {"name": line["name"], "level": line["level"], "since": iso(line["since"])}
    held.bodies[line["code"]] = bodies.add_body(
        held.session, held.organisation_id, code=line["code"], parent=above, **more
    )
    return ADDED


def position(held: Held, line: Line) -> str:
    """Take a post over; where it stands on a ballot and who manages it may change."""
    held.once(line, "code")
    of = held.known(held.bodies, line, "body", BODIES)
    old = held.positions.get(line["code"])
    rank = line["rank"] or "0"
    if old is None:
        places = {key: line[key] for key in ("title", "standard", "authority", "block", "form")}
        held.positions[line["code"]] = positions.add_position(
            held.session,
            held.organisation_id,
            code=line["code"],
            body=of,
            rank=int(rank),
            since=iso(line["since"]),
            **places,
        )
        return ADDED
    names = sorted(held.lineage.same(old.body_id), reverse=True)
    same(line, body=[held.lineage.bodies[each].code for each in names], title=[old.title], since=[written(old.since)])
    standard = standards.standard_key(held.session, held.organisation_id, line["standard"], level=of.level)
    now = {"standard": standard, "authority": line["authority"], "block": line["block"], "form": line["form"]}
    now["rank"] = int(rank) if line["rank"] else ""
    changed = {key: value for key, value in now.items() if value != "" and value != getattr(old, key)}
    for key in changed:
        shown = standard_name(held, old.standard) if key == "standard" else str(getattr(old, key))
        held.change(line, key, shown)
    if not changed:
        return SAME
    positions.arrange(held.session, old, **{key: changed.get(key, getattr(old, key)) for key in now})
    return CHANGED


def person(held: Held, line: Line) -> str:
    """Take a person over; where they work and attend may change, the spelling of a name while nothing refers to it."""
    held.once(line, "code")
    old = held.people.get(line["code"])
    born = iso(line["born"])
    if old is None:
        held.people[line["code"]] = people.add_person(
            held.session,
            held.organisation_id,
            code=line["code"],
            name=line["name"],
            born=born,
            unit=line["unit"],
            site=line["site"],
        )
        return ADDED
    if likeness(old.name) != likeness(line["name"]):
        raise Unfit(_("mã này đã thuộc về {name}; xin dùng mã khác"), "name", name=old.name)
    before = len(held.outcome.changes)
    renamed = (line["name"], born or old.born) != (old.name, old.born)
    if renamed:
        _correct(held, line, old, born or old.born)
    moved = {key: line[key] for key in ("unit", "site") if line[key] and line[key] != getattr(old, key)}
    for key in moved:
        held.change(line, key, getattr(old, key))
    if moved:
        people.relocate(held.session, old, **{"unit": old.unit, "site": old.site, **moved})
    return CHANGED if len(held.outcome.changes) > before else SAME


def _correct(held: Held, line: Line, old: Person, born: str) -> None:
    was_name, was_born = old.name, old.born
    key = "name" if line["name"] != was_name else "born"
    try:
        people.correct(held.session, old, code=old.code, name=line["name"], born=born)
    except EntryInUse:
        shown = was_name if key == "name" else written(was_born)
        raise Unfit(DIFFERS, key, column=line.sheet.column(key).heading, old=shown) from None
    if line["name"] != was_name:
        held.change(line, "name", was_name)
    if born != was_born:
        held.change(line, "born", written(was_born))


def appointment(held: Held, line: Line) -> str:
    """Take over that somebody holds a post, and what became of it; a status only adds to those before."""
    held.once(line, "person", "position", "since", "status_day")
    who = held.known(held.people, line, "person", PEOPLE)
    post = held.known(held.positions, line, "position", POSITIONS)
    status, day, since = _status(line), iso(line["status_day"]), iso(line["since"])
    key = (who.id, post.id, since)
    term = held.terms.get(key)
    verdict = SAME
    if term is None:
        _warn_of_second_term(held, line, who, post)
        term = appointments.appoint(held.session, who, post, since=since, basis=line["basis"])
        verdict = ADDED
    notes = held.notes.get(term.id, [])
    in_force = {note.day: note for note in notes}
    if not day:
        held.keep(key, term)
        return verdict
    if day in in_force and in_force[day].status == status:
        return verdict
    if verdict == SAME:
        held.change(line, "status", WORDS_OF_STATUS[appointments.status_on(notes, day)])
        verdict = CHANGED
    appointments.set_status(held.session, term, status, day, line["basis"])
    held.keep(key, term)
    held.notes[term.id] = appointments.statuses(held.session, [term.id])[term.id]
    return verdict


def _status(line: Line) -> str:
    """Return a status by the words for it. Raises Unfit."""
    said = line["status"].casefold()
    found = (
        next((key for key, words in WORDS_OF_STATUS.items() if said in (key, words.casefold())), None)
        if said
        else SERVING
    )
    if found is None:
        known = "; ".join(WORDS_OF_STATUS.values())
        raise Unfit(_("không có tình trạng này; các tình trạng: {known}"), "status", known=known)
    if found != SERVING and not line["status_day"]:
        raise Unfit(_("tình trạng này cần ghi từ ngày nào"), "status_day")
    return found


def _warn_of_second_term(held: Held, line: Line, who: Person, post: Position) -> None:
    since = held.latest.get((who.id, post.id), "")
    if since:
        held.warn(
            line,
            "since",
            _("người này đã được ghi giữ chức danh này từ {since}; đây sẽ là lần bổ nhiệm nữa"),
            since=written(since),
        )


def membership(held: Held, line: Line) -> str:
    """Take over a group, or that somebody belongs to it."""
    held.once(line, "code", "person", "since")
    group = held.groups.get(line["code"])
    verdict = SAME
    if group is None:
        group = groups.add_group(held.session, held.organisation_id, code=line["code"], name=line["name"])
        verdict = ADDED
    same(line, name=[group.name])
    if not line["person"]:
        held.groups[line["code"]] = group
        return verdict
    who = held.known(held.people, line, "person", PEOPLE)
    if not line["since"]:
        raise Unfit(_("ô trống"), "since")
    key = (group.id, who.id, iso(line["since"]))
    if key not in held.members:
        held.members[key] = groups.join(held.session, group, who, key[2])
        verdict = ADDED
    held.groups[line["code"]] = group
    return verdict


def _beginnings(held: Held, body: Body) -> list[str]:
    """Return the day on which a body began, first under this name, then under earlier ones."""
    others = [held.lineage.bodies[same].since for same in held.lineage.same(body.id)]
    return [written(day) for day in (body.since, *sorted(others))]


def _above(held: Held, body: Body) -> list[str]:
    """Return the code of the body above, as it is called now and as it was."""
    if body.parent_id is None:
        return []
    return [held.lineage.heir(body.parent_id).code, held.lineage.bodies[body.parent_id].code]


def level_name(held: Held, key: str) -> str:
    """Return the name of a level."""
    return next((level.name for level in standards.levels(held.session, held.organisation_id) if level.key == key), key)


def standard_name(held: Held, key: str) -> str:
    """Return the title of a standard post."""
    return next((s.title for s in standards.standards(held.session, held.organisation_id) if s.key == key), key)

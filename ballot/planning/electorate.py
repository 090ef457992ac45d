"""Who votes: the union of groups, each person once with their groups, less and more by an organiser's word.

Here lives that union as values. Never here: a database, or a silent change, for each has a word why.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from ballot.likeness import likeness
from ballot.planning.content import Electorate, Invited, Line
from ballot.vietnamese import by_given_name

Group = tuple[str, Sequence[Invited]]
"""A group's name and its members, whose own `groups` are empty."""


def union(groups: Iterable[Group]) -> tuple[Invited, ...]:
    """Return every member once, with the names of their groups, sorted by given name."""
    found: dict[str, Invited] = {}
    for name, members in groups:
        for member in members:
            known = found.get(member.key, replace(member, groups=()))
            if name not in known.groups:
                found[member.key] = replace(known, groups=(*known.groups, name))
    return in_order(found.values())


def in_order(voters: Iterable[Invited]) -> tuple[Invited, ...]:
    """Return voters by given name, those of one name by their code."""
    return tuple(sorted(voters, key=lambda voter: (by_given_name(voter.name), voter.code, voter.key)))


def electorate(
    groups: Iterable[Group],
    *,
    day: str,
    group_ids: Sequence[int],
    delegates: int,
    excluded: Mapping[str, str],
    added: Iterable[Invited],
    sites: Mapping[str, str],
) -> Electorate:
    """Return the union less `excluded` (key → why) plus `added`; a site that was set before is kept.

    Whoever is in a group already is not added again.
    """
    members = union(groups)
    keys = {member.key for member in members}
    more = [person for person in added if person.key not in keys]
    everybody = [_at(person, sites) for person in in_order([*members, *more])]
    voters = tuple(person for person in everybody if person.key not in excluded)
    out = tuple(replace(person, why=excluded[person.key]) for person in everybody if person.key in excluded)
    return Electorate(day, tuple(group_ids), delegates or len(voters), voters, out)


def _at(person: Invited, sites: Mapping[str, str]) -> Invited:
    return replace(person, site=sites.get(person.key, person.site))


def alike(voters: Sequence[Invited]) -> list[tuple[Invited, ...]]:
    """Return sets of voters whose names read alike: one person twice, or two of one name. Source: threats H21."""
    found: dict[str, list[Invited]] = {}
    for voter in voters:
        found.setdefault(likeness(voter.name), []).append(voter)
    return [tuple(same) for same in found.values() if len(same) > 1]


def rated_voters(rated: Iterable[Line], voters: Iterable[Invited]) -> list[str]:
    """Return names of rated persons who also vote, in ballot order: by the catalogue, or by a name that reads alike."""
    ids = {voter.person_id for voter in voters if voter.person_id}
    names = {likeness(voter.name) for voter in voters}
    return [line.name for line in rated if line.person_id in ids or likeness(line.name) in names]


def sites_of(voters: Iterable[Invited]) -> dict[str, int]:
    """Return how many voters attend at each site, in alphabetical order; the empty name: none was said."""
    counts: dict[str, int] = {}
    for voter in voters:
        counts[voter.site] = counts.get(voter.site, 0) + 1
    return dict(sorted(counts.items(), key=lambda entry: by_given_name(entry[0])))

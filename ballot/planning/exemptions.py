"""Who is rated: the holders of posts, once each with all their posts, and who is exempt by the rule set's own words.

Here lives the application of a rule set's exemptions, which are data. Never here: an `if` about a particular law.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ballot.planning.content import EXEMPT, OPEN, RATED, Line
from tally.protocol.ruleset import APPOINTED_IN_YEAR, MONTHS_IN_POST, STATUS, Exemption

SUSPENDED, LEFT = "suspended", "left"


@dataclass(frozen=True, slots=True)
class Post:
    """A post as somebody holds it on the day of the round."""

    person_id: int
    name: str
    title: str
    authority: str
    form: str
    block: str
    status: str
    since: str


def lines(posts: Iterable[Post], exemptions: Sequence[Exemption], day: str) -> tuple[Line, ...]:
    """Return one line for each person in the order of their first post. Source: NQ 96/2023/QH15, Điều 2.4."""
    held: dict[int, list[Post]] = {}
    for post in posts:
        if post.status != LEFT:
            held.setdefault(post.person_id, []).append(post)
    return tuple(_line(mine, exemptions, day) for mine in held.values())


def _line(posts: list[Post], exemptions: Sequence[Exemption], day: str) -> Line:
    first = posts[0]
    found = next((e for e in exemptions if _applies(e, posts, day)), None)
    suspended = any(post.status == SUSPENDED for post in posts)
    return Line(
        key=f"p{first.person_id}",
        person_id=first.person_id,
        name=first.name,
        positions=tuple(dict.fromkeys(post.title for post in posts)),
        authority=first.authority,
        form=first.form,
        block=first.block,
        decision=EXEMPT if found else OPEN if suspended else RATED,
        reason=found.words if found else "",
        citation=found.citation if found else "",
        rule=found.key if found else "",
        suspended=suspended,
        new_posts=_new(posts, exemptions, day),
    )


def _applies(exemption: Exemption, posts: list[Post], day: str) -> bool:
    """Say whether an exemption holds for a person: a status of any post, a time in post of every one of them."""
    if exemption.kind == STATUS:
        return any(post.status == exemption.value for post in posts)
    return all(_too_new(exemption, post, day) for post in posts)


def _too_new(exemption: Exemption, post: Post, day: str) -> bool:
    if exemption.kind == APPOINTED_IN_YEAR:
        return post.since[:4] == day[:4] and post.since <= day
    if exemption.kind == MONTHS_IN_POST:
        return whole_months(post.since, day) < int(exemption.value)
    return False


def _new(posts: list[Post], exemptions: Sequence[Exemption], day: str) -> tuple[str, ...]:
    """Return the posts that alone would exempt somebody who holds older ones beside them."""
    new = tuple(p.title for p in posts if any(_too_new(e, p, day) for e in exemptions))
    return new if len(new) < len(posts) else ()


def whole_months(since: str, day: str) -> int:
    """Return how many whole months lie between two days; a month is over on the same day of the next one.

    Where a month has no such day it is over on the first day after its end: 31/01 to 28/02 is no month, to 01/03 one.
    """
    first, last = date.fromisoformat(since), date.fromisoformat(day)
    months = (last.year - first.year) * 12 + last.month - first.month
    return months - (1 if last.day < first.day else 0)

"""What changed from one round to the next, in words: numbers beside each other, each on its own base, and no verdict.

Here live the pairing of rounds and the sentences. Never here: better or worse, a sum of two places, or a percentage
set against one of another base.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.history.ratings import Rating
from ballot.vietnamese import vndate
from tally.i18n import marked as _
from tally.i18n import said, translate
from tally.protocol.ruleset import RATING, REPEATED, SeveralPosts, Trigger

LEVEL = _("Số phiếu {level}: {now}, lần trước {before}")
UNKNOWN = _("không rõ")
UP, DOWN, SAME = _("tỷ lệ tăng {points} điểm phần trăm"), _("tỷ lệ giảm {points} điểm phần trăm"), _("tỷ lệ không đổi")


@dataclass(frozen=True, slots=True)
class Change:
    """Two rounds of one person, the earlier one `before`; `sentences` say what differs, or why nothing is compared."""

    now: Rating
    before: Rating
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repeated:
    """That two ratings in a row lead to a vote: which, by which of the rules, and in a sentence."""

    now: Rating
    before: Rating
    trigger: Trigger
    sentence: str


@dataclass(frozen=True, slots=True)
class Beside:
    """A year in which somebody was rated in several places: the lines beside each other, and the rules."""

    year: str
    ratings: tuple[Rating, ...]
    rules: SeveralPosts


def changes(ratings: tuple[Rating, ...]) -> list[Change]:
    """Return every pair of rounds in a row in one place, the latest first."""
    pairs = [(now, _before(ratings, place)) for place, now in enumerate(ratings)]
    return [Change(now, before, _sentences(now, before)) for now, before in reversed(pairs) if before is not None]


def _before(ratings: tuple[Rating, ...], place: int) -> Rating | None:
    """Return the last line before this one in its body and of its kind; of several the one in the same post."""
    now = ratings[place]
    found = [r for r in ratings[:place] if _same_body(r, now) and r.held.date < now.held.date]
    last = [r for r in found if r.held.date == found[-1].held.date]
    return next((r for r in last if r.posts & now.posts), last[-1] if last else None)


def _same_body(one: Rating, other: Rating) -> bool:
    return (one.held.place, one.held.rules.kind) == (other.held.place, other.held.rules.kind)


def _sentences(now: Rating, before: Rating) -> tuple[str, ...]:
    if not now.posts & before.posts:
        sentence = _("Lần trước lấy phiếu ở chức vụ khác ({position}), nên hai kết quả không đặt cạnh nhau để so.")
        return (said(sentence, position=before.position),)
    comparable = now.held.rules.base.kind == before.held.rules.base.kind
    told = [_of_level(now, before, level.key, level.label, comparable) for level in now.held.rules.levels]
    if now.posts != before.posts:
        told.append(said(_("Chức vụ lần trước: {position}."), position=before.position))
    if not comparable:
        sentence = _("Hai lần tính trên hai căn cứ khác nhau ({now}; {before}) nên không so trực tiếp tỷ lệ.")
        told.append(said(sentence, now=now.held.rules.base.words, before=before.held.rules.base.words))
    return tuple(told)


def _of_level(now: Rating, before: Rating, key: str, label: str, comparable: bool) -> str:
    sentence = said(LEVEL, level=label[:1].lower() + label[1:], now=_share(now, key), before=_share(before, key))
    points = _points(now, before, key) if comparable else None
    if points is None:
        return f"{sentence}."
    words = said(UP if points > 0 else DOWN, points=_decimal(abs(points))) if points else translate(SAME)
    return f"{sentence}; {words}."


def _share(rating: Rating, key: str) -> str:
    """Return a count of its base, with the base in words: 78/80 (97,5% tổng số phiếu thu về)."""
    count, base = rating.count(key), rating.held.base
    if count is None:
        return translate(UNKNOWN)
    keys = [level.key for level in rating.held.rules.levels]
    share = rating.percent[keys.index(key)]
    if base is None or share is None:
        return said(_("{count} phiếu (không rõ {words})"), count=count, words=rating.held.rules.base.words)
    return f"{count}/{base} ({share} {rating.held.rules.base.words})"


def _points(now: Rating, before: Rating, key: str) -> int | None:
    """Return the difference of two shares in hundredths of a point, half up from the exact one; None: not known."""
    count, base, old, old_base = now.count(key), now.held.base, before.count(key), before.held.base
    if None in (count, old) or not base or not old_base:
        return None
    exact, whole = 10_000 * ((count or 0) * old_base - (old or 0) * base), base * old_base
    rounded = (2 * abs(exact) + whole) // (2 * whole)
    return rounded if exact >= 0 else -rounded


def _decimal(hundredths: int) -> str:
    whole, rest = divmod(hundredths, 100)
    decimals = f"{rest:02d}".rstrip("0")
    return f"{whole},{decimals}" if decimals else str(whole)


def repeated(ratings: tuple[Rating, ...]) -> list[Repeated]:
    """Return where two ratings in a row in one body meet what the later one's rules call repeated, latest first.

    The earlier rating is taken under its own rules. Source: SPEC 4.2, `repeated`.
    """
    found = []
    for place, now in enumerate(ratings):
        before = _before(ratings, place) if now.held.rules.kind == RATING else None
        for trigger in now.held.rules.triggers if before is not None else ():
            if before and trigger.kind == REPEATED and _both(now, before, trigger.threshold):
                found.append(Repeated(now, before, trigger, _said_of(now, before, trigger)))
    return found[::-1]


def _both(now: Rating, before: Rating, key: str) -> bool:
    return key in (now.met or ()) and key in (before.met or ())


def _said_of(now: Rating, before: Rating, trigger: Trigger) -> str:
    sentence = _("Hai lần lấy phiếu liền nhau ({first} và {second}): {words}")
    told = said(sentence, first=vndate(before.held.date), second=vndate(now.held.date), words=trigger.words)
    return f"{told} ({trigger.citation})." if trigger.citation else f"{told}."


def beside(ratings: tuple[Rating, ...]) -> list[Beside]:
    """Return the years with ratings in several bodies, latest first; nothing of them is added."""
    years = sorted({r.held.year for r in ratings if r.held.rules.kind == RATING}, reverse=True)
    found = []
    for year in years:
        mine = [r for r in ratings if r.held.year == year and r.held.rules.kind == RATING]
        last = {r.held.place: r for r in mine}
        if len(last) > 1:
            most = max((r.held.rules.several_posts for r in mine), key=lambda posts: posts.most)
            found.append(Beside(year, tuple(mine), most))
    return found

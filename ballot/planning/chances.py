"""How likely a count tells by itself how people voted: exact chances for a round's own number of voters and officials.

Here lives arithmetic in integers and fractions. Never here: a float, a round, or advice. Source: threats K13 and 2.D.

Each voter is taken to mark each official independently, with the shares of a profile. Then one official's marks are
unanimous with chance h^n + m^n + l^n, and nobody gave them “thấp” with chance (1 − l)^n.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from tally.i18n import marked as _
from tally.i18n import translate

TENTHS = 1000


@dataclass(frozen=True, slots=True)
class Profile:
    """Shares of high, medium and low marks that are assumed, and the assumption in words."""

    shares: tuple[Fraction, Fraction, Fraction]
    words: str


PROFILES = (
    Profile(
        (Fraction(90, 100), Fraction(8, 100), Fraction(2, 100)),
        _("Giả định 1: trung bình 90% tín nhiệm cao, 8% tín nhiệm, 2% tín nhiệm thấp"),
    ),
    Profile(
        (Fraction(980, 1000), Fraction(15, 1000), Fraction(5, 1000)),
        _("Giả định 2: trung bình 98% tín nhiệm cao, 1,5% tín nhiệm, 0,5% tín nhiệm thấp"),
    ),
)


@dataclass(frozen=True, slots=True)
class Chances:
    """The chances under one profile, for one official and for at least one of all."""

    profile: Profile
    unanimous_one: Fraction
    unanimous_any: Fraction
    no_low_one: Fraction
    no_low_any: Fraction


def chances(profile: Profile, *, voters: int, officials: int) -> Chances:
    """Return the exact chances for a round of this size."""
    unanimous = sum((share**voters for share in profile.shares), Fraction(0))
    no_low = (1 - profile.shares[2]) ** voters
    return Chances(
        profile,
        unanimous_one=unanimous,
        unanimous_any=1 - (1 - unanimous) ** officials,
        no_low_one=no_low,
        no_low_any=1 - (1 - no_low) ** officials,
    )


def table(*, voters: int, officials: int) -> list[Chances]:
    """Return the chances under every profile; nothing for a round without voters or officials."""
    if voters < 1 or officials < 1:
        return []
    return [chances(profile, voters=voters, officials=officials) for profile in PROFILES]


def percent(chance: Fraction) -> str:
    """Return a chance in words for people: one decimal, rounded half up; never 0% or 100% where it is not."""
    tenths = (2 * chance.numerator * TENTHS + chance.denominator) // (2 * chance.denominator)
    if tenths == 0 and chance > 0:
        return translate(_("dưới 0,1%"))
    if tenths == TENTHS and chance < 1:
        return translate(_("trên 99,9%"))
    whole, part = divmod(tenths, 10)
    return f"{whole},{part}%" if part else f"{whole}%"

"""One member's line in the organisers' table of their committee, in words.

Here lives how far one member is. Never here: what is next for all of them (committee_panel.py).
"""

from __future__ import annotations

from ballot.committee.attempts import CERTIFICATE, COMMITMENT, DESTRUCTION, KEY, NONCE, OPENING, RETEST, REVEAL
from ballot.members import committee_words as words
from ballot.members.ceremony_state import MemberState, Progress
from ballot.models.registry.rounds import Round
from tally.i18n import translate
from tally.protocol.phase import Phase

ALONE = (KEY,)
TOGETHER = (CERTIFICATE, COMMITMENT, REVEAL, KEY)
WHILE_MADE = ("page", "key", "test")
SHOWN = {
    Phase.READY: ("page", "test"),
    Phase.VOTING: ("page", "test"),
    Phase.CLOSED: ("page", "retest", "part"),
    Phase.TALLIED: ("page", "part", "destruction"),
    Phase.CERTIFIED: ("page", "part", "destruction"),
}
"""The columns that a phase needs."""


def columns(row: Round) -> tuple[tuple[str, str], ...]:
    """Return the columns of the table now: the name of the cell, and its title."""
    return tuple((name, translate(words.COLUMNS[name])) for name in SHOWN.get(Phase(row.phase), WHILE_MADE))


def kinds_of(row: Round) -> tuple[str, ...]:
    """Return what a member sends until the key is made, in order; a committee of one has nobody to exchange with."""
    return TOGETHER if row.committee_size > 1 else ALONE


def cells(row: Round, found: Progress, member: MemberState) -> dict[str, str]:
    """Return one member's line in words, by column."""
    said = {
        "page": _page(member),
        "key": translate(_key(row, member)).format(done=_made(row, member), of=len(kinds_of(row))),
        "test": translate(_test(found, member)),
        "retest": translate(words.RETESTED if RETEST in member.sent else words.NOT_YET),
        "part": translate(words.RECEIVED if member.part else words.NOT_YET),
        "destruction": translate(words.DESTROYED if DESTRUCTION in member.sent else words.NOT_YET),
    }
    return {"number": str(member.number), **said}


def _page(member: MemberState) -> str:
    if member.joined:
        return translate(words.JOINED)
    if member.sent:
        return translate(words.BY_FILES)
    return translate(words.INVITED if member.invited else words.NOT_INVITED)


def _made(row: Round, member: MemberState) -> int:
    return sum(kind in member.sent for kind in kinds_of(row))


def _key(row: Round, member: MemberState) -> str:
    if NONCE in member.sent:
        return words.SAVED
    if KEY in member.sent:
        return words.MADE
    return words.AT_STEP if _made(row, member) else words.NOT_BEGUN


def _test(found: Progress, member: MemberState) -> str:
    if OPENING in member.sent:
        return words.TESTED
    if found.called:
        return words.TESTING if member.number in found.called else words.NOT_CALLED
    return words.IS_READY if NONCE in member.sent else words.NOT_READY

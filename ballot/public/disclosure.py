"""Who may see which result and when, as one table; every page that shows or hands out a result asks here.

Here live the table and its reading. Never here: a page, or a way to show more to somebody than the table says.

| viewer | counted, not yet certified | public, certified | restricted, certified |
|---|---|---|---|
| organiser | everything | everything | everything |
| observer | everything but papers that name people of the roll | the same | the same |
| committee member | the record that they opened | the same | the same |
| reader | nothing | officials whom they manage | officials whom they manage |
| big screen | nothing | blocks as they are revealed | nothing |
| board (anybody) | nothing | table, working report, charts, record | nothing |
| desk, issuer, administrator | nothing | nothing here; they read the board like anybody | nothing |

A rehearsal cannot be certified, so its count stands for it. What was decided stands in the manifest; a word that is not
"public" is restricted, and a round about which nobody decided is made restricted (life/planned.py). domain 1.9.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, IntEnum, auto

from ballot.models.registry.rounds import Round
from tally.protocol.phase import Phase
from tally.protocol.ruleset import PUBLIC, RESTRICTED

BY_RULES = "rules"
"""What a form says instead of a decision: as the rule set proposes."""


class Viewer(Enum):
    """Who looks."""

    ORGANISER = auto()
    OBSERVER = auto()
    MEMBER = auto()
    READER = auto()
    SCREEN = auto()
    BOARD = auto()
    DESK = auto()


class Sees(IntEnum):
    """How much: nothing, lines chosen for the viewer, the whole result without the roll's people, every paper."""

    NOTHING = 0
    CHOSEN = 1
    RESULT = 2
    PAPERS = 3


class Stage(Enum):
    """How far a result is: there is none, it is counted, it is final."""

    NONE = auto()
    COUNTED = auto()
    FINAL = auto()


_SAME = {"counted": Sees.NOTHING, "public": Sees.NOTHING, "restricted": Sees.NOTHING}
TABLE: Mapping[Viewer, Mapping[str, Sees]] = {
    Viewer.ORGANISER: dict.fromkeys(_SAME, Sees.PAPERS),
    Viewer.OBSERVER: dict.fromkeys(_SAME, Sees.RESULT),
    Viewer.MEMBER: dict.fromkeys(_SAME, Sees.RESULT),
    Viewer.READER: _SAME | {"public": Sees.CHOSEN, "restricted": Sees.CHOSEN},
    Viewer.SCREEN: _SAME | {"public": Sees.CHOSEN},
    Viewer.BOARD: _SAME | {"public": Sees.RESULT},
    Viewer.DESK: _SAME,
}


def stage(phase: str, *, rehearsal: bool) -> Stage:
    """Return how far the result of a round in this phase is."""
    if phase == Phase.CERTIFIED.value or (rehearsal and phase == Phase.TALLIED.value):
        return Stage.FINAL
    return Stage.COUNTED if phase == Phase.TALLIED.value else Stage.NONE


def sees(viewer: Viewer, *, phase: str, disclosure: str, rehearsal: bool) -> Sees:
    """Return how much of a result this viewer sees; nothing while there is none."""
    now = stage(phase, rehearsal=rehearsal)
    if now is Stage.NONE:
        return Sees.NOTHING
    column = "counted" if now is Stage.COUNTED else "public" if disclosure == PUBLIC else "restricted"
    return TABLE[viewer][column]


def shows(viewer: Viewer, row: Round) -> Sees:
    """Return how much of a round's result this viewer sees."""
    return sees(viewer, phase=row.phase, disclosure=row.disclosure, rehearsal=row.rehearsal)


def decided(chosen: str, proposed: str) -> str:
    """Return a form's decision: one of the two words, or what the rule set has `proposed`; without any, restricted."""
    return proposed if chosen == BY_RULES else chosen or RESTRICTED


def is_restricted(disclosure: str) -> bool:
    """Say whether a result is for those to whom it is sent: all that was not decided to be public."""
    return disclosure != PUBLIC

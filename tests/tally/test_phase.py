"""The life of a round: the table, every pair that is not in it, and that nothing leads back.

Here lives the table written a second time. Never here: who carries an act out.
"""

from __future__ import annotations

from itertools import product

import pytest

from tally.protocol.phase import LIFE, Act, Phase, WrongPhase, step

ALLOWED = {
    ("seal", "draft"): ("issuing", 1),
    ("freeze", "issuing"): ("ready", 1),
    ("open", "ready"): ("voting", 2),
    ("close", "voting"): ("closed", 2),
    ("tally", "closed"): ("tallied", 1),
    ("certify", "tallied"): ("certified", 1),
    ("annul", "draft"): ("void", 2),
    ("annul", "issuing"): ("void", 2),
    ("annul", "ready"): ("void", 2),
    ("annul", "voting"): ("void", 2),
    ("annul", "closed"): ("void", 2),
}
PAIRS = [(act, phase) for act, phase in product(Act, Phase)]


def reachable(start: Phase) -> set[Phase]:
    found, fresh = set(), {start}
    while fresh:
        found |= fresh
        fresh = {row.target for row in LIFE if row.source & fresh} - found
    return found - {start}


@pytest.mark.parametrize(("act", "phase"), [pair for pair in PAIRS if pair in ALLOWED])
def test_an_act_of_the_table_leads_where_it_says(act: Act, phase: Phase) -> None:
    row = step(act, phase)
    assert (row.target, row.persons) == ALLOWED[act, phase]
    assert row.requires


# threats E5
@pytest.mark.parametrize(("act", "phase"), [pair for pair in PAIRS if pair not in ALLOWED])
def test_every_other_pair_is_refused(act: Act, phase: Phase) -> None:
    with pytest.raises(WrongPhase) as refusal:
        step(act, phase)
    assert (refusal.value.where, refusal.value.details) == (act.value, {"phase": phase.value})


def test_every_act_and_phase_is_in_the_table() -> None:
    assert len(PAIRS) == 7 * 8
    assert {act for act, _ in ALLOWED} == set(Act)
    assert {phase for _, phase in ALLOWED} | {target for target, _ in ALLOWED.values()} == set(Phase)


# threats E2
def test_nothing_leads_back_from_closed() -> None:
    assert reachable(Phase.CLOSED) == {Phase.TALLIED, Phase.CERTIFIED, Phase.VOID}


def test_a_void_or_certified_round_stays_so() -> None:
    assert reachable(Phase.VOID) == reachable(Phase.CERTIFIED) == set()


def test_no_phase_can_be_reached_again() -> None:
    assert [phase for phase in Phase if any(phase in reachable(later) for later in reachable(phase))] == []


def test_opening_closing_and_annulling_need_two_persons() -> None:
    assert {row.act for row in LIFE if row.persons == 2} == {Act.OPEN, Act.CLOSE, Act.ANNUL}

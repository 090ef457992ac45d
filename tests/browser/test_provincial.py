"""A whole provincial round from nothing to voting, as a new user would: 3 sites, 70 voters, 29 officials on two forms.

Here lives what comes of it, and how long it would take people: a click is taken to be 2.5 s, a typed character 0.35 s;
what the machine takes is measured and added. Never here: the order of clicks (provincial_steps.py), or a pause for
voters to walk up.

Everything is done at pages, but for this: after a handful of voters, the others are checked in by the same forms over
HTTP without a screen, and a station in Python makes their slips. What a desk needs is modelled from the handful: three
desks work side by side.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.browser import first_run
from tests.browser.planning_steps import TITLE, Diary, Part
from tests.browser.provincial_steps import ADMINISTRATOR, BODY, BY_HAND, MEMBERS, QUORUM, Day

VOTERS, OFFICIALS, SITES, DESKS = 70, 29, 3, 3
CLICK, CHARACTER, LIMIT = 2.5, 0.35, 15 * 60
ORGANISERS = ("administrator", "first organiser", "second organiser")


def modelled(parts: Sequence[Part]) -> float:
    return sum(part.clicks * CLICK + part.typed * CHARACTER + part.seconds for part in parts)


def scaled(part: Part, by: float, name: str) -> Part:
    return Part(name, part.who, part.clicks * by, part.typed * by, part.seconds * by)


def by_people(diary: Diary) -> list[Part]:
    """Return the parts as people would have them: a third of the quorum at each desk, members side by side."""
    found = []
    for part in diary.parts:
        if part.who == "committee":  # the machine plays all members one after the other: its time is left whole
            found.append(Part(part.name, part.who, part.clicks / len(MEMBERS), part.typed / len(MEMBERS), part.seconds))
        elif part.name == f"{BY_HAND} voters":
            each = math.ceil(QUORUM / DESKS)
            found.append(scaled(part, each / BY_HAND, f"{each} voters at each of {DESKS} desks"))
        elif part.who != "machine":
            found.append(part)
    return found


def table(parts: Sequence[Part]) -> str:
    head = f"{'part':<36}{'who':<18}{'clicks':>7}{'characters':>12}{'machine, s':>12}{'modelled, s':>13}"
    rows = [(p.name, p.who, p.clicks, p.typed, p.seconds, modelled([p])) for p in parts]
    for title, some in (("organisers and administrator", organising(parts)), ("everybody in turn", parts)):
        sums = [sum(getattr(p, name) for p in some) for name in ("clicks", "typed", "seconds")]
        rows.append((title, "", *sums, modelled(some)))
    return "\n".join(
        ["", head, *(f"{r[0]:<36}{r[1]:<18}{r[2]:>7.0f}{r[3]:>12.0f}{r[4]:>12.1f}{r[5]:>13.0f}" for r in rows)]
    )


def organising(parts: Sequence[Part]) -> list[Part]:
    return [part for part in parts if part.who in ORGANISERS]


def test_a_new_user_brings_a_provincial_round_from_nothing_to_voting(browser: Any, tmp_path: Path) -> None:
    diary = Diary()
    with ExitStack() as stack:
        with diary.part("first run: two commands", "administrator") as begun:
            machine = stack.enter_context(first_run.served(tmp_path, title=BODY, login=ADMINISTRATOR))
            begun.typed += machine.typed
        day = Day(machine, browser, tmp_path, diary)
        stack.callback(day.close)
        day.play()
        manifest = day.manifest()
        parts = by_people(diary)
        print(table(parts))
        print(f"looking at pages: {diary.looking:.0f} s; machine in all: {diary.seconds:.0f} s")
        assert len(manifest.forms) == 2
        assert sum(1 for _each in manifest.officials()) == OFFICIALS
        assert f"Với {VOTERS} người ghi phiếu và {OFFICIALS} người được lấy phiếu" in day.seen["22-check"]
        assert f"{QUORUM} / {VOTERS}" in " ".join(day.seen["12-quorum"].split())
        assert f"\nđủ số quy định (cần {QUORUM})" in day.seen["12-quorum"]
        assert day.site_lines() == SITES
        assert "không có phiếu nào" in day.seen["20-zero"]
        assert all(name in day.seen["20-zero"] for name, _role in MEMBERS)
        assert TITLE in day.booth()
        assert day.errors() == []
        assert machine.faults() == []
        assert modelled(organising(parts)) < LIMIT

"""What a child of the nursery does to a round in a folder: one act each, by the real use cases, until it dies.

Here live the acts, and being a server. Never here: an expectation.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from ballot.acts import SecondPersonNeeded
from ballot.committee import readiness
from ballot.life import sealing
from ballot.result import closing, counting
from ballot.slips import freezing
from keys.committee import exchange
from keys.committee.exchange import Exchange
from keys.committee.trustee import TrusteeFile
from keys.signers import MACHINE_COST
from tests.ballot.hall import Hall
from tests.ballot.prepared import new_hall
from tests.keys.folder import WORDS
from tests.survival import dying

FIRST, SECOND = "to-chuc-1", "to-chuc-2"
RECEIPTED = "receipted"
Act = Callable[[Hall, dict[str, Any]], Any]


def seal(hall: Hall, _given: dict[str, Any]) -> None:
    sealing.seal(hall.house, hall.uuid, hall.actor(FIRST))


def freeze(hall: Hall, _given: dict[str, Any]) -> None:
    freezing.freeze(hall.house, hall.uuid, hall.actor(FIRST))


def admit(hall: Hall, given: dict[str, Any]) -> None:
    readiness.admit_committee(
        hall.house,
        hall.uuid,
        committee=given["committee"].encode(),
        tests=[test.encode() for test in given["tests"]],
        actor=hall.actor(FIRST),
    )


def open_voting(hall: Hall, _given: dict[str, Any]) -> None:
    by_two(hall, readiness.open_voting)


def cast(hall: Hall, given: dict[str, Any]) -> None:
    for number, body in enumerate(given["bodies"]):
        answer = hall.cast(body.encode())
        assert answer.status_code == 201
        print(RECEIPTED, number, flush=True)


def close(hall: Hall, _given: dict[str, Any]) -> None:
    by_two(hall, closing.close)


def hand_in(hall: Hall, given: dict[str, Any]) -> None:
    for name, raw in given["parts"].items():
        counting.keep_part(hall.house, hall.uuid, name, raw.encode(), by=FIRST)


def count(hall: Hall, _given: dict[str, Any]) -> None:
    counting.tally(hall.house, hall.uuid, hall.actor(FIRST))


ACTS: dict[str, Act] = {act.__name__: act for act in (seal, freeze, admit, open_voting, cast, close, hand_in, count)}


def by_two(hall: Hall, act: Callable[..., Any]) -> Any:
    """Let one organiser press, then the other; either press may be the one that was cut off."""
    with suppress(SecondPersonNeeded):
        act(hall.house, hall.uuid, hall.actor(FIRST))
    return act(hall.house, hall.uuid, hall.actor(SECOND))


def given_for(path: Path) -> dict[str, Any]:
    """Read what the test left for this act: what people hand in, as text."""
    return json.loads(path.read_text("utf-8")) if path.is_file() else {}


def perform(*, act: str, folder: str, uuid: str, given: str, step: int, counted: str = "") -> None:
    """Do one act in a folder, dying at a step of it; without dying, write down how many steps there were."""
    hall = new_hall(Path(folder))
    hall.uuid = uuid
    steps = dying.arm(step, inside=Path(folder))
    ACTS[act](hall, given_for(Path(given)))
    if counted:
        Path(counted).write_text(json.dumps(steps()))


def command(*, tool: str, arguments: list[str], inside: str, step: int, said: str = "", counted: str = "") -> None:
    """Run `python -m TOOL ARGUMENTS …` with something said on its standard input, dying at a step of it."""
    with TemporaryFile() as spoken:
        spoken.write(f"{said}\n".encode())
        spoken.seek(0)
        os.dup2(spoken.fileno(), 0)
    sys.argv = [tool, *arguments]
    main = importlib.import_module(f"{tool}.cli").main
    steps = dying.arm(step, inside=Path(inside))
    try:
        main()
    finally:
        if counted:
            Path(counted).write_text(json.dumps(steps()))


def join(folder: str, key: str, member: int, step: int) -> None:
    """Take a seat in a committee by files, dying at a step of it."""
    dying.arm(step, inside=Path(folder).parent)
    exchange.join(Exchange(Path(folder)), TrusteeFile(Path(key), WORDS), member, cost=MACHINE_COST)


def proceed(folder: str, key: str, step: int) -> None:
    """Do what is due for a member of a committee by files, dying at a step of it."""
    dying.arm(step, inside=Path(folder).parent)
    exchange.proceed(Exchange(Path(folder)), TrusteeFile(Path(key), WORDS))


def serve(listen: list[str], app: str = "wsgi:app") -> None:
    """Be a server, as `python -m waitress` is one."""
    from waitress.runner import run

    os.chdir(Path(__file__).parents[2])
    run(["waitress", "--threads=4", *(f"--listen={address}" for address in listen), app])

"""Real casting and issuing over a file layer, and what they promised: each answer, with its place in the log.

Here live the work and the promises. Never here: a cut (cutting.py), or what must be found after it (found.py).
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from ballot.box import casting, testing
from ballot.config import Config
from ballot.demo.station import Begun
from ballot.house import House
from ballot.issuer import signing
from ballot.issuer.house import IssuerHouse
from ballot.models.issuer import RollLine, Served
from ballot.slips import issuing
from ballot.storage import migrate, open_engine, writing
from keys.signers import Kind
from tally.protocol.booth import Draft
from tally.protocol.encoding import canonical
from tally.protocol.spoiled import OpenedBallot
from tests import voter
from tests.ballot.asking import request_for
from tests.ballot.hall import Hall
from tests.survival.filelayer import Layer

TEST_EVERY = 6  # ballots cast between two that are opened to test a terminal


@dataclass(frozen=True, slots=True)
class Promise:
    """What somebody was answered, and where the log stood then."""

    position: int
    asked: Any
    answer: Any


@dataclass
class Work:
    """Acts over one layer, each asked in its turn; `promises` holds what was answered, act by act."""

    layer: Layer
    hall: Hall
    engines: list[Engine]
    asked: dict[str, list[Any]] = field(default_factory=dict)
    promises: dict[str, list[Promise]] = field(default_factory=dict)

    def ask(self, act: str, asked: Any, perform: Callable[[], Any]) -> Any:
        """Perform an act and note what was promised by its answer."""
        self.asked.setdefault(act, []).append(asked)
        answer = perform()
        self.promises.setdefault(act, []).append(Promise(self.layer.position, asked, answer))
        return answer

    def kept(self, act: str, position: int) -> list[Promise]:
        """Return what was promised before a point of the log."""
        return [promise for promise in self.promises.get(act, []) if promise.position <= position]

    def next(self, act: str, position: int) -> Any:
        """Return what was not answered yet at that point, or nobody had asked for."""
        done = len(self.kept(act, position))
        return self.asked[act][done] if done < len(self.asked[act]) else None

    def stop(self) -> Work:
        """Let go of the files; the log stays."""
        for engine in self.engines:
            engine.dispose()
        self.layer.remove()
        return self


def over_layer(hall: Hall) -> Work:
    """Put a hall's databases over a layer of their own."""
    hall.house.box.dispose()
    hall.house.registry.dispose()
    layer = Layer(hall.house.config.instance, f"cut-{secrets.token_hex(6)}").install()
    engines = [layer.engine("box.db"), layer.engine("registry.db")]
    house = replace(hall.house, box=engines[0], registry_engine=engines[1], links={})
    return Work(layer, Hall(house, hall.uuid, hall.slips, hall.board), engines)


def cast(work: Work, bodies: list[bytes], drafts: list[Draft]) -> Work:
    """Cast all the ballots; now and then open one that tests a terminal."""
    house, uuid = work.hall.house, work.hall.uuid
    waiting = list(drafts)
    for number, body in enumerate(bodies):
        work.ask("cast", body, lambda body=body: receipt(house, uuid, body))
        if number % TEST_EVERY == 0 and waiting:
            opened = canonical(OpenedBallot.of(waiting.pop(), "B1").as_json())
            work.ask("open", opened, lambda opened=opened: testing.open_for_test(house, uuid, opened))
    return work


def receipt(house: House, uuid: str, body: bytes) -> bytes:
    """Return the receipt as it goes out."""
    return canonical(casting.cast(house, uuid, body).as_json())


def issue(work: Work, voters: int) -> Work:
    """Check voters in, and make a slip for each as a station does, step by step."""
    hall = work.hall
    for voter_id in hall.voters()[:voters]:
        hall.check_in(voter_id)
        hall.station.poll()
        (begun,) = [begun for begun in hall.station.state.values() if begun.reached == "taken"]
        work.ask("permit", begun, lambda: None)
        work.ask("sign", begun, lambda begun=begun: signatures(hall, begun))
        hall.station.sign(begun)
        work.ask("stage", begun, lambda begun=begun: hall.station.deliver(begun))
        hall.station.print_slip(begun)
    return work


def signatures(hall: Hall, begun: Begun) -> list[bytes]:
    """Return every issuer's blind signature for what a station began."""
    blinded = [blinding.blinded_message for blinding in begun.blindings]
    return issuing.sign(hall.house, hall.uuid, permission=begun.permission, blinded=blinded)


# --- an issuer that is a process of its own ----------------------------------------------------------------------


def lone_issuer(hall: Hall, folder: Path) -> IssuerHouse:
    """Return an issuer with a database of its own that has accepted the hall's round, with the keys it has there."""
    manifest, name = hall.manifest, hall.manifest.issuers[0].name
    environ = {"BALLOT_ROLES": "issuer", "BALLOT_ISSUER_NAME": name, "BALLOT_INSTANCE": str(folder)}
    config = Config.from_environ(environ)
    folder.mkdir()
    (folder / "keys").symlink_to(hall.house.keyring.folder)
    engine = open_engine(config.issuing.url)
    migrate(engine, "issuer")
    public = manifest.issuers[0]
    with writing(engine) as session:
        session.add(
            Served(
                uuid=hall.uuid, key=public.key.encode(), statement_key=public.statement_key, salt=bytes(32),
                manifest=manifest.raw, accepted=True, paused=False, listed="",
            )
        )  # fmt: skip
        session.flush()
        session.add_all(RollLine(uuid=hall.uuid, reference=f"DB-{n:04d}", digest="0" * 64) for n in range(44))
    engine.dispose()
    return IssuerHouse(config, engine, hall.house.keyring)


def issue_alone(hall: Hall, issuer: IssuerHouse, voters: int) -> tuple[Work, IssuerHouse]:
    """Let such an issuer sign over a layer, for voters and for envelopes."""
    layer = Layer(issuer.config.instance, f"cut-{secrets.token_hex(6)}").install()
    house = replace(issuer, engine=layer.engine("issuer.db"), rolls={})
    work = Work(layer, hall, [house.engine])
    for number in range(voters):
        blinded = request_for(hall)[0]
        kind, reference = (Kind.ENVELOPE, "") if number == 3 else (Kind.ISSUED, f"DB-{number:04d}")
        asked = {"kind": kind, "reference": reference, "blinded": blinded}
        work.ask("alone", asked, lambda asked=asked: signing.sign(house, hall.uuid, **asked))
    return work.stop(), house


def drafts(hall: Hall, count: int) -> list[Draft]:
    """Return ballots that were made to test a terminal."""
    return [voter.draft(hall.election, (0, 1, 2)) for _ in range(count)]

"""Which release this is, which one last served here, and which rounds forbid a change of it.

Here lives the refusal of an upgrade between seal and close. Never here: an upgrade.

A manifest names the scripts that voters' browsers run; the rest of the release (our Python, and every library in the
same environment) is named by one hash, noted beside the databases when a process begins to serve.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from importlib.metadata import distributions
from pathlib import Path
from platform import python_version

from sqlalchemy import Engine, inspect, text

import ballot
import keys
import tally
from ballot import assets
from ballot.startup.errors import FewWitnesses, RoundOpen, SeveralRoundsOpen, UpgradeMidRound, UpgradePending
from ballot.startup.place import Place
from ballot.whole_files import write_whole
from tally.protocol.encoding import sha256_hex
from tally.protocol.manifest import Manifest
from tally.protocol.phase import Phase

NOTED = "release.json"
OPEN = (Phase.ISSUING, Phase.READY, Phase.VOTING)
WITNESSES = 2
_LEFT_OUT = {"__pycache__", "node_modules", "frontend"}


@dataclass(frozen=True, slots=True)
class OpenRound:
    """A round between seal and close, its manifest, and how many witnesses have been heard from."""

    uuid: str
    manifest: Manifest | None
    witnesses: int = 0


@cache
def release() -> str:
    """Return the hash of everything that runs here: our packages, Python, and all that is installed beside them."""
    lines = {f"python=={python_version()}", *(f"{d.metadata['Name']}=={d.version}".lower() for d in distributions())}
    for package in (ballot, keys, tally):
        root = Path(package.__file__ or "").parent
        for path in root.rglob("*"):
            inside = path.relative_to(root.parent)
            if path.is_file() and not _LEFT_OUT & set(inside.parts):
                lines.add(f"{sha256_hex(path.read_bytes())}  {inside.as_posix()}")
    return sha256_hex("\n".join(sorted(lines)).encode("utf-8"))


def open_rounds(place: Place) -> list[OpenRound]:
    """Return the rounds of this process between seal and close, read from the databases as they are."""
    return [found for name in ("box", "issuer", "site") for found in open_in(place, name)]


def open_in(place: Place, name: str) -> list[OpenRound]:
    """Return the rounds between seal and close in one of this process's databases, by its schema's name."""
    with place.opened(name) as engine:
        tables = inspect(engine).get_table_names() if engine is not None else []
        if engine is None or not tables:
            return []
        return {"box": _in_box, "issuer": _at_issuer, "site": _at_site}[name](engine, tables)


def _in_box(engine: Engine, tables: list[str]) -> list[OpenRound]:
    phases = ", ".join(f"'{phase.value}'" for phase in OPEN)
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT uuid, manifest FROM election WHERE phase IN ({phases})")).all()  # noqa: S608
        counted = {}
        if "cosigned" in tables:  # a witness introduces themselves with their first look: they were here
            heard = text("SELECT uuid, count(DISTINCT witness) FROM cosigned GROUP BY uuid")
            counted = dict(connection.execute(heard).all())  # type: ignore[arg-type]
    return [OpenRound(uuid, Manifest.parse(bytes(raw)), counted.get(uuid, 0)) for uuid, raw in rows]


def _at_issuer(engine: Engine, _tables: list[str]) -> list[OpenRound]:
    ended = "SELECT uuid FROM log_entry WHERE kind = 'destroyed'"
    asked = f"SELECT uuid FROM served WHERE manifest IS NOT NULL AND uuid NOT IN ({ended})"  # noqa: S608 - constants
    with engine.connect() as connection:
        return [OpenRound(uuid, None, WITNESSES) for (uuid,) in connection.execute(text(asked))]


def _at_site(engine: Engine, _tables: list[str]) -> list[OpenRound]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT uuid, manifest FROM site_round WHERE state <> 'stopped'")).all()
    return [OpenRound(uuid, Manifest.parse(bytes(raw)), WITNESSES) for uuid, raw in rows]


def check_release(place: Place) -> None:
    """Refuse another release while a round is between seal and close. Raises UpgradeMidRound. Source: threats I14."""
    rounds = open_rounds(place)
    for found in rounds:
        if found.manifest and found.manifest.software and found.manifest.software != assets.hashes():
            raise UpgradeMidRound(round=found.uuid, what=_changed(found.manifest))
    noted = _noted(place)
    if rounds and noted and noted != release():
        raise UpgradeMidRound(round=rounds[0].uuid, what=noted[:16])


def _changed(manifest: Manifest) -> str:
    built = assets.hashes()
    return next(n for n in sorted({*manifest.software, *built}) if manifest.software.get(n) != built.get(n))


def _noted(place: Place) -> str:
    path = place.config.instance / NOTED
    return str(json.loads(path.read_text("utf-8"))["release"]) if path.is_file() else ""


def note(place: Place) -> None:
    """Note which release begins to serve here; the next one is compared with it."""
    if _noted(place) != release():
        write_whole(place.config.instance / NOTED, json.dumps({"release": release()}).encode("ascii"))


def check_nothing_open(place: Place) -> None:
    """Say that a round is open, so that nobody upgrades now. Raises RoundOpen."""
    for found in open_rounds(place):
        raise RoundOpen(round=found.uuid)


def check_one_round(place: Place) -> None:
    """Say that more than one round is open: a slip of one is easily taken for the other's. Raises SeveralRoundsOpen."""
    uuids = sorted({found.uuid for found in open_rounds(place)})
    if len(uuids) > 1:
        raise SeveralRoundsOpen(count=len(uuids), rounds=", ".join(uuids))


def check_no_upgrade_waits(place: Place) -> None:
    """Say that the system was upgraded and waits for a restart, which may come in mid-round. Raises UpgradePending."""
    if place.restart.exists():
        raise UpgradePending(file=place.restart)


def check_witnesses(place: Place) -> None:
    """Say that fewer than two witnesses were heard from in a round. Raises FewWitnesses. Source: threats F10."""
    for found in open_rounds(place):
        if found.witnesses < WITNESSES:
            raise FewWitnesses(round=found.uuid, count=found.witnesses)

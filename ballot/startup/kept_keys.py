"""What an open round needs of this machine's keys: the files that its phase opens, and the secrets that open those.

Here lives the looking for files that are not there, as after a restoration that left out a part. Never here: opening
one; a key that is there and opens nothing is named by whoever opens it.
"""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import inspect, text

from ballot import key_files
from ballot.config import BOX, ISSUER, REGISTRY, SITE
from ballot.startup.errors import DatabaseAway, RoundKeyMissing
from ballot.startup.place import Place
from ballot.startup.releases import OpenRound, open_in


def check_keys_there(place: Place) -> None:
    """Refuse a machine without a key that an open round still asks for. Raises RoundKeyMissing, DatabaseAway."""
    kept, roles = place.config.keys, place.config.roles
    needed: list[str] = []
    if roles & {REGISTRY, BOX}:
        needed += _of_box(place)
    if REGISTRY in roles:
        needed += _of_registry(place)
    if ISSUER in roles:
        needed += _of_issuer(place)
    if SITE in roles:
        needed += _of_site(place)
    missing = [kept / name for name in dict.fromkeys(needed) if not (kept / name).is_file()]
    if missing:
        raise RoundKeyMissing(file=missing[0], count=len(missing))


def _of_box(place: Place) -> Iterator[str]:
    """Yield the box's keys; a box that is a process of its own may still find its key file in its database."""
    rounds = open_in(place, "box")
    carried = _found(place, "box", "record_file", f"SELECT uuid FROM record_file WHERE file = '{key_files.BOX}'")  # noqa: S608
    for found in rounds:
        brought = (found.uuid,) in carried
        yield key_files.BOX_LINK if brought else key_files.MACHINE
        if not brought or REGISTRY in place.config.roles:
            yield f"{found.uuid}/{key_files.BOX}"


def _of_registry(place: Place) -> Iterator[str]:
    """Yield the log's key, the freeze key until the list is fixed, and what the round's issuers need here.

    What the freeze destroys is asked for only before the list is fixed, after which those keys end. Source: SPEC 5.3.
    """
    rounds = open_in(place, "box")
    if not rounds:
        return
    with place.opened("registry") as engine:
        if engine is None:  # it was not restored beside the box, and no page of the round would open
            raise DatabaseAway
    issuing = _found(place, "registry", "round", "SELECT uuid FROM round WHERE NOT frozen")
    yield key_files.MACHINE
    for found in rounds:
        yield f"{found.uuid}/{key_files.LOG}"
        if (found.uuid,) in issuing:
            yield f"{found.uuid}/{key_files.FREEZE}"
        yield from _of_issuers(place, found, issuing=(found.uuid,) in issuing)


def _of_issuers(place: Place, found: OpenRound, *, issuing: bool) -> Iterator[str]:
    """Yield the keys of issuers inside this process, and the secrets of the links to those elsewhere."""
    elsewhere = {placed.name for placed in place.config.issuing.issuers if placed.url}
    for issuer in found.manifest.issuers if found.manifest else ():
        if issuer.name in elsewhere:
            yield key_files.link(issuer.name)
            continue
        yield f"{found.uuid}/{key_files.statement(issuer.name)}"
        if issuing and place.config.issuing.token is None:
            yield f"{found.uuid}/{key_files.issuer(issuer.name)}"


def _of_issuer(place: Place) -> Iterator[str]:
    """Yield the keys of an issuer that is a process of its own; a freeze that was cut off may have ended the first."""
    name, rounds = place.config.issuing.name, open_in(place, "issuer")
    ended = _found(place, "issuer", "log_entry", "SELECT uuid FROM log_entry WHERE kind = 'frozen'")
    for found in rounds:
        yield from (key_files.OWN_LINK, key_files.MACHINE, f"{found.uuid}/{key_files.statement(name)}")
        if (found.uuid,) not in ended and place.config.issuing.token is None:
            yield f"{found.uuid}/{key_files.issuer(name)}"


def _of_site(place: Place) -> Iterator[str]:
    for found in open_in(place, "site"):
        yield from (key_files.MACHINE, f"{found.uuid}/{key_files.SITE}")


def _found(place: Place, name: str, table: str, query: str) -> set[tuple[str, ...]]:
    """Return the rows of a query over one database; none where it, or that table, was not made yet."""
    with place.opened(name) as engine:
        if engine is None or table not in inspect(engine).get_table_names():
            return set()
        with engine.connect() as connection:
            return {tuple(row) for row in connection.execute(text(query))}

"""Opened ballots at a site: somebody tests a terminal, and the site keeps what was opened until the box has it.

Here lives this act, stored in one transaction. Never here: a ballot that is cast, a name, a time.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError

from ballot.box.admission import DOOR
from ballot.models.site import HELD, TAKING, HeldTest, SeenCiphertext
from ballot.site.errors import SiteFull, SiteNotTaking
from ballot.site.house import SiteHouse
from ballot.site.rounds import found, look_up
from ballot.storage import reading, writing
from tally.protocol.election import Election
from tally.protocol.errors import DuplicateCiphertext, TooLarge
from tally.protocol.manifest import Manifest
from tally.protocol.padding import unpadded
from tally.protocol.spoiled import OpenedBallot, longest_opened, most_opened, read_opened


def open_for_test(house: SiteHouse, uuid: str, body: bytes) -> str:
    """Keep a draft that was opened to test a terminal, for the box; return its commit code. The same again is harmless.

    Raises BoxBusy, NoSuchRound, SiteNotTaking, TooLarge, DuplicateCiphertext, SiteFull, and what reading and
    `OpenedBallot.check` refuse. Source: SPEC 5.13, 5.18.
    """
    row = look_up(house, uuid)
    election, voters = Election.parse(row.election), Manifest.parse(row.manifest).roll.voters
    if len(body) > (longest := longest_opened(election)):  # before anybody waits for it
        raise TooLarge("ballot", limit=longest)
    with DOOR.inside():
        opened = read_opened(body, election)
    code, raw = opened.commit_code(election), unpadded(body)
    try:
        _store(house, uuid, code, raw, opened, most=most_opened(election, voters=voters))
    except IntegrityError:
        if not _is_opened(house, uuid, code, raw):
            raise DuplicateCiphertext("ballot") from None
    return code


def _store(house: SiteHouse, uuid: str, code: str, raw: bytes, opened: OpenedBallot, *, most: int) -> None:
    """Insert; the state is checked in this very transaction, and the constraints decide every race."""
    with writing(house.engine) as session:
        if found(session, uuid).state != TAKING:
            raise SiteNotTaking("round")
        if (session.scalar(select(func.count()).select_from(HeldTest).filter_by(uuid=uuid)) or 0) >= most:
            raise SiteFull("ballot")
        session.add(HeldTest(uuid=uuid, commit_code=bytes.fromhex(code), opened=raw, state=HELD, refusal=""))
        session.add_all(SeenCiphertext(uuid=uuid, digest=c.alpha_hash) for c in opened.ciphertexts)


def _is_opened(house: SiteHouse, uuid: str, code: str, opened: bytes) -> bool:
    """Say whether this very draft was opened before: its answer was lost on the way, and it is asked for again."""
    with reading(house.engine) as session:
        row = session.get(HeldTest, (uuid, bytes.fromhex(code)))
    return row is not None and row.opened == opened

"""Opened ballots: somebody tests a terminal, and the box keeps what was opened, so that it can never be cast.

Here lives this act, stored in one transaction. Never here: a ballot that is cast, a name, a time.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from ballot.box import second_copy, seen
from ballot.box.admission import DOOR
from ballot.box_round import check_whole, count, require, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.round_errors import StagingFull
from ballot.storage import reading, writing
from tally.protocol.election import Election
from tally.protocol.errors import DuplicateCiphertext, TooLarge
from tally.protocol.manifest import Manifest
from tally.protocol.padding import unpadded
from tally.protocol.phase import Phase
from tally.protocol.spoiled import longest_opened, most_opened, read_opened


def open_for_test(house: House, uuid: str, body: bytes) -> str:
    """Keep a ballot that was opened to test a terminal, so that it can never be cast; return its commit code.

    The same again is harmless. Raises BoxBusy, WrongPhase, BoxBehind, CopyAway, DuplicateCiphertext, and what reading
    and `OpenedBallot.check` refuse. Source: SPEC 5.1, step 2; 5.13.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require(row, Phase.VOTING)
        election = Election.parse(row.election or b"")
    if len(body) > (longest := longest_opened(election)):  # before anybody waits for it
        raise TooLarge("ballot", limit=longest)
    second_copy.begin(house, uuid)
    with DOOR.inside():
        opened = read_opened(body, election)
    code = opened.commit_code(election)
    try:
        with writing(house.box) as session:
            row = round_of(session, uuid)
            require(row, Phase.VOTING)
            check_whole(session, uuid)
            voters = Manifest.parse(row.manifest).roll.voters
            if count(session, tables.Spoiled, uuid) >= most_opened(election, voters=voters):
                raise StagingFull("ballot")
            session.add(tables.Spoiled(uuid=uuid, commit_code=bytes.fromhex(code), opened=unpadded(body)))
            seen.add(session, uuid, opened.ciphertexts)
    except IntegrityError:
        if not _is_opened(house, uuid, code, unpadded(body)):
            raise DuplicateCiphertext("ballot") from None
    second_copy.keep_opened(house, uuid, code, unpadded(body))
    return code


def _is_opened(house: House, uuid: str, code: str, opened: bytes) -> bool:
    """Say whether this very draft was opened before: its answer was lost on the way, and it is asked for again."""
    with reading(house.box) as session:
        row = session.get(tables.Spoiled, (uuid, bytes.fromhex(code)))
    return row is not None and row.opened == opened

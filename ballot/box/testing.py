"""Opened ballots: somebody tests a terminal, and the box keeps what was opened, so that it can never be cast.

Here lives this act, stored in one transaction. Never here: a ballot that is cast, a name, a time.
"""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError

from ballot.box import second_copy, seen
from ballot.box.admission import DOOR
from ballot.box.checkpoints import read_opened
from ballot.box_round import StagingFull, check_whole, count, require, round_of
from ballot.house import House
from ballot.models import box as tables
from ballot.storage import reading, writing
from tally.protocol.election import Election
from tally.protocol.errors import DuplicateCiphertext, TooLarge
from tally.protocol.manifest import Manifest
from tally.protocol.padding import unpadded
from tally.protocol.phase import Phase
from tally.protocol.spoiled import LIMIT as SPOILED_LIMIT

FRAME = 64  # bytes around the rows of an opened ballot: two names and the terminal's
CHOICE = 320  # bytes of one opened choice at the most: two points, a bit, a scalar, their names
TESTS_PER_VOTER = 20  # observers test terminals as often as they like; this only bounds the disk


def open_for_test(house: House, uuid: str, body: bytes) -> str:
    """Keep a ballot that was opened to test a terminal, so that it can never be cast; return its commit code.

    The same again is harmless. Raises BoxBusy, WrongPhase, BoxBehind, CopyAway, DuplicateCiphertext, and what reading
    and `Spoiled.check` refuse. Source: SPEC 5.1, step 2; 5.13.
    """
    with reading(house.box) as session:
        row = round_of(session, uuid)
        require(row, Phase.VOTING)
        election = Election.parse(row.election or b"")
    most = FRAME + CHOICE * sum(question.width for question in election.questions)
    if len(body) > most:
        raise TooLarge("ballot", limit=most)
    with DOOR.inside():
        opened = read_opened(body, election)
    code = opened.commit_code(election)
    ciphertexts = [o.ciphertext for line in opened.rows for o in line]
    if len({c.alpha for c in ciphertexts}) != len(ciphertexts):
        raise DuplicateCiphertext("ballot")
    try:
        with writing(house.box) as session:
            row = round_of(session, uuid)
            require(row, Phase.VOTING)
            check_whole(session, uuid)
            if count(session, tables.Spoiled, uuid) >= _most_tests(Manifest.parse(row.manifest), most):
                raise StagingFull("ballot")
            session.add(tables.Spoiled(uuid=uuid, commit_code=bytes.fromhex(code), opened=unpadded(body)))
            seen.add(session, uuid, ciphertexts)
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


def _most_tests(manifest: Manifest, size: int) -> int:
    """Return how many opened ballots of `size` bytes may be kept: spoiled.json must stay readable. SPEC 7.2."""
    return min(TESTS_PER_VOTER * manifest.roll.voters, SPOILED_LIMIT // (2 * size))

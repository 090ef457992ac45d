"""A round whose committee sits at real pages: named and invited by the real application, opened, voted and closed.

Here lives what organisers and hall do meanwhile, and what is done to a record on its way. Never here: a fake of a rule.

    with real_hall.served(folder, committee_size=5, threshold=3) as hall:
        links = invite(named(hall))                 # tests/ballot/members.py
        …                                           # members at their browsers: committee_steps.py
        open_box(hall)
        root = vote_and_close(hall)
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path
from typing import Any

from ballot.committee import ceremony, readiness
from ballot.result import closing
from ballot.written_record import written_root
from keys.committee.memory import Memory
from keys.committee.trustee import TrusteeFile, decrypt, examine
from keys.store import KdfCost
from tally.checks.evidence import Evidence
from tally.protocol.archive import Archive, Event
from tally.protocol.ballot import Ballot
from tally.protocol.decryption import PartialDecryption
from tally.protocol.encoding import grouped, sha256_hex
from tally.protocol.result import combine_factors, open_sums
from tally.protocol.sums import EncryptedTally, SizedTally
from tally.record import Record
from tests.ballot.hall import Hall
from tests.ballot.members import PageMember, invite, named, run
from tests.builders import VOTES

PASSPHRASE = "cành mai con đò bến cảng hoa sen lá cờ mùa thu"  # noqa: S105 - of sample keys
CHEAP = KdfCost(ops=1, mem=8192)
Levels = tuple[int | None, ...]
Data = tuple[str, tuple[bytes, ...]]


# --- the hall -----------------------------------------------------------------------------------------------------


def python_members(hall: Hall) -> list[PageMember]:
    """Let members in Python make the key over HTTP and pass the opening test."""
    members = [PageMember.come_in(hall.at_committee(), link) for link in invite(named(hall))]
    run(members)
    return members


def write_key(path: Path, memory: Memory) -> Path:
    """Write a member's key file as `keys trustee` does, at a price for tests."""
    TrusteeFile(path, PASSPHRASE).create(memory, name=f"member {memory.index}", cost=CHEAP)
    return path


def open_box(hall: Hall) -> None:
    """Hand out all slips, fix the list, admit the committee, open the box."""
    hall.slips = [hall.slip(voter_id) for voter_id in hall.voters()]
    hall.freeze()
    ceremony.admit(hall.house, hall.uuid, hall.actor("to-chuc-1"))
    hall.by_two(readiness.open_voting)


def vote_and_close(hall: Hall, levels: Sequence[Levels] = VOTES) -> str:
    """Cast these ballots, close the box, and return its root as it is printed on paper."""
    for number, each in enumerate(levels):
        assert hall.cast(hall.body(number, each)).status_code == 201  # type: ignore[arg-type]
    hall.by_two(closing.close)
    return grouped(written_root(hall.house, hall.uuid), 16)


def begin_again(hall: Hall) -> None:
    """The organisers begin a new attempt."""
    ceremony.begin_again(hall.house, hall.uuid, hall.actor("to-chuc-1"))


# --- the members' files in Python ---------------------------------------------------------------------------------


def parts_from(files: Mapping[Path, str], hall: Hall, root: str) -> tuple[Evidence, dict[int, PartialDecryption]]:
    """Let `keys trustee` verify the record and decrypt with each file; return what it saw and the parts by member."""
    record, parts = Record.read(hall.house.record(hall.uuid)), {}
    for path, passphrase in files.items():
        path.chmod(0o600)
        file = TrusteeFile(path, passphrase)
        closed = examine(file.load(), record)
        parts[file.load().index] = decrypt(file, closed, typed_root=root)
    return closed.evidence, parts


def opened_by_all_subsets(evidence: Evidence, parts: Mapping[int, PartialDecryption], size: int) -> list[Any]:
    """Open the sums with every subset of this many members; return what each of them found."""
    found = []
    for chosen in combinations(sorted(parts), size):
        factors = combine_factors(evidence.trustees, {owner: parts[owner] for owner in chosen})
        found.append(open_sums(evidence.tally, factors, len(evidence.ballots)).rows)
    return found


# --- a record on its way ------------------------------------------------------------------------------------------


def dropped(hall: Hall, archive: Archive) -> Archive:
    """Leave one ballot out, everything after it chained anew."""
    ballots = [event for event in archive.events if event.type == "Ballot"]
    return rechained(archive, ((e.type, e.data) for e in archive.events if e != ballots[0]))


def added(hall: Hall, archive: Archive) -> Archive:
    """Put in a ballot of a good slip that the box never saw."""
    ballots = sorted([*archive.ballots, hall.ballot(len(VOTES) - 1)], key=sha256_hex)
    rest: list[Data] = [(e.type, e.data) for e in archive.events if e.type != "Ballot"]
    return rechained(archive, [rest[0], *(("Ballot", (raw,)) for raw in ballots), *rest[1:]])


def posed(hall: Hall, archive: Archive) -> Archive:
    """Pose one person's ballot as the sums."""
    alone = EncryptedTally.over(hall.election, [(Ballot.parse(archive.ballots[0]), 1)])
    sized = SizedTally.of(alone, ballots=len(archive.ballots), weight=len(archive.ballots))
    data = (alone.encode(), sized.encode())
    return rechained(archive, ((e.type, data if e.type == "EncryptedTally" else e.data) for e in archive.events))


def rechained(archive: Archive, data: Iterable[Data]) -> Archive:
    """Chain events anew."""
    events: list[Event] = []
    for kind, bodies in data:
        events.append(Event(kind, len(events), events[-1].hash if events else None, bodies))
    return Archive(archive.timestamp, tuple(events))

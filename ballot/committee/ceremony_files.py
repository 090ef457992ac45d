"""The ceremony by files: the exchange folder goes out as a zip, members' files come in and are checked like any.

Here live the names of the files and their way into the mailbox. Never here: a check, or a file that holds a secret.
The folder is that of `keys trustee`; so members without a network may mix with members at their pages.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable

from ballot.acts import Actor, find_round
from ballot.committee import attempts
from ballot.committee.attempts import COMMITTEE, KINDS
from ballot.committee.ceremony import keep
from ballot.committee.seats import check_served
from ballot.house import House
from ballot.storage import reading, writing
from tally.protocol.encoding import decode
from tally.protocol.errors import WrongShape
from tally.protocol.opening_call import CALL, encode_call
from tally.record import MANIFEST

NAME = re.compile(rf"member-([1-9])\.({'|'.join(KINDS)})\.json\Z")
OTHERS = (MANIFEST, COMMITTEE, CALL)
"""What else lies in the folder: ours, so it is passed over when somebody hands the whole folder in."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def folder_zip(house: House, uuid: str) -> bytes:
    """Return the exchange folder: the manifest and all messages; the same messages give the same bytes.

    Raises WrongPhase, Incomplete before the members are named.
    """
    with reading(house.registry) as session:
        row = find_round(session, uuid)
        check_served(row)
        lying = attempts.table(house, session, row, attempts.current(session, row))
    files = {MANIFEST: row.manifest or b""}
    files |= {f"member-{n}.{kind}.json": raw for kind in KINDS for n, raw in sorted(lying.bodies[kind].items())}
    files |= {COMMITTEE: lying.committee_raw} if lying.committee_raw else {}
    files |= {CALL: encode_call(lying.called)} if lying.called else {}
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, raw in files.items():
            packed.writestr(zipfile.ZipInfo(name, _EPOCH), raw, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def take_files(house: House, uuid: str, files: Iterable[tuple[str, bytes]], actor: Actor) -> int:
    """Keep the messages in members' files, in the order in which they become due; return how many files were messages.

    Each file is one act: those before a wrong one are kept. Raises WrongShape naming the file, and what
    `ceremony.keep` raises naming the member.
    """
    with reading(house.registry) as session:
        check_served(find_round(session, uuid))
    found = sorted(_addressed(files))
    for place, number, raw in found:
        value = decode(raw, f"member {number}", limit=attempts.MESSAGE_LIMIT)
        with writing(house.registry) as session:
            row = find_round(session, uuid)
            keep(house, session, row, number=number, kind=KINDS[place], value=value, by=actor.login)
    return len(found)


def _addressed(files: Iterable[tuple[str, bytes]]) -> list[tuple[int, int, bytes]]:
    """Return (place of the kind, member, bytes) of every file that is a message."""
    found = []
    for name, raw in files:
        match = NAME.match(name)
        if match is not None:
            found.append((KINDS.index(match[2]), int(match[1]), raw))
        elif name not in OTHERS:
            raise WrongShape(name, expected="member-N.certificate.json, member-N.commitment.json, …")
    return found

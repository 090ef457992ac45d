"""Voting in a demonstration: booths, the box, and the record of the closed round.

Here lives the way of a ballot from the marks to the archive. Never here: a name.
"""

from __future__ import annotations

from ballot.demo import tools
from ballot.demo.box import MemoryBox
from ballot.demo.committee import Ready
from ballot.demo.hall import Hall
from ballot.demo.marks import draw
from ballot.demo.registry import Issued, Sealed, state
from tally.protocol.archive import BALLOT, Archive
from tally.protocol.booth import cast, encrypt
from tally.protocol.checkpoint import Closing, Head, encode_notes, sign_note
from tally.protocol.credential import Credential
from tally.protocol.encoding import sha256_hex
from tally.protocol.spoiled import Spoiled
from tally.record import (
    ARCHIVE,
    CHECKPOINTS,
    CLOSING,
    COMMITTEE,
    CREDENTIALS,
    ISSUANCE,
    MANIFEST,
    OPENING,
    SPOILED,
    Record,
)


def vote(hall: Hall, sealed: Sealed, issued: Issued, ready: Ready) -> MemoryBox:
    """Let voters mark, encrypt and present their slips; some drafts are opened to test the terminal instead."""
    box = MemoryBox(sealed.manifest, ready.election, issued.credentials, sealed.box)
    ballots = draw(hall.scenario)
    for choices in ballots[: hall.scenario.tests]:
        box.open_for_test(encrypt(ready.election, choices))
    pairs = list(zip(issued.slips, ballots, strict=False))  # whoever holds a further slip does not vote
    for slip, choices in hall.stage.each(pairs, "Bỏ phiếu (mã hóa, chứng minh, ký; hòm kiểm và nhận)"):
        draft = encrypt(ready.election, choices)
        ballot = cast(ready.election, draft, Credential.derive(slip.code, hall.uuid))
        box.cast(ballot.encode())
    return box


def close(hall: Hall, sealed: Sealed, issued: Issued, ready: Ready, box: MemoryBox) -> str:
    """Write the record of the closed round and return its root, which goes onto paper before anybody decrypts."""
    ballots, head = box.close()
    archive = Archive.begin(
        sealed.manifest.timestamp,
        election=ready.election.raw,
        trustees=ready.committee.trustees.raw,
        credentials=issued.credentials.public(),
    ).extended(*((BALLOT, (raw,)) for raw in ballots))
    path = hall.record / f"{hall.uuid}.bel"
    path.write_bytes(archive.encode())
    tools.run("tally", "close", path)
    closed = path.read_bytes()
    root = Archive.parse(closed).root
    spoiled = Spoiled.make(ready.election, box.spoiled).encode()
    files = {
        MANIFEST: sealed.manifest.raw,
        COMMITTEE: ready.committee.encode(),
        OPENING: ready.opening.encode(),
        CREDENTIALS: issued.credentials.encode(),
        ISSUANCE: state(sealed, issued.credentials).encode(),
        ARCHIVE: closed,
        CHECKPOINTS: encode_notes(box.notes),
        SPOILED: spoiled,
    }
    files[CLOSING] = _closing(sealed, files, head, root)
    Record(files, path.name).write(hall.record)
    hall.stage.paper("Mã gốc", root)
    return root


def _closing(sealed: Sealed, files: dict[str, bytes], head: Head, root: str) -> bytes:
    statement = Closing(
        head=head,
        manifest=sealed.manifest.hash,
        election=sha256_hex(Archive.parse(files[ARCHIVE]).setup("archive.setup")[0]),
        opening=sha256_hex(files[OPENING]),
        credentials=sha256_hex(files[CREDENTIALS]),
        issuance=sha256_hex(files[ISSUANCE]),
        spoiled=sha256_hex(files[SPOILED]),
        root=root,
    )
    origin, key = sealed.manifest.origin, bytes.fromhex(sealed.manifest.box_key)
    return sign_note(statement.lines(origin), origin, key, sealed.box.sign).encode()

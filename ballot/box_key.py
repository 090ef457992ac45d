"""The box's key of a round on its way to a box that is a process of its own: encrypted, through the box's own database.

Here live the two ends of that way. Never here: the key, or the secret that opens it; that was carried once, by hand, as
with issuers (`ballot box link`), and without it the file that lies in the database is noise.
"""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from ballot import key_files
from ballot.models.box import RecordFile
from ballot.storage import reading
from ballot.whole_files import write_for_owner


def carry(session: Session, uuid: str, path: Path) -> None:
    """Leave a round's key file, encrypted under the secret of the link, with the box."""
    session.add(RecordFile(uuid=uuid, file=key_files.BOX, written=path.read_bytes()))


def bring(engine: Engine, path: Path, uuid: str) -> None:
    """Take a round's key file over from the box's database, once; nothing where none was left."""
    if path.exists():
        return
    with reading(engine) as session:
        row = session.get(RecordFile, (uuid, key_files.BOX))
    if row is not None:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        write_for_owner(path, row.written)


def forget(session: Session, uuid: str) -> None:
    """Take the key file back when the round's keys are destroyed; the box destroys its copy when it next looks."""
    row = session.get(RecordFile, (uuid, key_files.BOX))
    if row is not None:
        session.delete(row)

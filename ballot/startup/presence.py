"""What must be there before anything else is looked at: the folders of this process, and the second copy of the box.

Here live checks that make nothing. Never here: what a database or a key that is there must be.
"""

from __future__ import annotations

import os

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from ballot.startup.databases import check_copy_elsewhere, server_of
from ballot.startup.errors import CopyMissing, FolderMissing
from ballot.startup.place import Place, copy_of, own_folders_of, sqlite_file
from ballot.storage import open_engine


def check_folders(place: Place) -> None:
    """Refuse an installation that has no folder yet, or whose disk is not mounted. Raises FolderMissing."""
    for folder in own_folders_of(place.config):
        if not folder.is_dir():
            raise FolderMissing(folder=folder)


def check_copy(place: Place) -> None:
    """Refuse a second copy that is not there, then say where it would be lost with the box.

    Raises CopyMissing, CopyOnSameDisk, StorageLawBroken. Source: threats I5.
    """
    check_copy_there(place)
    check_copy_elsewhere(place)


def check_copy_there(place: Place) -> None:
    """Refuse a copy whose folder is absent or closed to us, or whose server is silent. Raises CopyMissing.

    The file itself is made with the first start; a folder never is, for then an unmounted disk would pass for one.
    """
    copy = copy_of(place.config)
    file = sqlite_file(copy)
    if file is not None and not (file.parent.is_dir() and os.access(file.parent, os.W_OK | os.X_OK)):
        raise CopyMissing(place=file.parent)
    if not copy or (file is not None and not file.exists()):
        return
    engine = open_engine(copy)
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except DBAPIError:
        raise CopyMissing(place=file or ":".join(server_of(copy))) from None
    finally:
        engine.dispose()

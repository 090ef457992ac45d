"""A hall whose box has a second copy, which can be broken off and mended.

Here lives what several test files build upon. Never here: a test.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from sqlalchemy import text

from ballot.models.copy import CopyBase
from ballot.storage import make, open_engine, writing
from tests.ballot.hall import Hall


def with_copy(hall: Hall, folder: Path, url: str = "") -> Hall:
    """Give a hall's box a second copy in a folder of its own, or on a server."""
    hall.house = replace(hall.house, box_copy=open_engine(url or f"sqlite:///{folder}/copy.db"), links={})
    make(hall.house.box_copy, CopyBase.metadata)
    hall.__dict__.pop("box", None)  # an application of the box as it was before
    return hall


def break_off(hall: Hall) -> None:
    """The other disk is gone: its table answers nothing any more."""
    with writing(hall.house.box_copy) as session:
        session.execute(text("ALTER TABLE kept RENAME TO away"))


def mend(hall: Hall) -> None:
    with writing(hall.house.box_copy) as session:
        session.execute(text("ALTER TABLE away RENAME TO kept"))

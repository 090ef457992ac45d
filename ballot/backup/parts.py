"""The parts of an installation: which of them are there, and how a folder of keys gives way to the one restored.

Here live these looks, and one move. Never here: what is in a part.
"""

from __future__ import annotations

from pathlib import Path

from ballot import key_files
from ballot.backup.errors import EmptyInTheWay, KeysInTheWay, PartsMissing, RestoreNotEmpty
from ballot.backup.sealed import BOX, KEYS, REGISTRY
from ballot.config import REGISTRY as REGISTRY_ROLE
from ballot.config import Config
from ballot.storage.presence import holds_nothing, is_there
from tally.i18n import marked as _
from tally.i18n import translate

NAMES = {REGISTRY: _("danh sách"), BOX: _("hòm phiếu"), KEYS: _("khóa máy")}
KEYS_FOLDER = "keys"
MADE_ANEW = frozenset({key_files.SESSION})
"""Files among the keys that every start makes where they are missing: whoever is logged in must do so again."""
SHOWN = 5


def check_all_there(config: Config) -> None:
    """Refuse while some part of this process is there and another is not. Raises PartsMissing. Source: threats I20.

    Where none is, whoever opens the house says that there is no installation.
    """
    there = {BOX: is_there(config.box_url), KEYS: bool(kept_keys(config.instance / KEYS_FOLDER))}
    if REGISTRY_ROLE in config.roles:
        there = {REGISTRY: is_there(config.registry_url)} | there
    missing = [part for part, found in there.items() if not found]
    if 0 < len(missing) < len(there):
        raise PartsMissing(parts=", ".join(translate(NAMES[part]) for part in missing))


def in_the_way(path: Path) -> RestoreNotEmpty:
    """Return the refusal for what stands where a part would be written: an empty database may be moved away."""
    empty = path.suffix == ".db" and path.is_file() and holds_nothing(f"sqlite:///{path}")
    return (EmptyInTheWay if empty else RestoreNotEmpty)("instance", name=path.name)


def check_keys_free(folder: Path) -> None:
    """Refuse a folder of keys that holds anything but what a start makes by itself. Raises KeysInTheWay.

    Even the same keys are not restored twice: those that the freeze has destroyed would come back. Threats E11.
    """
    if names := kept_keys(folder):
        more = ", …" if len(names) > SHOWN else ""
        raise KeysInTheWay("instance", names=", ".join(names[:SHOWN]) + more)


def put(made: Path, place: Path) -> None:
    """Move what was restored to its place; among keys, what a start made there by itself gives way."""
    if made.name == KEYS_FOLDER and place.is_dir():
        for name in MADE_ANEW:
            (place / name).unlink(missing_ok=True)
    made.rename(place)  # over an empty folder, and over none that holds something


def kept_keys(folder: Path) -> list[str]:
    """Return the names in a folder of keys, without what a start makes anew."""
    names = (path.name for path in folder.iterdir()) if folder.is_dir() else ()
    return sorted(name for name in names if name not in MADE_ANEW)

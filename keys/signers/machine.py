"""A machine's own secret, under which it keeps the keys that it must open without anybody's passphrase.

Here live the secret's file and what stretching it is worth. Never here: a key, or a passphrase of a person.
"""

from __future__ import annotations

import secrets
from pathlib import Path

from keys import disk, modes
from keys.store import KdfCost

MACHINE_COST = KdfCost(ops=1, mem=64 * 1024)
"""For keys under the machine's own secret: nobody guesses 256 bits of chance, so stretching them only costs time."""


def machine_secret(path: Path) -> str:
    """Return this machine's own secret, drawn on first use and kept in a file that only its owner may read.

    It protects key files copied without it, and nothing from whoever owns the machine. Raises InsideRepository,
    KeyFileExposed, KeyFolderExposed.
    """
    if not path.exists():
        disk.check_outside_repository(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        disk.settle(path, secrets.token_urlsafe(32).encode("ascii"))
    modes.check_file(path)
    return disk.read(path, limit=4096).decode("ascii")

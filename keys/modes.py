"""Who else on this machine could read or swap a key file: its mode, its folder's mode, and where modes mean nothing.

Here lives the refusal of loose modes. Never here: a change of a mode; whoever left a file open must know that it was.

Members carry keys on memory sticks, whose file systems keep no modes: there every file shows whatever the mount says.
The kernel's list of mounts tells which those are; where there is no such list, modes are believed.
"""

from __future__ import annotations

import os
import re
import shlex
import stat
from pathlib import Path

from keys.errors import KeyFileExposed, KeyFolderExposed

MOUNTS = Path("/proc/self/mountinfo")
WITHOUT_MODES = frozenset({"vfat", "msdos", "umsdos", "exfat", "ntfs", "ntfs3", "fuseblk"})
"""File systems of memory sticks; `fuseblk` is ntfs or exfat through FUSE."""
_OCTAL = re.compile(r"\\([0-7]{3})")


def check_file(path: Path, *, mounts: Path = MOUNTS) -> None:
    """Refuse a key file that group or others may read, write or run, and a folder in which others may swap it.

    Raises KeyFileExposed, KeyFolderExposed; both name the command that mends it. Nothing is refused on Windows, whose
    access lists are no modes, nor on a file system that keeps none.
    """
    if os.name == "posix" and path.exists() and keeps_modes(path, mounts):
        if stat.S_IMODE(path.stat().st_mode) & 0o077:
            raise KeyFileExposed(path.name, command=f"chmod 600 {shlex.quote(str(path))}")
        check_folder(path.resolve().parent, mounts=mounts)


def check_folder(folder: Path, *, mounts: Path = MOUNTS) -> None:
    """Refuse a folder in which anybody may remove what others put there: no sticky bit. Raises KeyFolderExposed."""
    if os.name == "posix" and folder.is_dir() and keeps_modes(folder, mounts):
        mode = folder.stat().st_mode
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise KeyFolderExposed(folder.name, command=f"chmod o-w {shlex.quote(str(folder))}")


def keeps_modes(path: Path, mounts: Path = MOUNTS) -> bool:
    """Say whether the mode of a file there is its own."""
    try:
        listed = mounts.read_text(encoding="utf-8", errors="surrogateescape")
    except OSError:
        return True
    return _file_system(path.resolve(), listed) not in WITHOUT_MODES


def _file_system(target: Path, listed: str) -> str:
    """Return the type of the file system that holds `target`: the deepest mount above it, the last of several there."""
    depth, found = -1, ""
    for line in listed.splitlines():
        before, _dash, after = line.partition(" - ")
        columns, kinds = before.split(" "), after.split(" ")
        if len(columns) < 5:
            continue
        point = Path(_OCTAL.sub(lambda match: chr(int(match[1], 8)), columns[4]))
        if len(point.parts) >= depth and target.is_relative_to(point):
            depth, found = len(point.parts), kinds[0]
    return found

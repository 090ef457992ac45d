"""Opening the file of the library: where it lies, and what its functions answer with.

Here live names and types. Never here: a computation, or the question whether the library is right (library.py).
"""

from __future__ import annotations

import ctypes
import sys
from pathlib import Path

ABI = 4
NAMES = {"linux": "kernel.so", "darwin": "kernel.dylib", "win32": "kernel.dll"}
SIZE = ctypes.c_size_t
Room = ctypes.Array[ctypes.c_char]
_FUNCTIONS = {
    "ptn_abi": SIZE,
    "ptn_best": ctypes.c_int,
    "ptn_columns": None,
    "ptn_commitments": ctypes.c_int,
    "ptn_decode": SIZE,
    "ptn_encode": None,
    "ptn_members": SIZE,
    "ptn_members_by_chance": ctypes.c_int,
    "ptn_branch_texts": ctypes.c_int,
    "ptn_pairs": ctypes.c_int,
    "ptn_products": None,
    "ptn_room_of_table": SIZE,
    "ptn_size_of_element": SIZE,
    "ptn_size_of_point": SIZE,
    "ptn_size_of_table": SIZE,
    "ptn_sums": None,
    "ptn_table": None,
}


class NoKernel(RuntimeError):
    """There is no library here that could be used; the sentence says why."""


def load(folder: Path) -> ctypes.CDLL:
    """Open the library in `folder`, of this very release. Raises NoKernel."""
    path = folder / NAMES.get(sys.platform, "kernel.so")
    if not path.is_file():
        raise NoKernel("not built")
    try:
        library = ctypes.CDLL(str(path))
        for name, answer in _FUNCTIONS.items():
            getattr(library, name).restype = answer
    except (OSError, AttributeError) as error:
        raise NoKernel(f"cannot be loaded: {error}") from None
    if library.ptn_abi() != ABI:
        raise NoKernel(f"made for another release (ABI {library.ptn_abi()}, not {ABI})")
    return library

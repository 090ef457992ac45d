"""How kernel.c and its headers become the library beside them: one compiler, and the same bytes each time.

Here live the command line, the stamp that says what was built from what, and the check that builds again and compares.
Never here: anything that runs when votes are verified; this file imports nothing of ours, for the build hook loads it
before there is a package.

    python -m tally.kernel.build            builds it here (needs `pip install ziglang`)
    python -m tally.kernel.build --check    builds it again in a folder of its own and compares every byte
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import platform
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

COMPILER = "ziglang>=0.13,<0.18"
"""The Zig tool chain as a Python package: its C compiler needs nothing else on the machine. MIT."""
SOURCE = "kernel.c"
"""What is compiled; it includes every header beside it (*.h)."""
STAMP = "kernel.json"
FILES = {"linux": "kernel.so", "darwin": "kernel.dylib", "win32": "kernel.dll"}
MACHINES = {"x86_64": "x86_64", "amd64": "x86_64", "aarch64": "aarch64", "arm64": "aarch64"}
SYSTEMS = {"linux": "linux-gnu.2.17", "darwin": "macos.11.0", "win32": "windows-gnu"}
WHEELS = {"linux": "manylinux_2_17_{}", "darwin": "macosx_11_0_{}", "win32": "win_{}"}
FLAGS = (
    "-O3", "-std=c11", "-g0", "-shared", "-fvisibility=hidden", "-fno-sanitize=undefined", "-Wall", "-Wextra",
    "-Werror", "-Wl,-s",
)  # fmt: skip


def target() -> str:
    """Return what to build for, as Zig writes it; nothing on a machine for which there is no library."""
    machine, system = MACHINES.get(platform.machine().lower()), SYSTEMS.get(sys.platform)
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        system = "linux-musl"
    return f"{machine}-{system}" if machine and system else ""


def wheel_tag() -> str:
    """Return the tag of a wheel with this machine's library in it: any Python 3, one kind of machine."""
    machine = platform.machine().lower()
    if sys.platform == "linux" and platform.libc_ver()[0] != "glibc":
        return f"py3-none-musllinux_1_1_{machine}"
    return f"py3-none-{WHEELS[sys.platform].format(machine)}"


def source(folder: Path) -> str:
    """Return the hash of all that is compiled: of the names and hashes of the C files in `folder`."""
    parts = sorted([folder / SOURCE, *folder.glob("*.h")])
    return hashlib.sha256("".join(f"{_sha256(path)}  {path.name}\n" for path in parts).encode("ascii")).hexdigest()


def is_fresh(folder: Path) -> bool:
    """Say whether the library in `folder` is the one that was built from the source beside it, byte for byte."""
    stamp, library = folder / STAMP, folder / FILES.get(sys.platform, "")
    if not stamp.is_file() or not library.is_file():
        return False
    made = json.loads(stamp.read_text("ascii"))
    wanted = {"source": source(folder), "target": target(), "library": _sha256(library)}
    return all(made.get(name) == value for name, value in wanted.items())


def discard(folder: Path) -> None:
    """Take away a library that is not the one of this source, so that nothing is verified with it."""
    for name in (*FILES.values(), STAMP):
        (folder / name).unlink(missing_ok=True)


def build(folder: Path, into: Path | None = None) -> bool:
    """Compile the source in `folder` and write library and stamp there, or into another folder.

    Returns whether it could: without the compiler, or for another machine, there is no library and libsodium does the
    work. Raises subprocess.CalledProcessError if the source does not compile.
    """
    compiler, into = _compiler(), into or folder
    if not compiler or not target():
        return False
    with tempfile.TemporaryDirectory(prefix="ptn-kernel-") as scratch:
        made = Path(scratch) / FILES[sys.platform]
        compile_for(target(), folder, made)
        raw = made.read_bytes()
    library = into / FILES[sys.platform]
    part = library.with_name(f".{library.name}.part")
    part.write_bytes(raw)
    part.replace(library)  # a process that has the old one open keeps it whole
    said = {"source": source(folder), "compiler": compiler, "target": target(), "library": _sha256(library)}
    (into / STAMP).write_text(json.dumps(said, indent=1) + "\n", "ascii")
    return True


def compile_for(machine: str, folder: Path, made: Path) -> None:
    """Compile the source in `folder` for a machine, as Zig writes it; any machine can compile for any other.

    Raises subprocess.CalledProcessError if it does not compile.
    """
    command = [sys.executable, "-m", "ziglang", "cc", *FLAGS, "-target", machine, "-o", str(made), SOURCE]
    caches = {"ZIG_GLOBAL_CACHE_DIR": f"{made.parent}/global", "ZIG_LOCAL_CACHE_DIR": f"{made.parent}/local"}
    subprocess.run(command, cwd=folder, env=os.environ | caches, check=True)  # noqa: S603 - the command is ours


def _compiler() -> str:
    try:
        return f"ziglang {version('ziglang')}"
    except PackageNotFoundError:
        return ""


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def main() -> int:
    """Build, or check what was built; print what it is. Returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tally.kernel.build")
    parser.add_argument("--check", action="store_true", help="build again elsewhere and compare with what is here")
    here = Path(__file__).parent
    if not parser.parse_args().check:
        done = build(here)
        print((here / STAMP).read_text("ascii") if done else "no compiler (pip install ziglang), or no such machine")
        return 0 if done else 1
    with tempfile.TemporaryDirectory(prefix="ptn-kernel-") as folder:
        if not build(here, Path(folder)):
            print("no compiler (pip install ziglang), or no such machine")
            return 1
        name = FILES[sys.platform]
        same = (here / name).is_file() and (here / name).read_bytes() == (Path(folder) / name).read_bytes()
        print((Path(folder) / STAMP).read_text("ascii") + ("the same bytes" if same else "NOT THE SAME BYTES"))
    return 0 if same else 1


if __name__ == "__main__":
    sys.exit(main())

"""A PKCS#11 token in software for tests: SoftHSM2 with a store of its own, made once for each test process.

Here lives the making of the token. Never here: a test, or the store of the person who runs the tests.

SoftHSM2 reads its configuration when the library is loaded, so every test of a process shares one store.
"""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest

from keys.signers import Token

PIN, LABEL = "481 527 daisy", "thẻ thử"
PLACES = (
    "/usr/lib/softhsm/libsofthsm2.so",
    "/usr/lib64/softhsm/libsofthsm2.so",
    "/usr/local/lib/softhsm/libsofthsm2.so",
)
MODULE = next((Path(place) for place in PLACES if Path(place).is_file()), None)
needs_softhsm = pytest.mark.skipif(
    MODULE is None or shutil.which("softhsm2-util") is None, reason="libsofthsm2.so or softhsm2-util is not installed"
)


@cache
def store() -> Path:
    """Make the store with one token, tell the library of this process and of its children, return the folder."""
    folder = Path(tempfile.mkdtemp(prefix="softhsm-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    (folder / "tokens").mkdir()
    conf = folder / "softhsm2.conf"
    conf.write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n", "utf-8")
    os.environ["SOFTHSM2_CONF"] = str(conf)
    subprocess.run(
        ["softhsm2-util", "--init-token", "--free", "--label", LABEL, "--so-pin", "12345678", "--pin", PIN],
        check=True, capture_output=True,
    )  # fmt: skip
    return folder


def token(folder: Path, *, pin: str = PIN, label: str = LABEL) -> Token:
    """The token, with a PIN file of its own in `folder`."""
    store()
    path = folder / "pin"
    path.write_text(f"{pin}\n", "utf-8")
    path.chmod(0o600)
    assert MODULE is not None
    return Token(module=MODULE, label=label, pin_file=path)

"""What a password of earnest costs to guess: asked in a process of its own, for tests keep cheap hashes."""

from __future__ import annotations

import subprocess
import sys

from argon2 import extract_parameters
from argon2.low_level import Type

ASK = "from ballot.identity import passwords; print(passwords.hashed('một mật khẩu dài'), passwords._NOBODY)"


def test_a_password_and_an_unknown_account_cost_the_same_argon2id() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    kept, nobody = (extract_parameters(each) for each in done.stdout.split())
    assert kept == nobody
    assert (kept.type, kept.version) == (Type.ID, 19)
    assert kept.memory_cost >= 64 * 1024  # KiB; RFC 9106, section 4, second recommended option
    assert kept.time_cost >= 3

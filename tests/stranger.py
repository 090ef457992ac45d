"""Asking a stranger's verifier: belenios-tool of two Debian releases, fetched into a cache, about an archive of ours.

Here lives the question. Never here: what the answer should be.
"""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

STRICT = Path(__file__).parent / "tools" / "belenios-strict"
UNAVAILABLE = 75
SUITES = ("trixie", "sid")


def ask(suite: str, path: Path) -> subprocess.CompletedProcess[str]:
    """Let the tool of a Debian release verify an archive and each ballot; skip where it is not to be had."""
    command = [str(STRICT), str(path), "--suite", suite]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode == UNAVAILABLE:
        pytest.skip(f"belenios-tool of Debian {suite} is not to be had here")
    return done

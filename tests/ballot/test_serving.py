"""`ballot serve` on a port that is taken. Never here: what it serves (identity/test_accounts_commands.py)."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.commands import REFUSED, run
from tests.postgres import databases


def test_a_port_that_another_program_has_is_named(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = str(other.getsockname()[1])
        environ = databases(tmp_path) | {"BALLOT_INSTANCE": str(tmp_path / "instance"), "BALLOT_PORT": port}
        done = run("ballot", "serve", **environ)
    assert (done.code, f"PORT_IN_USE: Cổng {port}" in done.output) == (REFUSED, True), done.output
    assert "None" not in done.output

"""The port of a demonstration: the one that was asked for, and a refusal in words where somebody has it."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from ballot.demo import server as demo
from ballot.demo.server import Server
from ballot.serving import PortInUse
from ballot.settings.errors import BadSetting
from tests.load.server import free_port


def test_it_serves_at_the_port_that_was_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setenv("BALLOT_PORT", str(port))
    server = Server.start(tmp_path / "may-chu")
    try:
        assert server.config.port == port
        for address in ("127.0.0.1", "127.0.0.2", "127.0.0.3"):
            socket.create_connection((address, port), timeout=5).close()
    finally:
        server.stop()


@pytest.mark.parametrize("address", ["127.0.0.1", "127.0.0.3"])
def test_a_port_that_somebody_has_is_refused_and_nothing_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    with socket.create_server((address, 0)) as other:
        port = other.getsockname()[1]
        monkeypatch.setenv("BALLOT_PORT", str(port))
        with pytest.raises(PortInUse, match=str(port)):
            Server.start(tmp_path / "may-chu")
    assert not list(tmp_path.iterdir())


def test_unasked_it_takes_the_first_port_that_is_free_and_names_all_when_none_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("BALLOT_PORT", raising=False)
    with socket.create_server(("127.0.0.2", 0)) as other:
        taken, free = other.getsockname()[1], free_port()
        monkeypatch.setattr(demo, "PORTS", (taken,))
        with pytest.raises(PortInUse, match=str(taken)):
            Server.start(tmp_path / "may-chu")
        assert not list(tmp_path.iterdir())
        monkeypatch.setattr(demo, "PORTS", (taken, free))
        server = Server.start(tmp_path / "may-chu")
    try:
        assert server.config.port == free
    finally:
        server.stop()


def test_what_is_no_port_is_refused_and_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BALLOT_PORT", "tám nghìn")
    with pytest.raises(BadSetting, match="BALLOT_PORT"):
        Server.start(tmp_path / "may-chu")
    assert not list(tmp_path.iterdir())

"""The survival tests' browser takes nothing for an answer that a browser would not: nothing that was cut.

Here live cuts all along an answer. Never here: this project's servers.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from threading import Thread

import pytest

from tests.survival.patient import Patient

HOME = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 4\r\nConnection: close\r\n\r\nhome"
AWAY = b"HTTP/1.1 302 FOUND\r\nLocation: /home\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener


def answer(listener: socket.socket, answers: list[bytes]) -> None:
    """Give each who comes the next of these bytes, and hang up."""
    for whole in answers:
        line, _from = listener.accept()
        with line:
            line.recv(65536)
            line.sendall(whole)


@pytest.mark.parametrize("answers", [(AWAY, HOME), (HOME,)], ids=["a redirection", "a page"])
def test_an_answer_that_was_cut_is_asked_for_again(listener: socket.socket, answers: tuple[bytes, ...]) -> None:
    cuts = [answers[0][:length] for length in range(0, len(answers[0]), 3)]
    asked = [given for cut in cuts for given in (cut, *answers)]
    server = Thread(target=answer, args=(listener, asked), daemon=True)
    server.start()
    browser = Patient(f"http://127.0.0.1:{listener.getsockname()[1]}")
    for number, _cut in enumerate(cuts):
        assert (number, browser.get("/")) == (number, b"home")
    assert browser.lost == len(cuts)
    server.join(10)
    assert not server.is_alive()

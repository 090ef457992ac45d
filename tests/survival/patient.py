"""A browser that sends again: the same bytes, until an answer comes, as the booth and the station do.

Here lives the sending. Never here: a change to what is sent, or a decision that a refusal is meant otherwise.
"""

from __future__ import annotations

import http.client
import secrets
import time
import urllib.request
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ballot.demo.client import Answered, Browser
from ballot.demo.station import PythonStation
from tests.ballot.hall import PASSWORD

PATIENCE = 90
TIMEOUT = 10
AWAY = (502, 503)
_CHANCE = secrets.SystemRandom()


class WholeLines:
    """The lines of an answer's head; one without its end was cut, where `http.client` would take it as it is."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def readline(self, limit: int) -> bytes:
        line: bytes = self._source.readline(limit)
        if len(line) < limit and not line.endswith(b"\n"):
            raise http.client.IncompleteRead(line)
        return line

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)


class WholeHead(http.client.HTTPResponse):
    """An answer whose head is whole, as every browser asks."""

    def begin(self) -> None:
        source = self.fp
        self.fp = WholeLines(source)  # type: ignore[assignment]
        super().begin()
        if self.fp is not None:
            self.fp = source


class Connection(http.client.HTTPConnection):
    response_class = WholeHead


class Handler(urllib.request.HTTPHandler):
    handler_order = urllib.request.HTTPHandler.handler_order - 1

    def http_open(self, request: urllib.request.Request) -> http.client.HTTPResponse:
        return self.do_open(Connection, request)  # type: ignore[arg-type]


class Patient(Browser):
    """One person's browser; `lost` counts answers that never came, `away` what the server said meanwhile."""

    def __init__(self, origin: str, *, timeout: float = TIMEOUT) -> None:
        super().__init__(origin)
        self._opener.add_handler(Handler())
        real, self.lost, self.away = self._opener.open, 0, Counter[str]()
        self._opener.open = lambda request, **_more: real(request, timeout=timeout)  # type: ignore[method-assign]

    def _send(self, path: str, body: bytes | None = None, headers: Mapping[str, str] = {}) -> bytes:
        end = time.monotonic() + PATIENCE
        while True:
            try:
                return super()._send(path, body, {**headers, "Connection": "close"})
            except Answered as answer:
                if answer.status not in AWAY or time.monotonic() > end:
                    raise
                assert answer.server_code != "FAULT", answer
                self.away[answer.server_code] += 1
            except (OSError, http.client.HTTPException):
                if time.monotonic() > end:
                    raise
                self.lost += 1
            time.sleep(0.02 + 0.1 * _CHANCE.random())

    def log_in(self, login: str) -> Patient:
        """Log in; whoever is let in while the answer is lost finds that out on any page."""
        end = time.monotonic() + PATIENCE
        while self.logged_out():
            assert time.monotonic() < end, "cannot log in"
            self.try_to("/dang-nhap", "/dang-nhap", {"login": login, "password": PASSWORD})
        return self

    def logged_out(self) -> bool:
        return b'name="password"' in self.get("/")

    def try_to(self, page: str, path: str, values: Mapping[str, Any] = {}, **more: Any) -> str:
        """Send a form; return the code of the refusal, if it was refused: an act whose answer was lost was done."""
        with suppress(http.client.HTTPException):
            try:
                self.submit(page, path, values, **more)
            except Answered as answer:
                return answer.server_code
        return ""


def pair(station: PythonStation, new_code: Callable[[], str]) -> None:
    """Pair a station; a code serves once, so whoever lost the answer asks the desk for another."""
    end = time.monotonic() + PATIENCE
    while not station.token:
        try:
            station.pair(new_code())
        except Answered as answer:
            if answer.server_code != "PAIRING_REFUSED" or time.monotonic() > end:
                raise

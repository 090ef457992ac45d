"""Connections that end when the head of an answer is not all there in time, however steadily it drips.

Here lives that one clock, since a timeout for reading begins anew with every byte. Never here: what is asked or said.
"""

from __future__ import annotations

import socket
from contextlib import suppress
from threading import Timer

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse


class _Punctual(HTTPConnection):
    """A connection that is cut when its time for reading is over and the head of an answer is not there."""

    late = False

    def getresponse(self) -> HTTPResponse:
        """Return the answer, its body still to be read. Raises TimeoutError."""
        clock = Timer(float(self.timeout or 0), self._cut)
        clock.daemon = True
        clock.start()
        try:
            return super().getresponse()
        finally:
            clock.cancel()
            if self.late:
                raise TimeoutError  # what was cut may look like an answer, or like a line that was lost

    def _cut(self) -> None:
        self.late = True
        if self.sock is not None:
            with suppress(OSError):
                socket.socket.shutdown(self.sock, socket.SHUT_RDWR)  # under TLS too: whoever reads finds the end


class _PunctualTls(_Punctual, HTTPSConnection):
    """The same under TLS."""


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Punctual


class _TlsPool(HTTPSConnectionPool):
    ConnectionCls = _PunctualTls


POOLS = {"http": _Pool, "https": _TlsPool}

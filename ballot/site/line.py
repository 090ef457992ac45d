"""The line to the box: one request, its answer within bounds, and a clear word for each way in which it can fail.

Here lives the transport. Never here: what a refusal means for a ballot, or a request that carries a name or a cookie.
"""

from __future__ import annotations

from pathlib import Path
from time import monotonic
from typing import Any, Protocol
from urllib.parse import urlsplit

import urllib3
from urllib3.exceptions import HTTPError, TimeoutError
from urllib3.util import Timeout

from ballot.punctual import POOLS
from ballot.settings.errors import BadSetting
from ballot.settings.issuers import LOOPBACK
from ballot.site.errors import BoxAway, BoxRefused, BoxUnclear
from tally.i18n import marked as _
from tally.protocol.encoding import decode, string
from tally.protocol.errors import TallyError

PATIENCE = Timeout(connect=5, read=20)
LIMIT = 64 * 1024
LIST_LIMIT = 512 * 1024 * 1024  # credentials.json of the largest hall
DEFINITE = (400, 409, 413)
"""What the box says of a ballot for good; any other refusal may be a wrong address, or somebody between."""


class Exchange(Protocol):
    """How bytes go to the box and back. Raises BoxAway where no answer came."""

    def __call__(self, method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
        """Return status and body."""


class Line:
    """Requests to one box."""

    def __init__(self, exchange: Exchange) -> None:
        self._exchange = exchange

    def get(self, path: str, limit: int = LIMIT) -> bytes:
        """Return what lies at an address of the box. Raises BoxAway, BoxRefused, BoxUnclear."""
        return self._read(*self._exchange("GET", path, None, limit))

    def post(self, path: str, body: bytes) -> Any:
        """Send JSON and return the value of the answer. Raises BoxAway, BoxRefused, BoxUnclear."""
        return _value(self._read(*self._exchange("POST", path, body, LIMIT)))

    def _read(self, status: int, raw: bytes) -> bytes:
        if 200 <= status < 300:
            return raw
        value = _value(raw, status)
        try:
            code, sentence = string(value["code"], "code"), string(value["sentence"], "sentence")
        except (TallyError, KeyError, TypeError):
            raise BoxUnclear("box") from None
        if status >= 500 or status in (408, 429):
            raise BoxAway("box", said=code)
        if status not in DEFINITE:
            raise BoxUnclear("box", said=code)
        raise BoxRefused("box", reason=code, sentence=sentence)


class Wire:
    """HTTP to the origin of a box: in the clear on loopback only, else with a certificate that `ca` has signed."""

    def __init__(self, url: str, ca: Path | None) -> None:
        self._url = check_address(url)
        certificates = str(ca) if ca else None
        self._pool = urllib3.PoolManager(
            num_pools=1, maxsize=2, retries=False, cert_reqs="CERT_REQUIRED", ca_certs=certificates
        )
        self._pool.pool_classes_by_scheme = POOLS

    def __call__(self, method: str, path: str, body: bytes | None, limit: int) -> tuple[int, bytes]:
        """Send one request; a connection that the box had closed meanwhile counts as no answer, and all is repeated."""
        headers = {"Content-Type": "application/json"}
        try:
            answer = self._pool.request(
                method, self._url + path, body=body, headers=headers, timeout=PATIENCE, redirect=False,
                preload_content=False, decode_content=False,
            )  # fmt: skip
            try:
                return answer.status, _read_within(answer, limit)
            finally:
                answer.close()
                answer.release_conn()
        except HTTPError:  # its text may quote the request
            raise BoxAway("box") from None

    def close(self) -> None:
        """Close every connection."""
        self._pool.clear()


def check_address(url: str) -> str:
    """Return the origin of a box. Raises BadSetting for what is none, and for http outside this machine."""
    parts = urlsplit(url)
    plain = parts.scheme == "http" and LOOPBACK.match(parts.hostname or "")
    if not (parts.scheme == "https" or plain) or not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadSetting("BOX_URL", allowed=_("https://… (http chỉ dùng trong chính máy này)"))
    return f"{parts.scheme}://{parts.netloc}"


def _value(raw: bytes, status: int = 200) -> Any:
    try:
        return decode(raw, "box", limit=LIMIT, exact=False)
    except TallyError:
        if status >= 500:
            raise BoxAway("box") from None
        raise BoxUnclear("box") from None


def _read_within(answer: urllib3.BaseHTTPResponse, limit: int) -> bytes:
    """Read a body that is all there in time. Raises TimeoutError, BoxUnclear above the limit."""
    end, pieces, size = monotonic() + float(PATIENCE.read_timeout or 0) * (1 + limit // LIMIT / 64), [], 0
    while piece := answer.read1(1024 * 1024):
        pieces.append(piece)
        size += len(piece)
        if size > limit:
            raise BoxUnclear("box")
        if monotonic() > end:
            raise TimeoutError
    return b"".join(pieces)

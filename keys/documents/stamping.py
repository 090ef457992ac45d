"""A time-stamping authority on the network (RFC 3161), asked only by whoever signs and only where its address is given.

Here lives the one request of this package that leaves the machine. Never here: trust in what comes back.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.requests_client import HTTPTimeStamper

from keys.documents.errors import TimestampRefused
from tally.i18n import marked as _

NO_ADDRESS = _("địa chỉ phải bắt đầu bằng http:// hoặc https://")
PATIENCE = 20


def timestamper_at(address: str) -> TimeStamper:
    """Return a client for the authority at this address; nothing is sent yet. Raises TimestampRefused."""
    parts = urlsplit(address)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise TimestampRefused(address, reason=NO_ADDRESS)
    return HTTPTimeStamper(address, timeout=PATIENCE)

"""The clock of the log: the minute, in UTC, that an organiser's act is written down with.

Here lives the one place where a use case learns the time, so that a test can hold it still. Never here: a second.
"""

from __future__ import annotations

from datetime import UTC, datetime


def utc_minute() -> str:
    """Return the minute as the log writes it: `2026-11-22T08:05Z`."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%MZ")

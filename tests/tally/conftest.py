"""The one honest round of a session, and how a test says which check must refuse which code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tally.record import Record
from tally.verify import CheckFailed, verify_record
from tests.builders import Round, small_round

Refused = Callable[..., CheckFailed]


@pytest.fixture(scope="session")
def round_() -> Round:
    return small_round()


@pytest.fixture(scope="session")
def refused() -> Refused:
    """Return the assertion that verification stops at exactly this check with exactly this code."""

    def check(record: Record, number: int, code: str, *, expected_manifest: str | None = None) -> CheckFailed:
        with pytest.raises(CheckFailed) as failed:
            verify_record(record, expected_manifest=expected_manifest)
        assert (failed.value.check.number, failed.value.code) == (number, code), str(failed.value)
        return failed.value

    return check

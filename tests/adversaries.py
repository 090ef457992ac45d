"""Every forged record of tests/tally/test_checks_*.py, collected so that another verifier can be asked about it too.

Here lives the collecting alone. Never here: a forgery of its own, or an expectation: Python is asked about each record.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import import_module
from itertools import islice, product
from typing import Any

import pytest

from tally.record import Record
from tally.verify import CheckFailed, verify_record
from tests.builders import Round

MODULES = ("sealing", "manifest", "credentials", "archive", "setup", "ballots", "box", "sums", "result")


@dataclass(frozen=True)
class Adversary:
    """A forged record, the test that made it, the manifest hash it is held against, and what Python finds."""

    test: str
    record: Record
    expected_manifest: str | None
    found: CheckFailed

    @property
    def may_be_decrypted(self) -> bool:
        """Say whether what is wrong comes after the sums, so that a trustee's tool does not look at it."""
        return not self.found.check.before_decryption


def adversaries(round_: Round, *, cases: int | None = None) -> list[Adversary]:
    """Run every test that forges a record of `round_` and keep what it forged: in its first `cases`, or in all."""
    found: list[Adversary] = []
    for name in MODULES:
        module = import_module(f"tests.tally.test_checks_{name}")
        for title, test in inspect.getmembers(module, inspect.isfunction):
            names = inspect.signature(test).parameters
            if title.startswith("test_") and "refused" in names:
                given = {"round_": round_} if "round_" in names else {}
                for values in islice(_cases(test), cases):
                    test(**given, **values, refused=_keeping(found, title))
    return found


def _cases(test: Callable[..., None]) -> Iterator[dict[str, Any]]:
    """Yield the arguments that `pytest.mark.parametrize` gives a test."""
    axes = []
    for mark in getattr(test, "pytestmark", []):
        names = mark.args[0] if isinstance(mark.args[0], tuple) else (mark.args[0],)
        axes.append([dict(zip(names, v if len(names) > 1 else (v,), strict=True)) for v in mark.args[1]])
    for chosen in product(*axes):
        yield {name: value for part in chosen for name, value in part.items()}


def _keeping(found: list[Adversary], title: str) -> Callable[..., CheckFailed]:
    """Return what stands for the fixture `refused`: it keeps the record, and is as strict as the fixture."""

    def check(record: Record, number: int, code: str, *, expected_manifest: str | None = None) -> CheckFailed:
        with pytest.raises(CheckFailed) as failed:
            verify_record(record, expected_manifest=expected_manifest)
        assert (failed.value.check.number, failed.value.code) == (number, code)
        found.append(Adversary(f"{title}: {number} {code}", record, expected_manifest, failed.value))
        return failed.value

    return check

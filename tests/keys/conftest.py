"""Keys for tests: made once a session, because 3072-bit primes take time. Never here: a key used anywhere else."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

import pytest

from keys.issuer import IssuerKey
from keys.store import KdfCost
from tests.keys.desk import Desk


@pytest.fixture(scope="session")
def issuer_key() -> IssuerKey:
    return IssuerKey.generate()


@pytest.fixture(scope="session")
def other_issuer_key() -> IssuerKey:
    return IssuerKey.generate()


@pytest.fixture(scope="session")
def cheap() -> KdfCost:
    """The least that libsodium permits: a test guesses no passphrase."""
    return KdfCost(ops=1, mem=8192)


@pytest.fixture
def key_path(tmp_path: Path) -> Path:
    return tmp_path / "khóa.key"


@pytest.fixture
def desk(issuer_key: IssuerKey) -> Desk:
    return Desk(issuer_key)


@pytest.fixture
def draw_blinded(issuer_key: IssuerKey) -> Callable[[], bytes]:
    """Draw what a voter's side would send: to the issuer, blinded messages are uniform numbers."""
    return lambda: (2 + secrets.randbelow(issuer_key.public.modulus - 4)).to_bytes(384)

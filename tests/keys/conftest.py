"""Keys for tests: made once a session, because 3072-bit primes take time. Never here: a key used anywhere else."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from keys.committee import trustee
from keys.committee.trustee import TrusteeFile
from keys.issuer import IssuerKey
from keys.store import KdfCost
from tally.verify import ClosedRecord
from tests.builders import Board, Round, convene, new_hall, seal, small_round
from tests.keys.desk import Desk
from tests.keys.member import WORDS, NewFile, memory_of


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


@pytest.fixture(scope="session")
def round_() -> Round:
    return small_round()


@pytest.fixture(scope="session")
def board() -> Board:
    """A committee of two of three."""
    return convene(seal(new_hall()))


@pytest.fixture
def new_file(tmp_path: Path, cheap: KdfCost) -> NewFile:
    def make(round_: Round, index: int = 1, **changes: object) -> TrusteeFile:
        file = TrusteeFile(tmp_path / f"{index}.trustee.key", WORDS)
        file.create(replace(memory_of(round_, index), **changes), name=f"member {index}", cost=cheap)
        return file

    return make


@pytest.fixture
def file(round_: Round, new_file: NewFile) -> TrusteeFile:
    return new_file(round_)


@pytest.fixture(scope="session")
def closed(round_: Round) -> ClosedRecord:
    return trustee.examine(memory_of(round_, 1), round_.closed())

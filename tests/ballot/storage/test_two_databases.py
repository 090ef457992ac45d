"""What the two databases hold after a whole round: nothing in one of them leads to the other.

Here lives the search through both dumps. Never here: a rule about one of them alone (test_storage.py).
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from ballot.result import closing
from tally.protocol.ballot import Ballot
from tests.ballot.hall import VOTERS, Hall
from tests.ballot.look import ballots, rows, stored
from tests.ballot.prepared import Prepared

WINDOW = 8


@dataclass(frozen=True, repr=False)
class Ended:
    """A closed round with the bytes of everything in both databases, and of their files."""

    hall: Hall
    registry: bytes
    box: bytes

    @property
    def public(self) -> bytes:
        """The manifest, which everybody holds, and the words that both schemas use."""
        return self.hall.manifest.raw.replace(self.hall.uuid.encode(), b"")


def dump(hall: Hall, name: str) -> bytes:
    """Return every value in a database as bytes, one a line, and the bytes of its files after them."""
    engine = getattr(hall.house, name)
    values = [value for table in rows(engine).values() for row in table for value in row if value is not None]
    raw = [value if isinstance(value, bytes) else str(value).encode() for value in values]
    return b"\n".join([*raw, stored(engine)])


@pytest.fixture(scope="module")
def ended(prepared: Prepared) -> Iterator[Ended]:
    hall = prepared.at("voting")
    for number in range(30):
        assert hall.cast(hall.body(number)).status_code == 201
    hall.by_two(closing.close)
    yield Ended(hall, dump(hall, "registry"), dump(hall, "box"))
    hall.house.registry.dispose()
    hall.house.box.dispose()


def spellings(digest: bytes) -> tuple[bytes, ...]:
    encoded = base64.b64encode(digest)
    return digest, digest[::-1], digest.hex().encode(), digest[::-1].hex().encode(), encoded.rstrip(b"=")


def found(secrets: list[bytes], where: bytes) -> list[str]:
    return [secret.hex() for secret in secrets if any(spelling in where for spelling in spellings(secret))]


def test_no_voter_stands_in_the_box(ended: Ended) -> None:
    for number in range(VOTERS):
        assert f"DB-{number:04d}".encode() in ended.registry
        assert f"DB-{number:04d}".encode() not in ended.box
        assert f"họ tên {number:04d}".encode() not in ended.box


def test_no_account_stands_in_the_box(ended: Ended) -> None:
    assert [login for login in (b"to-chuc-1", b"to-chuc-2", b"tiep-don") if login in ended.box] == []


def test_no_credential_stands_in_the_registry(ended: Ended) -> None:
    credentials = [ended.hall.credential(number).public.raw for number in range(VOTERS)]
    assert len(found(credentials, ended.box)) == VOTERS
    assert found(credentials, ended.registry) == []


def test_no_tracker_and_no_ballot_stands_in_the_registry(ended: Ended) -> None:
    hashes = [bytes.fromhex(Ballot.parse(raw).hash) for raw in ballots(ended.hall)]
    assert len(found(hashes, ended.box)) == 30
    assert found(hashes, ended.registry) == []
    assert [raw for raw in ballots(ended.hall) if raw in ended.registry] == []


def test_no_slip_stands_in_either(ended: Ended) -> None:
    for slip in ended.hall.slips:
        for text in (slip.shown(), slip.shown().replace("-", ""), slip.digits):
            assert text.encode() not in ended.registry + ended.box


def windows(hall: Hall, name: str, size: int) -> set[bytes]:
    """Return every run of `size` bytes in every value of a database, but for the round's public name."""
    values = [v for table in rows(getattr(hall.house, name)).values() for row in table for v in row if v is not None]
    raw = [(v if isinstance(v, bytes) else str(v).encode()).replace(hall.uuid.encode(), b"") for v in values]
    return {one[i : i + size] for one in raw for i in range(len(one) - size + 1)}


# threats B9
@pytest.mark.parametrize("size", [WINDOW, 2 * WINDOW])
def test_no_eight_bytes_of_a_value_stand_in_both_but_for_the_manifest(ended: Ended, size: int) -> None:
    """B9: hashes, salts, signatures, desk codes, credentials: every one of them is on one side only.

    Eight bytes are sixteen hexadecimal digits; eight digits alone meet by chance, in so many of them.
    """
    manifest = ended.public
    public = {manifest[i : i + size] for i in range(len(manifest) - size + 1)}
    shared = (windows(ended.hall, "registry", size) & windows(ended.hall, "box", size)) - public
    few = sorted(w for w in shared if size > WINDOW or not set(w) <= set(b"0123456789abcdef"))[:9]
    assert few == []

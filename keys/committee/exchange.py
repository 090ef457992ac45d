"""The ceremony by files: a folder that travels between the members on a USB stick or a share.

Here live the names of the files and what a member's tool does next when it sees the folder. Never here: a secret; the
folder holds public and sealed messages only, and may be read by anybody.

    manifest.json  member-1.certificate.json  .commitment.json  .reveal.json  .key.json      the ceremony
    committee.json opening-call.json  member-1.nonce.json  .opening.json                       the opening test
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from keys.committee.ceremony import Seat, make_certificate, publish_key, receive_share, reveal
from keys.committee.errors import NoSuchSeat, NotYourTurn, SeatTaken
from keys.committee.memory import Memory
from keys.committee.trustee import TrusteeFile, take_opening_test
from tally.protocol.ceremony import Messages, Reveal, assemble, check_all_certificates, in_order, transcript
from tally.protocol.committee import Committee, Member
from tally.protocol.encoding import canonical, decode, hex_hash
from tally.protocol.errors import Incomplete
from tally.protocol.fingerprint import fingerprint
from tally.protocol.manifest import Manifest
from tally.protocol.messages import Certificate, TrusteeKey
from tally.protocol.opening import Passed
from tally.protocol.opening_call import CALL, encode_call, parse_call

T = TypeVar("T")
LIMIT = 1024 * 1024
CERTIFICATE = "certificate"
COMMITMENT = "commitment"
REVEAL = "reveal"
KEY = "key"
NONCE = "nonce"
OPENING = "opening"


@dataclass(frozen=True, slots=True)
class Exchange:
    """The folder. Files are written whole or not at all, and never replaced by something else."""

    folder: Path

    def manifest(self) -> Manifest:
        """Return the round's manifest."""
        return Manifest.parse(self._read("manifest.json"))

    def committee(self) -> Committee:
        """Return the finished committee."""
        return Committee.parse(self._read("committee.json"))

    def put(self, index: int, kind: str, value: Any) -> Path:
        """Publish a member's message."""
        return self.put_file(f"member-{index}.{kind}.json", canonical(value))

    def put_file(self, name: str, raw: bytes) -> Path:
        """Write a public file. Its draft is a new one: in a folder of all, a link could lead to somebody's key file."""
        path = self.folder / name
        part = self.folder / f".{name}.{secrets.token_hex(8)}.part"
        with part.open("xb") as file:
            file.write(raw)
        os.replace(part, path)
        return path

    def has(self, index: int, kind: str) -> bool:
        """Say whether a member has published this message."""
        return (self.folder / f"member-{index}.{kind}.json").exists()

    def messages(self, kind: str, size: int, parse: Callable[[Any, str], T]) -> dict[int, T]:
        """Return the messages of one kind that are there, by member number; `where` in errors names the sender."""
        found = {}
        for index in range(1, size + 1):
            if self.has(index, kind):
                name = f"member-{index}.{kind}.json"
                found[index] = parse(decode(self._read(name), name, limit=LIMIT), f"member {index}")
        return found

    def _read(self, name: str) -> bytes:
        path = self.folder / name
        if not path.is_file() or path.stat().st_size > LIMIT * 8:
            raise Incomplete(str(self.folder), missing=name)
        return path.read_bytes()


def join(exchange: Exchange, file: TrusteeFile, index: int, **create: Any) -> Path:
    """Take seat `index`: make the key file and publish the certificate.

    Raises NoSuchSeat, SeatTaken, KeyFileExists.
    """
    manifest = exchange.manifest()
    if not 1 <= index <= manifest.committee_size:
        raise NoSuchSeat(f"member {index}", size=manifest.committee_size)
    if exchange.has(index, CERTIFICATE):
        raise SeatTaken(f"member {index}")
    memory = Memory.new(manifest, index)
    file.create(memory, name=f"member {index}", **create)
    return exchange.put(index, CERTIFICATE, make_certificate(memory.seat(manifest)).signed.as_json())


def proceed(exchange: Exchange, file: TrusteeFile) -> Path:
    """Do the next thing that is due for this member and return the file that was written.

    Raises NotYourTurn naming what is awaited, TranscriptChanged, and whatever is wrong with others' messages.
    """
    memory, manifest = file.load(), exchange.manifest()
    seat = memory.seat(manifest)
    if memory.share is None:
        if manifest.committee_size == 1:
            memory = memory.with_share(memory.polynomial.coefficients[0])
        else:
            step = _ceremony_step(exchange, file, memory, seat)
            if isinstance(step, Path):
                return step
            memory = step
        file.save(memory)
    if not exchange.has(memory.index, KEY):
        signing = seat.keys.signing if manifest.committee_size > 1 else None
        return exchange.put(memory.index, KEY, publish_key(memory.require_share(), signing).as_json())
    return _opening(exchange, memory)


def _ceremony_step(exchange: Exchange, file: TrusteeFile, memory: Memory, seat: Seat) -> Path | Memory:
    """Commit, reveal, or (when all reveals are in) return the memory with its share."""
    manifest = seat.manifest
    if not exchange.has(memory.index, CERTIFICATE):  # `join` was cut off after it had made the key file
        return exchange.put(memory.index, CERTIFICATE, make_certificate(seat).signed.as_json())
    certificates = check_all_certificates(manifest, _await(exchange, manifest, CERTIFICATE, Certificate.parse))
    if not exchange.has(memory.index, COMMITMENT):
        return exchange.put(memory.index, COMMITMENT, memory.polynomial.commitment)
    commitments = _await(exchange, manifest, COMMITMENT, hex_hash)
    ordered = in_order(manifest, commitments)
    bound = memory.bound_to(transcript(manifest, certificates, ordered))
    if not exchange.has(memory.index, REVEAL):
        message = reveal(seat, memory.polynomial, certificates, commitments)
        file.save(bound)  # from here on this polynomial is shown to nobody else
        return exchange.put(memory.index, REVEAL, message.as_json())
    reveals = in_order(manifest, _await(exchange, manifest, REVEAL, Reveal.parse))
    return bound.with_share(receive_share(seat, certificates, ordered, reveals))


def words(exchange: Exchange, transcript: str) -> tuple[str, ...]:
    """Return the six words of the ceremony as soon as all reveals are in the folder, before that none. SPEC 4.4."""
    size = exchange.manifest().committee_size
    reveals = exchange.messages(REVEAL, size, Reveal.parse)
    return fingerprint(transcript, [reveals[i].coefexps for i in sorted(reveals)]) if len(reveals) == size else ()


def _opening(exchange: Exchange, memory: Memory) -> Path:
    committee = exchange.committee()
    if not exchange.has(memory.index, NONCE):
        return exchange.put(memory.index, NONCE, memory.nonce)
    if not (exchange.folder / CALL).exists():
        raise NotYourTurn(f"member {memory.index}", missing=CALL)
    nonces = read_call(exchange)
    return exchange.put(memory.index, OPENING, take_opening_test(memory, committee, nonces).as_json())


def _await(exchange: Exchange, manifest: Manifest, kind: str, parse: Callable[[Any, str], T]) -> dict[int, T]:
    found = exchange.messages(kind, manifest.committee_size, parse)
    missing = [i for i in range(1, manifest.committee_size + 1) if i not in found]
    if missing:
        raise NotYourTurn(kind, missing=", ".join(f"member-{i}.{kind}.json" for i in missing))
    return found


# --- the coordinator's acts: no secret is needed for them --------------------------------------------------------


def finish(exchange: Exchange, members: tuple[Member, ...]) -> Committee:
    """Put all messages together into committee.json.

    Raises BadTrustee, BadSignature naming the member. Source: SPEC 5.4.
    """
    manifest = exchange.manifest()
    size = manifest.committee_size
    messages = Messages(
        exchange.messages(CERTIFICATE, size, Certificate.parse),
        exchange.messages(COMMITMENT, size, hex_hash),
        exchange.messages(REVEAL, size, Reveal.parse),
        exchange.messages(KEY, size, TrusteeKey.parse),
    )
    committee = assemble(manifest, members, messages)
    exchange.put_file("committee.json", committee.encode())
    return committee


def call_opening(exchange: Exchange) -> dict[int, str]:
    """Fix who takes the opening test now: the members whose nonces are in the folder."""
    manifest = exchange.manifest()
    nonces = exchange.messages(NONCE, manifest.committee_size, hex_hash)
    if len(nonces) < manifest.threshold:
        raise Incomplete(str(exchange.folder), missing=f"{manifest.threshold - len(nonces)} × {NONCE}")
    exchange.put_file(CALL, encode_call(nonces))
    return nonces


def read_call(exchange: Exchange) -> dict[int, str]:
    """Return the nonces of the members who take the test."""
    return parse_call((exchange.folder / CALL).read_bytes())


def passed_tests(exchange: Exchange) -> tuple[Passed, ...]:
    """Return the tests of all members who were called, in order. Raises Incomplete."""
    called = read_call(exchange)
    found = exchange.messages(OPENING, max(called), Passed.parse)
    missing = sorted(set(called) - set(found))
    if missing:
        raise Incomplete(str(exchange.folder), missing=f"member-{missing[0]}.{OPENING}.json")
    return tuple(found[owner] for owner in sorted(called))

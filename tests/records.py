"""The files of a round, written in the order in which they depend on each other, by somebody who holds every key.

Here lives the strongest adversary there is: a test forges one step by name, and everything after it is made again to
fit (hashed, chained, signed, even decrypted). What must not be repaired is forged too, with its old bytes.

    manifest committee credentials issuance opening spoiled           bytes of the files
    trustees election public_credentials setup                        bytes in the archive's Setup event
    ballots encrypted_tally sized parts owned result events           the rest of the archive
    archive archive_name checkpoints closing result_json              bytes of the files
"""

from __future__ import annotations

from functools import cached_property
from typing import Any

from nacl.signing import SigningKey

from tally.outcome import evaluate
from tally.protocol.archive import Archive, Event
from tally.protocol.ballot import Ballot
from tally.protocol.checkpoint import Closing, Head, Note, checkpoint_lines, encode_notes, sign_note
from tally.protocol.decryption import Binding, Owned, PartialDecryption, decrypt_partially
from tally.protocol.encoding import canonical, sha256_hex
from tally.protocol.result import Result, combine_factors, open_sums
from tally.protocol.sums import EncryptedTally, SizedTally
from tally.record import Record
from tests.sealed import Sealed


class Files(Sealed):
    """Each step is a property: what the test forged, else what an honest hall would write at this point."""

    # --- the archive ------------------------------------------------------------------------------------------

    def make_election(self) -> bytes:
        return self.round.election.raw

    def make_trustees(self) -> bytes:
        return self.committee_value.trustees.raw

    def make_public_credentials(self) -> bytes:
        return self.credential_list.public()

    def make_setup(self) -> bytes:
        bodies = {"election": self.election, "trustees": self.trustees, "credentials": self.public_credentials}
        return canonical({name: sha256_hex(body) for name, body in bodies.items()})

    def make_ballots(self) -> tuple[bytes, ...]:
        return tuple(sorted(self.round.ballots, key=sha256_hex))

    @cached_property
    def tally(self) -> EncryptedTally:
        counted = ((Ballot.parse(raw), 1) for raw in self.round.ballots if raw in self.ballots)
        extra = ((Ballot.parse(raw), 1) for raw in self.ballots if raw not in self.round.ballots)
        return EncryptedTally.over(self.round.election, (*counted, *extra))

    def make_encrypted_tally(self) -> bytes:
        return self.tally.encode()

    def make_sized(self) -> bytes:
        count = len(self.ballots)
        return SizedTally(count, count, sha256_hex(self.encrypted_tally)).encode()

    def part(self, owner: int) -> PartialDecryption:
        """Decrypt the true sums as one member."""
        manifest, election = self.round.manifest, self.round.election
        binding = Binding(manifest.hash, election.hash, sha256_hex(self.tally.encode()), owner)
        public, secret = self.committee_value.trustees.owners[owner - 1], self.round.board.shares[owner]
        return decrypt_partially(election, self.tally, binding, public=public, secret=secret)

    def make_parts(self) -> dict[int, bytes]:
        owners = list(self.round.board.shares)[-self.committee_value.threshold :]
        return {owner: self.part(owner).encode() for owner in owners}

    def make_owned(self) -> tuple[tuple[bytes, bytes], ...]:
        return tuple((raw, Owned(owner, sha256_hex(raw)).encode()) for owner, raw in self.parts.items())

    @cached_property
    def true_result(self) -> Result:
        threshold = self.committee_value.threshold
        parts = {owner: self.part(owner) for owner in list(self.round.board.shares)[:threshold]}
        factors = combine_factors(self.committee_value.trustees, parts)
        return open_sums(self.tally, factors, len(self.ballots))

    def make_result(self) -> bytes:
        return self.true_result.encode()

    def make_events(self) -> tuple[tuple[str, tuple[bytes, ...]], ...]:
        setup = ("Setup", (self.election, self.trustees, self.public_credentials, self.setup))
        ballots = tuple(("Ballot", (raw,)) for raw in self.ballots)
        closed = (("EndBallots", ()), ("EncryptedTally", (self.encrypted_tally, self.sized)))
        parts = tuple(("PartialDecryption", pair) for pair in self.owned)
        return (setup, *ballots, *closed, *parts, *((("Result", (self.result,)),) if parts else ()))

    @cached_property
    def chained(self) -> Archive:
        """Chain the events, whatever their order."""
        events: list[Event] = []
        for kind, data in self.events:
            events.append(Event(kind, len(events), events[-1].hash if events else None, data))
        return Archive(self.round.manifest.timestamp, tuple(events))

    def make_archive(self) -> bytes:
        return self.chained.encode()

    def make_archive_name(self) -> str:
        return f"{self.round.manifest.uuid}.bel"

    # --- the box's notes, the result --------------------------------------------------------------------------

    @cached_property
    def head(self) -> Head:
        return Head.start(sha256_hex(self.election)).after([sha256_hex(raw) for raw in self.ballots])

    def note(self, lines: list[str], key: SigningKey | None = None) -> Note:
        """Sign lines as the box."""
        key, origin = key or self.round.hall.box, self.round.manifest.origin
        return sign_note(lines, origin, key.verify_key.encode(), lambda raw: key.sign(raw).signature)

    def make_checkpoints(self) -> bytes:
        batch = [sha256_hex(raw) for raw in self.ballots]
        return encode_notes([self.note(checkpoint_lines(self.round.manifest.origin, self.head, batch))])

    def statement_of_box(self, **changes: Any) -> Closing:
        events = self.chained.of_type("EncryptedTally")
        content = {
            "head": self.head,
            "manifest": self.round.manifest.hash,
            "election": sha256_hex(self.election),
            "opening": sha256_hex(self.opening),
            "credentials": sha256_hex(self.credentials),
            "issuance": sha256_hex(self.issuance),
            "spoiled": sha256_hex(self.spoiled),
            "root": events[0].hash if events else "0" * 64,
        }
        return Closing(**content | changes)

    def make_closing(self) -> bytes:
        return self.note(self.statement_of_box().lines(self.round.manifest.origin)).encode()

    def make_result_json(self) -> bytes | None:
        if not self.chained.of_type("Result"):
            return None
        result = Result.parse(self.result, self.round.election)
        credentials = self.credential_list
        root = self.chained.of_type("EncryptedTally")[0].hash
        issued, returned = credentials.issued, len(self.ballots)
        manifest = self.round.manifest
        return evaluate(manifest, root=root, issued=issued, returned=returned, counts=result.rows).encode()

    @cached_property
    def record(self) -> Record:
        """Put the files together; a step forged as None is a missing file."""
        named = {name: getattr(self, step) for step, name in FILES.items()} | {self.archive_name: self.archive}
        return Record.of({name: raw for name, raw in named.items() if raw is not None})


FILES = {
    "manifest": "manifest.json",
    "committee": "committee.json",
    "opening": "opening.json",
    "credentials": "credentials.json",
    "issuance": "issuance.json",
    "checkpoints": "checkpoints.txt",
    "spoiled": "spoiled.json",
    "closing": "closing.txt",
    "result_json": "result.json",
}

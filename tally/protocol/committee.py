"""The committee of a round: its members, and the transcript that shows nobody chose a key last.

Here lives the file committee.json and its public checks. Never here: a share, or the running of a ceremony (keys/).

Each member first publishes a commitment (SHA-256 of its `coefexps` message), then signs the list of all commitments,
and only then reveals: whoever speaks last can no longer bend the key. SPEC 4.3, 5.4.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tally.i18n import marked
from tally.protocol.election import Election
from tally.protocol.encoding import array, canonical, decode, entries, fields, hex_hash, integer, sha256_hex, text
from tally.protocol.errors import BadTrustee, Mismatch, WrongShape
from tally.protocol.manifest import Manifest
from tally.protocol.messages import MAX_TRUSTEES, Certificate
from tally.protocol.proofs import Proof, message_prefix, schnorr_check
from tally.protocol.trustees import LIMIT, Pedersen, Single, Trustees

FORMAT = "phieu-tin-nhiem/committee/v1"
_LABEL = "phieu-tin-nhiem/v1/commitments|"


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the counting committee, in the order of their numbers (from 1)."""

    name: str
    role: str


@dataclass(frozen=True, slots=True)
class Committee:
    """A committee with its key. A committee of one has no commitments and the Belenios type Single."""

    manifest: str
    threshold: int
    members: tuple[Member, ...]
    commitments: tuple[str, ...]
    acknowledgements: tuple[Proof, ...]
    trustees: Trustees

    @classmethod
    def parse(cls, raw: bytes, where: str = "committee.json") -> Committee:
        """Read the bytes; the trustees inside are checked as in any archive.

        Raises BadTrustee, BadSignature and reading errors. Source: SPEC 4.3.
        """
        names = ("format", "manifest", "threshold", "members", "commitments", "acknowledgements", "trustees")
        m = fields(decode(raw, where, limit=LIMIT), where, *names)
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        members = array(m["members"], f"{where}.members")
        threshold = integer(m["threshold"], f"{where}.threshold", 1, MAX_TRUSTEES)
        rounds = len(members) if len(members) > 1 else 0
        return cls(
            manifest=hex_hash(m["manifest"], f"{where}.manifest"),
            threshold=threshold,
            members=tuple(_member(entry, place) for entry, place in entries(members, f"{where}.members")),
            commitments=tuple(
                hex_hash(entry, place) for entry, place in entries(m["commitments"], f"{where}.commitments", rounds)
            ),
            acknowledgements=Proof.parse_list(m["acknowledgements"], f"{where}.acknowledgements", rounds),
            trustees=Trustees.parse(canonical(m["trustees"]), f"{where}.trustees"),
        )

    def encode(self) -> bytes:
        """Return the canonical bytes."""
        document: dict[str, Any] = {
            "format": FORMAT,
            "manifest": self.manifest,
            "threshold": self.threshold,
            "members": [{"name": member.name, "role": member.role} for member in self.members],
            "commitments": list(self.commitments),
            "acknowledgements": [proof.as_json() for proof in self.acknowledgements],
            "trustees": [[type(item).__name__, item.as_json()] for item in self.trustees.items],
        }
        return canonical(document)

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes in hex: bound by the election, read aloud after the ceremony."""
        return sha256_hex(self.encode())

    def election(self, manifest: Manifest) -> Election:
        """Return the one election that this manifest and this committee make. Source: SPEC 4.5."""
        return Election.make(
            name=manifest.title,
            description=manifest.description(self.hash),
            public_key=self.trustees.public_key,
            questions=manifest.questions(),
            uuid=manifest.uuid,
        )

    def check_for(self, manifest: Manifest, where: str = "committee.json") -> None:
        """Check that this is the committee the manifest asked for: round, size, threshold, one item.

        Raises Mismatch, BadTrustee. Source: SPEC 5.4, step 1.
        """
        if self.manifest != manifest.hash:
            raise Mismatch(f"{where}.manifest", other="manifest.json")
        size = (len(self.members), self.threshold)
        items = self.trustees.items
        if size != (manifest.committee_size, manifest.threshold) or len(items) != 1:
            raise Mismatch(f"{where}.members", other="manifest.json")
        item = items[0]
        if isinstance(item, Single) != (manifest.committee_size == 1) or item.threshold != self.threshold:
            raise BadTrustee(f"{where}.trustees", reason=marked("loại khóa"))
        if len(item.keys) != len(self.members):
            raise BadTrustee(f"{where}.trustees", reason=marked("số thành viên"))

    def check_ceremony(self, where: str = "committee.json") -> None:
        """Check that everybody had committed before anybody revealed.

        Raises BadTrustee, BadSignature naming the member. Source: SPEC 5.4, step 2.
        """
        item = self.trustees.items[0]
        if not isinstance(item, Pedersen):
            return
        if item.signatures is None or any(c.context is None for c in item.certificates):
            raise BadTrustee(f"{where}.trustees", reason=marked("thiếu chữ ký trên biên bản tạo khóa"))
        if any(key.signature is None for key in item.verification_keys):
            raise BadTrustee(f"{where}.trustees", reason=marked("thiếu chữ ký trên khóa công khai"))
        for i, (coefexps, commitment) in enumerate(zip(item.coefexps, self.commitments, strict=True)):
            if coefexps.commitment != commitment:
                raise BadTrustee(f"{where}.commitments[{i}]", reason=marked("đa thức khác với cam kết"))
        prefix = acknowledgement_prefix(self.manifest, item.certificates, self.commitments)
        for i, proof in enumerate(self.acknowledgements):
            schnorr_check(prefix, item.certificates[i].verification, proof, f"{where}.acknowledgements[{i}]")


def acknowledgement_prefix(manifest: str, certificates: tuple[Certificate, ...], commitments: tuple[str, ...]) -> str:
    """Return what each member signs once all commitments are in, before it reveals. SPEC 4.4, step 3."""
    document = {"certs": [c.signed.as_json() for c in certificates], "commitments": list(commitments)}
    return message_prefix(f"{_LABEL}{manifest}|{canonical(document).decode()}")


def _member(value: Any, where: str) -> Member:
    m = fields(value, where, "name", "role")
    return Member(text(m["name"], f"{where}.name", limit=200), text(m["role"], f"{where}.role", empty=True, limit=200))

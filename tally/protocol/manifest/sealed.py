"""manifest.json as a whole: read from its bytes, written, hashed; and what follows from it alone.

Here live its fields in their order, and the questions of its ballot. Never here: the bounds of a part that has a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tally.protocol.election import Question
from tally.protocol.encoding import boolean, canonical, decode, fields, hex_hash, integer, matching, sha256_hex, text
from tally.protocol.errors import UnsupportedElection, WrongShape
from tally.protocol.manifest.day import check_date, midnight
from tally.protocol.manifest.issuers import Issuer, read_issuers
from tally.protocol.manifest.officials import Block, Exempt, Official, read_blocks, read_exempt
from tally.protocol.manifest.policy import Policy
from tally.protocol.manifest.roll import Roll
from tally.protocol.manifest.software import read_software
from tally.protocol.messages import MAX_TRUSTEES
from tally.protocol.ruleset import RuleSet

FORMAT = "phieu-tin-nhiem/manifest/v1"
LIMIT = 4 * 1024 * 1024
_UUID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{14,40}\Z")
_FIELDS = (
    "format", "uuid", "title", "body", "session", "date", "rehearsal", "rules", "blocks", "exempt", "roll", "issuers",
    "box_key", "log_key", "committee", "policy", "software",
)  # fmt: skip


def origin_of(uuid: str) -> str:
    """Return the origin line of the box's signed notes in a round, which is its key's name in them too. SPEC 4.11."""
    return f"phieu-tin-nhiem/{uuid}"


@dataclass(frozen=True, slots=True)
class Manifest:
    """A sealed round. Dates are ISO 8601; keys of the box and of statements are RFC 8032 bytes in hex, not reversed.

    `log_key` signs heads of the organisers' log; `software` names the scripts and style sheets of the voting pages with
    what each must hash to (W3C Subresource Integrity).
    """

    uuid: str
    title: str
    body: str
    session: str
    date: str
    rehearsal: bool
    rules: RuleSet
    blocks: tuple[Block, ...]
    exempt: tuple[Exempt, ...]
    roll: Roll
    issuers: tuple[Issuer, ...]
    box_key: str
    log_key: str
    committee_size: int
    threshold: int
    policy: Policy
    software: Mapping[str, str]
    raw: bytes

    @classmethod
    def parse(cls, raw: bytes, where: str = "manifest.json") -> Manifest:
        """Read the bytes of a manifest.

        Raises reading errors naming the field. Source: SPEC 4.1.
        """
        m = fields(decode(raw, where, limit=LIMIT), where, *_FIELDS)
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        committee = fields(m["committee"], f"{where}.committee", "members", "threshold")
        size = integer(committee["members"], f"{where}.committee.members", 1, MAX_TRUSTEES)
        rules = RuleSet.parse(m["rules"], f"{where}.rules")
        if rules.bad_line_voids_ballot:  # no ballot is ever opened, so no line of it can void the others
            raise UnsupportedElection(f"{where}.rules.bad_line_voids_ballot", what="bad_line_voids_ballot")
        rehearsal = boolean(m["rehearsal"], f"{where}.rehearsal")
        roll = Roll.parse(m["roll"], f"{where}.roll")
        return cls(
            uuid=matching(_UUID, m["uuid"], f"{where}.uuid"),
            title=text(m["title"], f"{where}.title"),
            body=text(m["body"], f"{where}.body"),
            session=text(m["session"], f"{where}.session", empty=True),
            date=check_date(m["date"], f"{where}.date"),
            rehearsal=rehearsal,
            rules=rules,
            blocks=read_blocks(m["blocks"], f"{where}.blocks"),
            exempt=read_exempt(m["exempt"], f"{where}.exempt"),
            roll=roll,
            issuers=read_issuers(m["issuers"], f"{where}.issuers"),
            box_key=hex_hash(m["box_key"], f"{where}.box_key"),
            log_key=hex_hash(m["log_key"], f"{where}.log_key"),
            committee_size=size,
            threshold=integer(committee["threshold"], f"{where}.committee.threshold", min(2, size), size),
            policy=Policy.parse(m["policy"], f"{where}.policy", rehearsal=rehearsal, voters=roll.voters),
            software=read_software(m["software"], f"{where}.software"),
            raw=raw,
        )

    @classmethod
    def make(
        cls,
        *,
        uuid: str,
        title: str,
        body: str,
        session: str,
        date: str,
        rehearsal: bool,
        rules: RuleSet,
        blocks: tuple[Block, ...],
        roll: Roll,
        issuers: tuple[Issuer, ...],
        box_key: str,
        log_key: str,
        committee_size: int,
        threshold: int,
        policy: Policy,
        exempt: tuple[Exempt, ...] = (),
        software: Mapping[str, str] | None = None,
    ) -> Manifest:
        """Write a manifest; the result is what `parse` reads back, so every rule of `parse` holds.

        `software` may come in any order; none is `{}`.
        """
        document = {
            "format": FORMAT,
            "uuid": uuid,
            "title": title,
            "body": body,
            "session": session,
            "date": date,
            "rehearsal": rehearsal,
            "rules": rules.source,
            "blocks": [block.as_json() for block in blocks],
            "exempt": [each.as_json() for each in exempt],
            "roll": roll.as_json(),
            "issuers": [issuer.as_json() for issuer in issuers],
            "box_key": box_key,
            "log_key": log_key,
            "committee": {"members": committee_size, "threshold": threshold},
            "policy": policy.as_json(),
            "software": dict(sorted((software or {}).items())),
        }
        return cls.parse(canonical(document))

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes in hex: the name of the round, copied onto paper when it is sealed."""
        return sha256_hex(self.raw)

    @property
    def minimum_ballots(self) -> int:
        """The number of ballots below which nothing is opened."""
        return self.policy.minimum_ballots

    @property
    def own_device(self) -> bool:
        """Whether delegates may also vote from a device of their own."""
        return self.policy.own_device

    @property
    def forms(self) -> tuple[str, ...]:
        """The forms (*loại phiếu*) in ballot order; one without a name where the round has one only."""
        return tuple(dict.fromkeys(block.form for block in self.blocks))

    @property
    def origin(self) -> str:
        """The origin line and key name of the box's signed notes."""
        return origin_of(self.uuid)

    @property
    def timestamp(self) -> int:
        """The one time of all entries of the round's archive: its date at 0:00 UTC, in seconds. SPEC 4.8."""
        return midnight(self.date)

    def officials(self) -> Iterator[tuple[Block, Official]]:
        """Yield (block, official) in ballot order."""
        for block in self.blocks:
            for official in block.officials:
                yield block, official

    def questions(self) -> tuple[Question, ...]:
        """Return the ballot: a question per official, at most one level marked, none = void line. SPEC 4.5."""
        labels = tuple(level.label for level in self.rules.levels)
        return tuple(
            Question(labels, False, 0, 1, f"{number}. {official.name} – {official.position}")
            for number, (_, official) in enumerate(self.officials(), start=1)
        )

    def description(self, committee_hash: str) -> str:
        """Return the election's description, through which every proof binds manifest and committee. SPEC 4.5."""
        return f"manifest:{self.hash}|committee:{committee_hash}"

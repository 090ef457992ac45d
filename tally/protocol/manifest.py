"""The manifest: everything about a round that is sealed before anybody is issued a slip. Its hash names the round.

Here lives the file manifest.json and what follows from it alone. Never here: the committee's key or a credential.

Sealing in this order is what lets every later signature name the round: credentials are signed over the manifest's
hash; the election of the archive carries it in its description, so every proof of every ballot binds it. SPEC 4.1.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from tally.protocol.election import Question
from tally.protocol.encoding import (
    array,
    boolean,
    canonical,
    decode,
    fields,
    hex_hash,
    integer,
    objects,
    sha256_hex,
    string,
    text,
)
from tally.protocol.errors import UnsupportedElection, WrongShape
from tally.protocol.issuer_key import IssuerPublicKey
from tally.protocol.messages import MAX_TRUSTEES
from tally.protocol.rule_parts import PUBLIC, RESTRICTED
from tally.protocol.ruleset import RuleSet

FORMAT = "phieu-tin-nhiem/manifest/v1"
LIMIT = 4 * 1024 * 1024
MAX_ISSUERS = 3
SMALLEST_ROLL = 3
MINIMUM_BALLOTS = 5
MOST_SOFTWARE = 200
DISCLOSURES = (PUBLIC, RESTRICTED)
SMALL_ELECTORATE = 10
_UUID = re.compile(r"[1-9A-HJ-NP-Za-km-z]{14,40}\Z")
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])\Z")
_ISSUER_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,39}\Z")
_FILE_NAME = re.compile(r"[a-z][a-z0-9._-]{0,79}\Z")  # never a number: JavaScript would move it to the front
_INTEGRITY = re.compile(r"sha384-[A-Za-z0-9+/]{64}\Z")


@dataclass(frozen=True, slots=True)
class Official:
    """A person who is rated; `id` is the catalogue's, never shown to voters."""

    id: str
    name: str
    position: str

    def as_json(self) -> dict[str, str]:
        """Return {"id","name","position"}."""
        return {"id": self.id, "name": self.name, "position": self.position}


@dataclass(frozen=True, slots=True)
class Block:
    """A *khối* of officials, in ballot order; `form` names its *loại phiếu*, or is empty where there is one only."""

    title: str
    officials: tuple[Official, ...]
    form: str = ""


@dataclass(frozen=True, slots=True)
class Exempt:
    """Somebody who holds a rated post and is not rated in this round: the reason, and its source in the law."""

    name: str
    position: str
    reason: str
    citation: str

    def as_json(self) -> dict[str, str]:
        """Return {"name","position","reason","citation"}."""
        return {"name": self.name, "position": self.position, "reason": self.reason, "citation": self.citation}


@dataclass(frozen=True, slots=True)
class Policy:
    """What the organisers decided for this round.

    Below `minimum_ballots` nothing is opened. `own_device` says whether delegates may also vote from a device of their
    own. `disclosure` is who may see the result (DISCLOSURES), `secrecy` the mark on its documents (*dấu mật*) or empty,
    `accepted_by` who acknowledged the warnings of a small electorate, or empty.
    """

    minimum_ballots: int
    own_device: bool = False
    disclosure: str = PUBLIC
    secrecy: str = ""
    accepted_by: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return its fields in the order of the file."""
        return {
            "minimum_ballots": self.minimum_ballots,
            "own_device": self.own_device,
            "disclosure": self.disclosure,
            "secrecy": self.secrecy,
            "accepted_by": self.accepted_by,
        }


@dataclass(frozen=True, slots=True)
class Roll:
    """How many delegates the body has, were summoned, may vote; and the salted digest of the list of voters."""

    delegates: int
    summoned: int
    voters: int
    digest: str


@dataclass(frozen=True, slots=True)
class Issuer:
    """One of one to three authorities that sign credentials blindly; `statement_key` is Ed25519, 64 hex digits."""

    name: str
    key: IssuerPublicKey
    statement_key: str


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
        roll = _roll(m["roll"], f"{where}.roll")
        return cls(
            uuid=_matching(_UUID, m["uuid"], f"{where}.uuid"),
            title=text(m["title"], f"{where}.title"),
            body=text(m["body"], f"{where}.body"),
            session=text(m["session"], f"{where}.session", empty=True),
            date=check_date(m["date"], f"{where}.date"),
            rehearsal=rehearsal,
            rules=rules,
            blocks=_blocks(m["blocks"], f"{where}.blocks"),
            exempt=_exempt(m["exempt"], f"{where}.exempt"),
            roll=roll,
            issuers=_issuers(m["issuers"], f"{where}.issuers"),
            box_key=hex_hash(m["box_key"], f"{where}.box_key"),
            log_key=hex_hash(m["log_key"], f"{where}.log_key"),
            committee_size=size,
            threshold=integer(committee["threshold"], f"{where}.committee.threshold", min(2, size), size),
            policy=_policy(m["policy"], f"{where}.policy", rehearsal=rehearsal, voters=roll.voters),
            software=_software(m["software"], f"{where}.software"),
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
            "blocks": [
                {"title": b.title, "form": b.form, "officials": [o.as_json() for o in b.officials]} for b in blocks
            ],
            "exempt": [e.as_json() for e in exempt],
            "roll": {
                "delegates": roll.delegates,
                "summoned": roll.summoned,
                "voters": roll.voters,
                "digest": roll.digest,
            },
            "issuers": [{"name": i.name, "key": i.key.encode(), "statement_key": i.statement_key} for i in issuers],
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
        return f"phieu-tin-nhiem/{self.uuid}"

    @property
    def timestamp(self) -> int:
        """The one time of all entries of the round's archive: its date at 0:00 UTC, in seconds. SPEC 4.8."""
        year, month, day = map(int, self.date.split("-"))
        return (date(year, month, day) - date(1970, 1, 1)).days * 86_400

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


_FIELDS = (
    "format", "uuid", "title", "body", "session", "date", "rehearsal", "rules", "blocks", "exempt", "roll", "issuers",
    "box_key", "log_key", "committee", "policy", "software",
)  # fmt: skip


def roll_digest(salt: bytes, voters: list[str]) -> str:
    """Return the digest of a roll: its sorted lines under a secret 32-byte salt kept by the registry. SPEC 4.1."""
    lines = "\n".join(sorted(voters))
    return sha256_hex(b"phieu-tin-nhiem/v1/roll|" + salt.hex().encode("ascii") + b"|" + lines.encode("utf-8"))


def _matching(pattern: re.Pattern[str], value: Any, where: str) -> str:
    found = string(value, where)
    if not pattern.match(found):
        raise WrongShape(where, expected=pattern.pattern)
    return found


def check_date(value: Any, where: str) -> str:
    """Return `value` if it is a day from 1970 on, as yyyy-mm-dd. Raises WrongShape."""
    found = _matching(_DATE, value, where)
    try:
        if date.fromisoformat(found).year < 1970:
            raise ValueError
    except ValueError:
        raise WrongShape(where, expected="yyyy-mm-dd") from None
    return found


def _blocks(value: Any, where: str) -> tuple[Block, ...]:
    blocks = []
    seen: set[str] = set()
    for entry, place in objects(value, where):
        m = fields(entry, place, "title", "form", "officials")
        officials = tuple(_official(o, p, seen) for o, p in objects(m["officials"], f"{place}.officials"))
        form = text(m["form"], f"{place}.form", limit=400, empty=True)
        blocks.append(Block(text(m["title"], f"{place}.title"), officials, form))
    _check_forms([block.form for block in blocks], where)
    return tuple(blocks)


def _check_forms(forms: list[str], where: str) -> None:
    """A form's blocks stand together, and either every form has a name or there is one only, without."""
    together = sum(form != before for form, before in zip(forms, [None, *forms], strict=False))
    if together != len(set(forms)) or ("" in forms and together > 1):
        raise WrongShape(f"{where}.form", expected="A, A, B, B, …")


def _exempt(value: Any, where: str) -> tuple[Exempt, ...]:
    found = []
    for number, entry in enumerate(array(value, where)):
        place = f"{where}[{number}]"
        m = fields(entry, place, "name", "position", "reason", "citation")
        name, position, reason = (text(m[key], f"{place}.{key}", limit=400) for key in ("name", "position", "reason"))
        found.append(Exempt(name, position, reason, text(m["citation"], f"{place}.citation", limit=400, empty=True)))
    return tuple(found)


def _policy(value: Any, where: str, *, rehearsal: bool, voters: int) -> Policy:
    m = fields(value, where, "minimum_ballots", "own_device", "disclosure", "secrecy", "accepted_by")
    least = 1 if rehearsal else MINIMUM_BALLOTS
    if m["disclosure"] not in DISCLOSURES:
        raise WrongShape(f"{where}.disclosure", expected=" / ".join(DISCLOSURES))
    needs_name = voters < SMALL_ELECTORATE and not rehearsal
    return Policy(
        minimum_ballots=integer(m["minimum_ballots"], f"{where}.minimum_ballots", least, 10_000),
        own_device=boolean(m["own_device"], f"{where}.own_device"),
        disclosure=m["disclosure"],
        secrecy=text(m["secrecy"], f"{where}.secrecy", limit=40, empty=True),
        accepted_by=text(m["accepted_by"], f"{where}.accepted_by", limit=200, empty=not needs_name),
    )


def _official(value: Any, where: str, seen: set[str]) -> Official:
    m = fields(value, where, "id", "name", "position")
    official = Official(*(text(m[key], f"{where}.{key}", limit=400) for key in ("id", "name", "position")))
    marks = {f"id:{official.id}", f"person:{official.name}|{official.position}"}
    if marks & seen:
        raise WrongShape(where, expected="id ≠, name + position ≠")
    seen |= marks
    return official


def _roll(value: Any, where: str) -> Roll:
    m = fields(value, where, "delegates", "summoned", "voters", "digest")
    voters = integer(m["voters"], f"{where}.voters", SMALLEST_ROLL, 1_000_000)
    summoned = integer(m["summoned"], f"{where}.summoned", voters, 1_000_000)
    return Roll(
        integer(m["delegates"], f"{where}.delegates", summoned, 1_000_000),
        summoned,
        voters,
        hex_hash(m["digest"], f"{where}.digest"),
    )


def _issuers(value: Any, where: str) -> tuple[Issuer, ...]:
    issuers = []
    for entry, place in objects(array(value, where)[: MAX_ISSUERS + 1], where):
        m = fields(entry, place, "name", "key", "statement_key")
        name = _matching(_ISSUER_NAME, m["name"], f"{place}.name")
        key = IssuerPublicKey.parse(string(m["key"], f"{place}.key"), f"{place}.key")
        issuers.append(Issuer(name, key, hex_hash(m["statement_key"], f"{place}.statement_key")))
    names, keys = {i.name for i in issuers}, {i.key for i in issuers}
    if not len(issuers) == len(names) == len(keys) <= MAX_ISSUERS:
        raise WrongShape(where, expected=f"1–{MAX_ISSUERS} ≠")
    return tuple(issuers)


def _software(value: Any, where: str) -> Mapping[str, str]:
    """Read the names of files, ascending, with the SHA-384 of each."""
    if not isinstance(value, dict) or len(value) > MOST_SOFTWARE or list(value) != sorted(value):
        raise WrongShape(where, expected="{name: sha384-…}, a … z")
    for name, integrity in value.items():
        _matching(_FILE_NAME, name, where)
        _matching(_INTEGRITY, integrity, f"{where}.{name}")
    return value

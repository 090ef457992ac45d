"""The organisers' log as bytes: entries chained by hashes, heads signed by the round's log key.

Here live formats and checks of an exported log. Never here: a database, or a reason to believe what an entry says.

    {"format":"phieu-tin-nhiem/log/v1","organisation":uuid,"name":…,"entries":2,"heads":1}
    {"height":1,"time":"2026-11-20T02:15Z","actor":"to-chuc-1","act":"create","subject":uuid,"previous":…,"hash":…}
    {"height":2,"time":"","actor":"tiep-don","act":"check-in","subject":uuid,"previous":…,"hash":…}
    {"height":2,"round":uuid,"signature":…}

`Log.parse(raw).encode() == raw`. Source: SPEC 4.16; threats K5.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from tally.i18n import marked as _
from tally.protocol.ed25519 import check_ed25519
from tally.protocol.encoding import canonical, decode, fields, hex_hash, integer, sha256_hex, string, text
from tally.protocol.errors import NotSorted, Refused, TooLarge, WrongCount, WrongShape

FORMAT = "phieu-tin-nhiem/log/v1"
HEAD_LABEL = b"phieu-tin-nhiem/v1/log-head|"
LIMIT, LINE_LIMIT = 128 * 1024**2, 32 * 1024
ACTOR_LIMIT, ACT_LIMIT, SUBJECT_LIMIT = 200, 60, 4000
_ENTRY_LABEL = b"phieu-tin-nhiem/v1/audit|"
_START_LABEL = b"phieu-tin-nhiem/v1/audit-start|"
_MINUTE, _FORM = re.compile(r"20\d\d-\d\d-\d\dT\d\d:\d\dZ", re.ASCII), "%Y-%m-%dT%H:%MZ"
_SIGNATURE = re.compile(r"[0-9a-f]{128}")


class AuditBroken(Refused):
    """An entry was changed, or one is missing; `where` names the first that does not fit."""

    code = "AUDIT_BROKEN"
    text = _("Nhật ký thao tác bị sửa đổi hoặc thiếu mục.")


class LogCut(Refused):
    """A signed head stands above the last entry: the end of the log was cut off."""

    code = "LOG_CUT"
    text = _("Nhật ký bị cắt mất phần cuối: có chữ ký cho mục này mà không có mục.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One act: who did what, about what, chained to the entry before. `time` is a UTC minute or empty.

    The texts are as they were written, whatever they say; whoever shows them shows what cannot be seen.
    """

    height: int
    time: str
    actor: str
    act: str
    subject: str
    previous: str
    hash: str

    @classmethod
    def of(cls, value: Any, where: str) -> Entry:
        """Read a decoded line. Raises WrongShape, BadHash."""
        m = fields(value, where, "height", "time", "actor", "act", "subject", "previous", "hash")
        return cls(
            integer(m["height"], f"{where}.height", 1),
            _minute(m["time"], f"{where}.time"),
            _short(m["actor"], f"{where}.actor", ACTOR_LIMIT),
            _short(m["act"], f"{where}.act", ACT_LIMIT),
            _short(m["subject"], f"{where}.subject", SUBJECT_LIMIT),
            hex_hash(m["previous"], f"{where}.previous"),
            hex_hash(m["hash"], f"{where}.hash"),
        )

    def as_json(self) -> dict[str, Any]:
        """Return the object that `of` reads."""
        return {name: getattr(self, name) for name in self.__slots__}

    def hashed(self) -> str:
        """Return what `hash` must be."""
        return entry_hash(
            self.height, actor=self.actor, act=self.act, subject=self.subject, previous=self.previous, time=self.time
        )

    def concerns(self, uuid: str) -> bool:
        """Say whether this entry names the round, as every entry about one does at its beginning."""
        return self.subject == uuid or self.subject.startswith(f"{uuid} ")


@dataclass(frozen=True, slots=True)
class Head:
    """The log up to `height`, signed (128 hex digits) with the log key of the round `round`."""

    height: int
    round: str
    signature: str

    @classmethod
    def of(cls, value: Any, where: str) -> Head:
        """Read a decoded line. Raises WrongShape, BadText."""
        m = fields(value, where, "height", "round", "signature")
        signature = string(m["signature"], f"{where}.signature")
        if not _SIGNATURE.fullmatch(signature):
            raise WrongShape(f"{where}.signature", expected="[128]")
        return cls(integer(m["height"], f"{where}.height", 1), text(m["round"], f"{where}.round", limit=40), signature)

    def as_json(self) -> dict[str, Any]:
        """Return the object that `of` reads."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Log:
    """The log of one organisation (its uuid and its name), in the order of heights."""

    organisation: str
    name: str
    entries: tuple[Entry, ...]
    heads: tuple[Head, ...]

    @classmethod
    def parse(cls, raw: bytes, where: str = "log") -> Log:
        """Read the bytes; the chain is another matter. Raises reading errors. Source: SPEC 4.16."""
        if len(raw) > LIMIT:
            raise TooLarge(where, limit=LIMIT)
        first, *lines = raw.split(b"\n")
        if not lines or lines.pop():
            raise WrongShape(where, expected="\\n")  # cut off in the middle of a line
        m = fields(_line(first, where), where, "format", "organisation", "name", "entries", "heads")
        if m["format"] != FORMAT:
            raise WrongShape(f"{where}.format", expected=FORMAT)
        count, heads = integer(m["entries"], f"{where}.entries", 0), integer(m["heads"], f"{where}.heads", 0)
        if len(lines) != count + heads:
            raise WrongCount(where, found=len(lines), expected=count + heads)
        found = cls(
            text(m["organisation"], f"{where}.organisation", limit=40),
            text(m["name"], f"{where}.name", limit=400),
            tuple(_each(Entry.of, lines[:count], f"{where}: entry")),
            tuple(_each(Head.of, lines[count:], f"{where}: head")),
        )
        _check_order(found.heads, where)
        return found

    def encode(self) -> bytes:
        """Return the one spelling: a line for the log, for each entry and for each head."""
        head = {"format": FORMAT, "organisation": self.organisation, "name": self.name}
        head |= {"entries": len(self.entries), "heads": len(self.heads)}  # type: ignore[dict-item]
        lines = [head, *(e.as_json() for e in self.entries), *(h.as_json() for h in self.heads)]
        return b"".join(canonical(line) + b"\n" for line in lines)

    def check_chain(self, where: str = "log") -> int:
        """Check every hash from the first entry to the last and return how many there are.

        Raises AuditBroken naming the first entry that does not fit, LogCut naming a head without its entry.
        """
        previous = start_hash(self.organisation)
        for height, entry in enumerate(self.entries, start=1):
            if (entry.height, entry.previous, entry.hash) != (height, previous, entry.hashed()):
                raise AuditBroken(f"{where}: entry {height}")
            previous = entry.hash
        for head in self.heads:
            if head.height > len(self.entries):
                raise LogCut(f"{where}: entry {head.height}")
        return len(self.entries)

    def check_heads(self, uuid: str, log_key: str, where: str = "log") -> tuple[Head, ...]:
        """Check the signature of every head of this round and return them; the chain must have been checked before.

        `log_key` is the manifest's. Raises BadSignature naming the entry. Source: SPEC 5.17, step 2.
        """
        mine = tuple(head for head in self.heads if head.round == uuid)
        for head in mine:
            signed = head_bytes(self.organisation, uuid, height=head.height, hash_=self.entries[head.height - 1].hash)
            check_ed25519(signed, key=log_key, signature=head.signature, where=f"{where}: entry {head.height}")
        return mine

    def about(self, uuid: str) -> tuple[Entry, ...]:
        """Return the entries that name this round."""
        return tuple(entry for entry in self.entries if entry.concerns(uuid))


def entry_hash(height: int, *, actor: str, act: str, subject: str, previous: str, time: str) -> str:
    """Return the hash of an entry; a time, where there is one, stands at the end of what is hashed. SPEC 4.16."""
    return sha256_hex(_ENTRY_LABEL + canonical([height, actor, act, subject, previous, *([time] if time else [])]))


def start_hash(organisation: str) -> str:
    """Return what the first entry of an organisation (uuid) is chained to. SPEC 4.16."""
    return sha256_hex(_START_LABEL + organisation.encode("utf-8"))


def head_bytes(organisation: str, uuid: str, *, height: int, hash_: str) -> bytes:
    """Return what the log key of the round `uuid` signs. SPEC 4.16."""
    return HEAD_LABEL + canonical([organisation, uuid, height, hash_])


def in_vietnam(minute: str) -> str:
    """Return an entry's time as people write it, in Vietnam's time (UTC+7): `22/11/2026 15:05`; empty stays empty."""
    return (datetime.strptime(minute, _FORM) + timedelta(hours=7)).strftime("%d/%m/%Y %H:%M") if minute else ""


def _each(of: Any, lines: Iterable[bytes], where: str) -> Iterable[Any]:
    return (of(_line(raw, f"{where} {i}"), f"{where} {i}") for i, raw in enumerate(lines, start=1))


def _line(raw: bytes, where: str) -> Any:
    return decode(raw, where, limit=LINE_LIMIT)


def _minute(value: Any, where: str) -> str:
    """Return a UTC minute, or nothing: `2026-11-22T08:05Z`."""
    minute = string(value, where)
    try:
        if minute and (not _MINUTE.fullmatch(minute) or not datetime.strptime(minute, _FORM)):
            raise ValueError
    except ValueError:
        raise WrongShape(where, expected="yyyy-mm-ddThh:mmZ") from None
    return minute


def _short(value: Any, where: str, limit: int) -> str:
    if len(string(value, where)) > limit:
        raise WrongShape(where, expected=f"≤ {limit}")
    return str(value)


def _check_order(heads: tuple[Head, ...], where: str) -> None:
    places = [(head.height, head.round) for head in heads]
    if any(a >= b for a, b in pairwise(places)):
        raise NotSorted(f"{where}: heads")

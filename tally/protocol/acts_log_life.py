"""What a log says of one round, held against the table of phases: who moved it on, in which order, confirmed by whom.

Here live these checks. Never here: the chain (acts_log.py), or a belief that what an entry says was so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tally.i18n import marked as _
from tally.protocol.acts_log import Entry, Head, Log
from tally.protocol.errors import Refused
from tally.protocol.manifest import Manifest
from tally.protocol.phase import LIFE, Act, Phase, WrongPhase, step

CREATE, PROPOSE = "create", "propose-"
WORDS = {
    CREATE: _("Lập đợt"),
    Act.SEAL.value: _("Niêm phong"),
    Act.FREEZE.value: _("Nhận khóa của ban kiểm phiếu; đợt sẵn sàng mở"),
    Act.OPEN.value: _("Mở hòm phiếu"),
    Act.CLOSE.value: _("Chốt hòm phiếu"),
    Act.TALLY.value: _("Kiểm phiếu xong"),
    Act.CERTIFY.value: _("Xác nhận kết quả"),
    Act.ANNUL.value: _("Hủy đợt"),
}
BY_TWO = frozenset(row.act.value for row in LIFE if row.persons > 1)
CLOSED = frozenset({Phase.CLOSED, Phase.TALLIED, Phase.CERTIFIED})


class LogLife(Refused):
    """The log tells a life that no round has: acts out of order, or without the second person."""

    code = "LOG_LIFE"
    text = _("Việc “{act}” trong nhật ký không đúng trình tự của một đợt: {reason}.")


class LogUnsigned(Refused):
    """No signed head of the round covers the act after which there must be one: what is newer could be replaced."""

    code = "LOG_UNSIGNED"
    text = _("Không có chữ ký nào của đợt này ở mục này hay sau đó: phần cuối nhật ký có thể bị thay.")


@dataclass(frozen=True, slots=True)
class Moved:
    """An act that moved the round's phase, and who proposed it where two persons must agree."""

    entry: Entry
    proposed_by: str


@dataclass(frozen=True, slots=True)
class Life:
    """The phase that the round has reached, the acts that led there, its signed heads."""

    phase: Phase
    moves: tuple[Moved, ...]
    heads: tuple[Head, ...]


def check_round(log: Log, manifest: Manifest, where: str = "log", *, closed: bool = False) -> Life:
    """Check chain, heads and life of this round; `closed` asks that its box was closed and signed for since.

    Raises AuditBroken, LogCut, BadSignature, LogLife, LogUnsigned naming the entry. Source: SPEC 5.17.
    """
    log.check_chain(where)
    heads = log.check_heads(manifest.uuid, manifest.log_key, where)
    phase, moves = _live(log.about(manifest.uuid), manifest.uuid, where)
    last = moves[-1].entry
    if phase is Phase.DRAFT or (closed and phase not in CLOSED):
        raise _wrong(last, where, _("đợt chưa tới bước này"))
    needed = next((m.entry for m in moves if m.entry.act == Act.CLOSE.value), last) if closed else last
    if not any(head.height >= needed.height for head in heads):
        raise LogUnsigned(f"{where}: entry {needed.height}")
    return Life(phase, moves, heads)


def _live(entries: Iterable[Entry], uuid: str, where: str) -> tuple[Phase, tuple[Moved, ...]]:
    """Follow the table of phases through the entries whose subject is the round and nothing else."""
    phase: Phase | None = None
    moves: list[Moved] = []
    proposed: dict[str, str] = {}
    for entry in entries:
        if entry.subject != uuid:
            continue
        if entry.act.startswith(PROPOSE):
            proposed[entry.act.removeprefix(PROPOSE)] = entry.actor
        elif entry.act in WORDS:
            first = proposed.get(entry.act, "") if entry.act in BY_TWO else ""
            phase = _next(phase, entry, first, where)
            moves.append(Moved(entry, first))
            proposed.clear()  # no proposal survives the phase it was made in
    if phase is None:
        raise LogLife(where, act=WORDS[CREATE], reason=_("nhật ký này không có đợt này"))
    return phase, tuple(moves)


def _next(phase: Phase | None, entry: Entry, proposed_by: str, where: str) -> Phase:
    if (phase is None) is not (entry.act == CREATE):
        raise _wrong(entry, where, _("đợt phải được lập đúng một lần, trước mọi việc khác"))
    if phase is None:
        return Phase.DRAFT
    try:
        row = step(Act(entry.act), phase)
    except WrongPhase:
        raise _wrong(entry, where, _("giai đoạn lúc đó không cho phép")) from None
    if entry.act in BY_TWO and proposed_by in ("", entry.actor):
        raise _wrong(entry, where, _("thiếu người thứ hai"))
    return row.target


def _wrong(entry: Entry, where: str, reason: str) -> LogLife:
    return LogLife(f"{where}: entry {entry.height}", act=WORDS[entry.act], reason=reason)

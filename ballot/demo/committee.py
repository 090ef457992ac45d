"""The counting committee of a demonstration: its members' tools, each run as the member would run it.

Here lives the order of their commands. Never here: a share; the tools keep them in their key files.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from ballot.demo import tools
from ballot.demo.hall import MEMBERS, SEATS, Hall
from tally.i18n import marked as _
from tally.protocol.encoding import grouped


def make_key(hall: Hall) -> None:
    """Let the members make the key by file exchange and pass the opening test."""
    finish = ("committee", "finish", hall.exchange, *(word for m in MEMBERS for word in ("--member", m)))
    acts: list[Callable[[], object]] = [
        lambda: _members(hall, "join", *(("--member", seat) for seat in SEATS)),
        lambda: _members(hall, "next"),  # commitments
        lambda: _members(hall, "next"),  # reveals
        lambda: _members(hall, "next"),  # public keys
        lambda: tools.run("keys", *finish),
        lambda: _members(hall, "next"),  # nonces
        lambda: tools.run("keys", "committee", "call", hall.exchange),
        lambda: _members(hall, "next"),  # opening tests
    ]
    for act in hall.stage.each(acts, _("Ban kiểm phiếu tạo khóa 2 trên 3 và thử khóa")):
        act()


def _members(hall: Hall, command: str, *extra: Sequence[object]) -> None:
    options = extra or ((),) * len(SEATS)
    commands = [
        ("keys", "trustee", command, hall.exchange, hall.trustee_key(seat), *more)
        for seat, more in zip(SEATS, options, strict=True)
    ]
    tools.run_all(commands, passphrases=[hall.passphrase] * len(commands))


def decrypt(hall: Hall, record: Path, root: str, seats: Sequence[int]) -> list[Path]:
    """Let some members decrypt the sums; each tool verifies the whole record first."""
    for seat in hall.stage.each(seats, _("Thành viên kiểm chứng toàn bộ hồ sơ rồi giải mã tổng")):
        arguments = (record, hall.trustee_key(seat), "--root", grouped(root), "--out", hall.parts)
        tools.run("keys", "trustee", "decrypt", *arguments, passphrase=hall.passphrase)
    return sorted(hall.parts.iterdir())

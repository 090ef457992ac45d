"""Passwords of accounts: what one is worth, how it is kept, and a one-time one by chance.

Here live Argon2id and the measure. Never here: a password kept, logged, or quoted in a refusal.
"""

from __future__ import annotations

import secrets
import unicodedata
from collections.abc import Sequence
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from keys.passphrase import LEAST_GUESSES, guesses
from tally.i18n import marked as _
from tally.protocol.errors import Refused

HASHER = PasswordHasher()
LEAST_CHARACTERS, MOST_CHARACTERS = 12, 200
MOST_TYPED = 5 * MOST_CHARACTERS
"""Characters that are read of what was typed: none composes to fewer than a quarter, so more are too many in any form.

Whoever has no account may type: half a megabyte of marks would take minutes to compose (tally/protocol/composing.py).
"""
TURNS = BoundedSemaphore(4)
"""So many are hashed at a time in a process: each takes 64 MiB, and all its threads at once would take gigabytes."""
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Letters and digits that nobody mistakes for another on paper."""
GROUPS, IN_A_GROUP = 4, 4
_NOBODY = HASHER.hash("nobody has this password, and checking it takes as long as any")


class WeakPassword(Refused):
    """Too short, or too long to be typed."""

    code = "WEAK_PASSWORD"
    text = _("Mật khẩu cần từ {least} đến {most} ký tự. Mật khẩu cũ vẫn giữ nguyên.")


class GuessablePassword(Refused):
    """Long enough, but made of what people try first."""

    code = "PASSWORD_GUESSABLE"
    text = _("Mật khẩu này dễ đoán: xin chọn vài từ không liên quan nhau, không dùng tên, ngày sinh hay tên đơn vị.")


def check_length(password: str) -> None:
    """Raise WeakPassword."""
    if not LEAST_CHARACTERS <= len(_written(password)) <= MOST_CHARACTERS:
        raise WeakPassword("password", least=LEAST_CHARACTERS, most=MOST_CHARACTERS)


def check_strength(password: str, *, known: Sequence[str]) -> None:
    """Refuse a password that is short or could be guessed; `known` is what others know of whose it is.

    Raises WeakPassword, GuessablePassword. Source: threats A22.
    """
    check_length(password)
    if guesses(_written(password), known) < LEAST_GUESSES:
        raise GuessablePassword("password")


def hashed(password: str) -> str:
    """Return what is kept of a password: an Argon2id hash with its salt."""
    with TURNS:
        return HASHER.hash(_written(password))


def is_right(kept: str | None, password: str) -> bool:
    """Say whether this is the password; the same work is done where there is no account to keep one. Threats H16."""
    try:
        with TURNS:
            return HASHER.verify(kept or _NOBODY, _written(password)) and kept is not None
    except (VerifyMismatchError, InvalidHashError):
        return False


def drawn() -> str:
    """Return four groups of four letters and digits by chance, 79 bits: to be handed over once, on paper."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(IN_A_GROUP)) for _ in range(GROUPS))


def _written(password: str) -> str:
    """Return one spelling: the same marks typed on two systems are one password."""
    return unicodedata.normalize("NFC", password[:MOST_TYPED]).encode("utf-8", "replace").decode("utf-8")

"""A PKCS#11 token: where it is, how this process logs in to it, and what its refusals mean in our words.

Here lives the one session that this process holds with a token. Never here: a PIN kept, shown or put into an error;
what the token's keys are used for.

Login belongs to a process and a token, not to a session: a second login fails, and two libraries in one process fight.
So whoever uses a token here shares one session, and takes its lock for every call.
"""

from __future__ import annotations

import hashlib
import hmac
import importlib
import os
import secrets
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from keys import disk, modes
from keys.errors import Pkcs11Missing, TokenMissing, TokenRefused
from tally.i18n import marked as _

_ABSENT = ("NoSuchToken", "TokenNotPresent", "TokenNotRecognised", "DeviceRemoved", "SlotIDInvalid", "SlotListEmpty")
_WRONG_PIN = ("PinIncorrect", "PinInvalid", "PinLenRange")
_PIN_LIMIT = 256
WRONG_PIN = _("sai mã PIN, xin đừng thử nhiều lần vì thiết bị có thể tự khóa")
PIN_LOCKED = _("mã PIN đã bị khóa")
FORKED = _("phiên làm việc thuộc về một tiến trình khác")


@dataclass(frozen=True, slots=True)
class Token:
    """Where a token is: its PKCS#11 library, its label, and a file of mode 0600 with the user PIN on its first line."""

    module: Path
    label: str
    pin_file: Path


class Session:
    """The session of this process with one token; `holders` are those who use it, `lock` serves one call at a time."""

    def __init__(self, raw: Any, pin_mark: bytes) -> None:
        self.raw = raw
        self.lock = threading.RLock()
        self.holders = 1
        self.pin_mark = pin_mark
        self.process = os.getpid()

    @contextmanager
    def calling(self) -> Iterator[Any]:
        """Give the session to one thread and translate what the token says. Raises TokenMissing, TokenRefused."""
        if os.getpid() != self.process:
            raise TokenRefused("token", reason=FORKED)
        with self.lock, translated("token"):
            yield self.raw


_sessions: dict[tuple[str, str], Session] = {}
_guard = threading.Lock()
_mark_key = secrets.token_bytes(32)


def pkcs11() -> Any:
    """Return the module python-pkcs11, which only those need who own a token. Raises Pkcs11Missing."""
    try:
        return importlib.import_module("pkcs11")
    except ImportError:
        raise Pkcs11Missing("hsm") from None


def log_in(token: Token) -> Session:
    """Return the session with this token, opened now or shared; give it back with `log_out`.

    Raises Pkcs11Missing, TokenMissing, TokenRefused (also for a PIN other than the one that opened the shared session),
    KeyFileExposed, KeyFolderExposed, KeyFileMissing, InsideRepository.
    """
    library, pin = pkcs11(), _read_pin(token.pin_file)
    mark = hmac.digest(_mark_key, pin.encode(), "sha256")
    place = (_library(token), token.label)
    with _guard, translated(token.label):
        found = _sessions.get(place)
        if found is None or found.process != os.getpid():
            opened = _find(library, token).open(rw=True, user_pin=pin, attribute_mapper=_mapper(library))
            _sessions[place] = session = Session(opened, mark)
            return session
        if not hmac.compare_digest(found.pin_mark, mark):
            raise TokenRefused(token.label, reason=WRONG_PIN)
        found.holders += 1
        return found


def log_out(session: Session) -> None:
    """Give a session back; the last holder closes it, and the token asks for the PIN again."""
    with _guard, session.lock:
        session.holders -= 1
        if session.holders > 0:
            return
        for place in [place for place, known in _sessions.items() if known is session]:
            del _sessions[place]
        with translated("token"):
            session.raw.close()


@contextmanager
def logged_in(token: Token) -> Iterator[Session]:
    """Hold the session for one act. Raises what `log_in` raises."""
    session = log_in(token)
    try:
        yield session
    finally:
        log_out(session)


@contextmanager
def translated(where: str) -> Iterator[None]:
    """Turn what the library raises into our errors, by its class alone: its text could quote what it was given."""
    library = pkcs11()
    try:
        yield
    except library.PKCS11Error as error:
        name = type(error).__name__
    else:
        return
    if name in _ABSENT:
        raise TokenMissing(where) from None
    reason = {"PinLocked": PIN_LOCKED}.get(name, WRONG_PIN if name in _WRONG_PIN else name)
    raise TokenRefused(where, reason=reason) from None


def _find(library: Any, token: Token) -> Any:
    try:
        return library.lib(_library(token)).get_token(token_label=token.label)
    except library.PKCS11Error:
        raise TokenMissing(token.label) from None


def _library(token: Token) -> str:
    """Return the library's own path: python-pkcs11 takes a second name of the same file for another library."""
    return str(token.module.resolve())


def _read_pin(path: Path) -> str:
    disk.check_outside_repository(path)
    raw = disk.read(path, limit=_PIN_LIMIT)
    modes.check_file(path)
    try:
        return raw.decode("utf-8").partition("\n")[0].rstrip("\r")
    except UnicodeDecodeError:  # its text would quote the PIN
        raise TokenRefused(path.name, reason=WRONG_PIN) from None


def _mapper(library: Any) -> Any:
    """Teach the library the one attribute it lacks: the list of mechanisms that a key may be used with."""
    mapper = importlib.import_module("pkcs11.attributes").AttributeMapper()
    size = struct.calcsize("@L")
    mapper.register_handler(
        library.Attribute.ALLOWED_MECHANISMS,
        lambda mechanisms: struct.pack(f"@{len(mechanisms)}L", *mechanisms),
        lambda raw: struct.unpack(f"@{len(raw) // size}L", raw),
    )
    return mapper


def fingerprint_of_label(label: str) -> bytes:
    """Return the identifier (CKA_ID) that ties the two halves of a pair together: 20 bytes of a hash of the label."""
    return hashlib.sha256(label.encode()).digest()[:20]

"""The second factor (TOTP, RFC 6238): enrolled by a code, each code used once, ten recovery codes for a lost device.

Here live its making and its checking. Never here: a secret in clear at rest, in a log or in an exception.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass

import pyotp
from nacl.exceptions import CryptoError
from nacl.secret import SecretBox
from sqlalchemy import delete
from sqlalchemy.orm import Session

from ballot import key_files
from ballot.acts import Actor
from ballot.house import House
from ballot.identity.passwords import drawn
from ballot.log import audit
from ballot.models.registry.accounts import Account, RecoveryCode
from ballot.storage import reading, writing
from keys.signers import machine_secret
from tally.i18n import marked as _
from tally.protocol.errors import Refused

_SECRET_LABEL = b"phieu-tin-nhiem/v1/factor-secret|"
_CODE_LABEL = b"phieu-tin-nhiem/v1/recovery-code|"
STEP, WINDOW = 30, (-1, 0, 1)
"""Seconds of a code, and how far the clocks of two machines may be apart, in codes."""
RECOVERY_CODES = 10
ISSUER = "Phieu tin nhiem"
"""What an authenticator shows above the login; without marks, which some of them garble."""
OBLIGED = ("administrator", "organiser")


class CodeRefused(Refused):
    """Not the code that the new device shows."""

    code = "CODE_REFUSED"
    text = _("Mã không khớp. Xin kiểm tra đồng hồ của điện thoại, đợi mã mới rồi nhập lại; chưa có gì thay đổi.")


class FactorNeeded(Refused):
    """The installation obliges this role to have one."""

    code = "FACTOR_NEEDED"
    text = _("Nơi này bắt buộc xác thực hai bước với nhiệm vụ của quý vị nên không tắt được.")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What a device needs to show codes: typed by groups of four, or as the address that the QR code holds."""

    typed: str
    address: str


def is_owed(house: House, *, role: str, enrolled: bool) -> bool:
    """Say whether this account must still get a second factor before anything else."""
    return house.config.second_factor_required and role in OBLIGED and not enrolled


# --- at the login -------------------------------------------------------------------------------------------------


def use(house: House, session: Session, account: Account, code: str, *, now: int) -> bool:
    """Say whether `code` opens this account, and use it up; an account without a second factor needs none."""
    if account.totp is None:
        return True
    typed = "".join(code.split()).casefold()
    if not (typed.isascii() and typed.isdigit()):
        return _use_recovery_code(session, account, typed)
    try:
        return _use_step(account, _opened(house, account.id, account.totp), typed, now=now)
    except CodeRefused:  # the login tells no more than that it failed
        return False


def _use_step(account: Account, secret: str, typed: str, *, now: int) -> bool:
    codes, current = pyotp.TOTP(secret), now // STEP
    for step in (current + away for away in WINDOW):
        if step > account.totp_step and hmac.compare_digest(
            codes.generate_otp(step).encode(), typed.encode("utf-8", "replace")
        ):
            account.totp_step = step  # neither this code nor an older one is taken again
            return True
    return False


def _use_recovery_code(session: Session, account: Account, typed: str) -> bool:
    row = session.get(RecoveryCode, (account.id, _digest(account.id, typed)))
    if row is None:
        return False
    session.delete(row)
    audit.record(session, account.organisation_id, actor=account.login, act="recovery-code-used", subject=account.login)
    return True


# --- on one's own page --------------------------------------------------------------------------------------------


def begin(house: House, actor: Actor) -> None:
    """Draw a secret for a new device; the old one holds until a code of the new one was typed."""
    drawn_secret = base64.b32encode(secrets.token_bytes(20)).decode("ascii")
    with writing(house.registry) as session:
        account = session.get_one(Account, actor.account_id)
        account.totp_pending = _sealed(house, account.id, drawn_secret)


def enrolment(house: House, actor: Actor) -> Enrolment | None:
    """Return what the new device needs while no code has confirmed it."""
    with reading(house.registry) as session:
        account = session.get_one(Account, actor.account_id)
    if account.totp_pending is None:
        return None
    secret = _opened(house, account.id, account.totp_pending)
    address = pyotp.TOTP(secret).provisioning_uri(name=account.login, issuer_name=ISSUER)
    return Enrolment(" ".join(secret[i : i + 4] for i in range(0, len(secret), 4)), address)


def confirm(house: House, actor: Actor, code: str, *, now: int) -> list[str]:
    """Turn the new device on by a code that it shows; return ten recovery codes, kept nowhere in clear.

    All sessions end, for they began without it. Raises CodeRefused. Source: threats H2.
    """
    with writing(house.registry) as session:
        account = session.get_one(Account, actor.account_id)
        typed = "".join(code.split())
        pending = account.totp_pending and _opened(house, account.id, account.totp_pending)
        account.totp_step = 0 if pending else account.totp_step
        if not pending or not _use_step(account, pending, typed, now=now):
            raise CodeRefused("code")
        account.totp, account.totp_pending = account.totp_pending, None
        account.sessions += 1
        _record(session, account, actor, "second-factor-on")
        return _new_recovery_codes(session, account)


def forget_begun(house: House, actor: Actor) -> None:
    """Drop a secret that no code has confirmed."""
    with writing(house.registry) as session:
        session.get_one(Account, actor.account_id).totp_pending = None


def renew_recovery_codes(house: House, actor: Actor) -> list[str]:
    """Return ten new recovery codes; the old ones end."""
    with writing(house.registry) as session:
        account = session.get_one(Account, actor.account_id)
        _record(session, account, actor, "recovery-codes-new")
        return _new_recovery_codes(session, account)


def turn_off(house: House, actor: Actor) -> None:
    """Do without a second factor again; all sessions end. Raises FactorNeeded."""
    if is_owed(house, role=actor.role, enrolled=False):
        raise FactorNeeded("second_factor")
    with writing(house.registry) as session:
        account = session.get_one(Account, actor.account_id)
        remove(session, account)
        account.sessions += 1
        _record(session, account, actor, "second-factor-off")


def remove(session: Session, account: Account) -> None:
    """Take an account's second factor and its recovery codes away."""
    account.totp, account.totp_pending, account.totp_step = None, None, 0
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))


# --- at rest ------------------------------------------------------------------------------------------------------


def _new_recovery_codes(session: Session, account: Account) -> list[str]:
    session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account.id))
    codes = [drawn() for _number in range(RECOVERY_CODES)]
    session.add_all(RecoveryCode(account_id=account.id, code=_digest(account.id, code)) for code in codes)
    return codes


def _digest(account_id: int, code: str) -> bytes:
    """Return the hash that is kept of a recovery code: of 79 bits by chance, so stretching it would add nothing."""
    plain = code.replace("-", "").encode("utf-8", "replace")
    return hashlib.sha256(_CODE_LABEL + f"{account_id}|".encode("ascii") + plain).digest()


def _sealed(house: House, account_id: int, secret: str) -> bytes:
    return bytes(_box(house).encrypt(f"{account_id}|{secret}".encode("ascii")))


def _opened(house: House, account_id: int, sealed: bytes) -> str:
    """Return the secret that was sealed for this account. Raises CodeRefused: sealed elsewhere, or for another."""
    try:
        owner, _bar, secret = _box(house).decrypt(sealed).decode("ascii").partition("|")
    except (CryptoError, ValueError):
        raise CodeRefused("second_factor") from None
    if owner != str(account_id):
        raise CodeRefused("second_factor")
    return secret


def _box(house: House) -> SecretBox:
    secret = machine_secret(house.config.keys / key_files.TOTP)
    return SecretBox(hashlib.sha256(_SECRET_LABEL + secret.encode("ascii")).digest())


def _record(session: Session, account: Account, actor: Actor, act: str) -> None:
    audit.record(session, account.organisation_id, actor=actor.login, act=act, subject=account.login)

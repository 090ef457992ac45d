"""Who works here: organisations, their accounts, and the codes in place of a second factor that was lost.

Here lives who may log in. Never here: a voter, who has no account, or a round.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import one_of
from ballot.models.registry.base import RegistryBase

ROLES = ("administrator", "organiser", "desk", "issuer", "observer", "reader")


class Organisation(RegistryBase):
    """A committee, council or agency that holds rounds in this installation, and sees nothing of any other.

    `uuid` begins its audit log.
    """

    __tablename__ = "organisation"
    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[str] = mapped_column(String(40), unique=True)
    name: Mapped[str] = mapped_column(String(400), unique=True)


class Account(RegistryBase):
    """Somebody of one organisation who may log in; `sessions` counts log-outs, which end every session.

    `password` is an Argon2id hash, and `temporary` says that it was made for them and must be changed. `authority`
    names the managing authority whose results a reader may see, else it is empty. `totp` is the sealed secret of a
    second factor, `totp_pending` one that no code has confirmed yet, and `totp_step` the last time step that was used
    up. `subject` is who this is at the identity provider, where one is used. `language` is empty until one was chosen.
    """

    __tablename__ = "account"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="account_organisation"))
    login: Mapped[str] = mapped_column(String(60), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    password: Mapped[str] = mapped_column(String(200))
    temporary: Mapped[bool]
    sessions: Mapped[int]
    active: Mapped[bool]
    authority: Mapped[str] = mapped_column(String(400))
    totp: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_pending: Mapped[bytes | None] = mapped_column(LargeBinary)
    totp_step: Mapped[int]
    subject: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(10))
    __table_args__ = (
        one_of("role", ROLES, name="account_role_known"),
        UniqueConstraint("subject", name="account_subject_once"),
    )


class RecoveryCode(RegistryBase):
    """A one-time code in place of a second factor that was lost, by its hash; a used one is deleted."""

    __tablename__ = "recovery_code"
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="recovery_code_account"), primary_key=True)
    code: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)

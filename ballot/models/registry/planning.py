"""What is prepared before a round exists: drafts of the wizard, and lists that were read but not yet taken over.

Here lives what may still be thrown away. Never here: anything that a sealed round depends on.
"""

from __future__ import annotations

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from ballot.models.columns import one_of
from ballot.models.registry.base import RegistryBase


class Draft(RegistryBase):
    """A round in the making: `content` is canonical JSON, `revision` grows with every change.

    `edited_by` saved last. `proposed_by` asked for the approval, or for the change in `proposed` once it was approved;
    `approved_by` approved it, and `approved` is the plan as it was approved. `round_uuid` names the round that was made
    of it, or is empty.
    """

    __tablename__ = "draft"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="draft_organisation"))
    uuid: Mapped[str] = mapped_column(String(40), unique=True)
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(String(12))
    content: Mapped[bytes] = mapped_column(LargeBinary)
    edited_by: Mapped[str] = mapped_column(String(60))
    proposed: Mapped[bytes | None] = mapped_column(LargeBinary)
    proposed_by: Mapped[str] = mapped_column(String(60))
    approved: Mapped[bytes | None] = mapped_column(LargeBinary)
    approved_by: Mapped[str] = mapped_column(String(60))
    round_uuid: Mapped[str] = mapped_column(String(40))
    __table_args__ = (one_of("state", ("drafting", "approved", "made"), name="draft_state_known"),)


class StagedList(RegistryBase):
    """A list that was read from a file and shown, waiting for its reader's yes; `digest` names what was shown."""

    __tablename__ = "staged_list"
    id: Mapped[int] = mapped_column(primary_key=True)
    organisation_id: Mapped[int] = mapped_column(ForeignKey("organisation.id", name="staged_list_organisation"))
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", name="staged_list_account"))
    token: Mapped[str] = mapped_column(String(40), unique=True)
    kind: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    digest: Mapped[str] = mapped_column(String(64))
    content: Mapped[bytes] = mapped_column(LargeBinary)

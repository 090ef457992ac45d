"""Everything that a document of a round may say, in one value.

Here lives its making from a verified record. Never here: a sentence that is printed, or a page.

Documents are Vietnamese whatever language a screen speaks: who signs must sign what everybody else reads, and the same
record and minutes must give the same bytes everywhere (SPEC 5.20).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from tally.comparison import Comparison
from tally.i18n import DEFAULT, speak, stop_speaking
from tally.outcome import Outcome
from tally.protocol.committee import Member
from tally.protocol.minutes import Minutes, Signatory
from tally.protocol.override import Override
from tally.protocol.ruleset import STATE
from tally.screen import verdict
from tally.sitting import comparison_of
from tally.slips import SlipCounts
from tally.verify import VerifiedRecord


@dataclass(frozen=True, slots=True)
class Papers:
    """What documents are made of. Without `minutes` they are drafts, with dots where people write by hand.

    A round that was counted on paper has no `slips`, an empty `record_hash` and no `comparison`. The `verdict` of this
    run depends on what was typed with it, so nothing that is signed prints it.
    """

    outcome: Outcome
    minutes: Minutes | None
    members: tuple[Member, ...]
    slips: SlipCounts | None
    record_hash: str
    verdict: str
    overrides: tuple[Override, ...] = ()
    comparison: Comparison | None = None

    @classmethod
    def of(cls, verified: VerifiedRecord, minutes: Minutes | None) -> Papers:
        """Take them from a verified record and from minutes. Raises Mismatch where they are about another record."""
        e = verified.evidence
        with in_vietnamese():
            return cls(
                outcome=verified.outcome,
                minutes=minutes,
                members=e.committee.members,
                slips=SlipCounts.of(e.issuance, e.credentials, e.spoiled),
                record_hash=e.record.hash,
                verdict=verdict(verified),
                overrides=e.opening.overrides,
                comparison=comparison_of(verified, minutes) if minutes else None,
            )

    @property
    def draft(self) -> bool:
        """Whether nobody has written the minutes yet, or their numbers differ from the record: nothing to be signed."""
        return self.minutes is None or (self.comparison is not None and not self.comparison.agrees)

    @property
    def state(self) -> bool:
        """Whether the layout is that of state documents, else that of Party documents."""
        return self.outcome.round.rules.layout == STATE

    @property
    def electronic(self) -> bool:
        """Whether there is a record, or the round was counted on paper."""
        return self.outcome.seal is not None

    @property
    def signers(self) -> tuple[tuple[int, Member], ...]:
        """Who signs, by number, the head first: as the minutes say, else every member."""
        numbered = tuple(enumerate(self.members, start=1))
        if self.minutes is None:
            return numbered
        return tuple((s.owner, dict(numbered)[s.owner]) for s in self.minutes.signers if s.owner <= len(numbered))

    @property
    def signed_by_key(self) -> bool:
        """Whether signers have certificates, so that documents need fields; else they are signed on paper only."""
        chosen: tuple[Signatory, ...] = self.minutes.signers if self.minutes else ()
        return bool(chosen) and all(s.certificate for s in chosen)


@contextmanager
def in_vietnamese() -> Iterator[None]:
    """Speak Vietnamese within, whatever the screen speaks."""
    token = speak(DEFAULT)
    try:
        yield
    finally:
        stop_speaking(token)

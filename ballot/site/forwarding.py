"""Handing on what a site holds: in no order of arrival, in small shuffled batches, until the box has answered to all.

Here lives one turn (the thread of turns is forwarder.py). Never here: a ballot forgotten because it was refused.

Every step may be cut off anywhere: a ballot is held until the box's signed receipt, or its refusal, is on this disk,
and the box gives the same bytes the same receipt however often they come.

    held ──receipt of the box──> final            held ──definite refusal──> refused (a case for two persons)
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence

from sqlalchemy import func, select, update

from ballot.models.site import FINAL, HELD, REFUSED, TAKING, HeldBallot, HeldTest, SiteRound
from ballot.round_errors import StagingFull
from ballot.site.errors import BoxAway, BoxRefused, BoxUnclear
from ballot.site.fetching import Course, keep_up, renew_list
from ballot.site.house import SiteHouse
from ballot.site.line import Line
from ballot.site.rounds import look_up
from ballot.storage import reading, writing
from tally.protocol.ballot import Ballot
from tally.protocol.election import Election
from tally.protocol.errors import CodedError, TallyError
from tally.protocol.manifest import Manifest
from tally.protocol.padding import padded
from tally.protocol.receipt import Receipt

BATCH = 10
LEAST = 5
"""While a site takes ballots, fewer than these wait for company, but only for a few turns (threats K5)."""
OPEN_PHASES = ("ready", "voting")
_CHANCE = secrets.SystemRandom()


def turn(house: SiteHouse, uuid: str, line: Line, *, alone: bool = True) -> bool:
    """Follow the box, hand on what is held, and return whether the line is up; a trouble is noted, not raised.

    A box with another list, which lost a void, say, gets what is held all the same: the box decides what it takes.
    Unless `alone`, fewer than LEAST are left for a later turn while this site still takes ballots.
    """
    state = house.line_of(uuid)
    try:
        course = keep_up(house, uuid, line)
        trouble, ended = _trouble_with_list(house, uuid, line, course), course.phase not in OPEN_PHASES
        if course.phase != "ready":
            for batch in _batches(house, uuid, alone=alone):
                _hand_on_batch(house, uuid, line, batch, ended=ended)
            _hand_on_tests(house, uuid, line, ended=ended)
    except CodedError as error:
        trouble = error
    state.note(_code(trouble) if trouble else "")
    return state.up is True


def _trouble_with_list(house: SiteHouse, uuid: str, line: Line, course: Course) -> CodedError | None:
    """Renew the list; return what is wrong with it: no ballot waits for that. Raises BoxAway where nobody answers."""
    try:
        renew_list(house, uuid, line, course)
    except CodedError as error:
        if _nobody_answers(error):
            raise
        return error
    return None


def _nobody_answers(error: CodedError) -> bool:
    """Say whether it is of no use to ask for anything else."""
    return isinstance(error, BoxAway) and "said" not in error.details


def _code(error: CodedError) -> str:
    return str(error.details.get("said", error.code))


def _batches(house: SiteHouse, uuid: str, *, alone: bool) -> Iterator[Sequence[bytes]]:
    """Yield hashes of held ballots: by hash, cut into batches, each shuffled; what comes meanwhile waits for a turn."""
    with reading(house.engine) as session:
        wanted = select(HeldBallot.hash).filter_by(uuid=uuid, state=HELD).order_by(HeldBallot.hash)
        hashes = list(session.scalars(wanted))
        taking = session.get_one(SiteRound, uuid).state == TAKING
    if taking and not alone and len(hashes) < LEAST:
        return
    for start in range(0, len(hashes), BATCH):
        batch = hashes[start : start + BATCH]
        _CHANCE.shuffle(batch)
        yield batch


def _hand_on_batch(house: SiteHouse, uuid: str, line: Line, batch: Sequence[bytes], *, ended: bool) -> None:
    """Send a batch; an answer that is none keeps only its own ballot waiting. Raises BoxAway, BoxUnclear."""
    trouble: BoxAway | BoxUnclear | None = None
    for digest in batch:
        try:
            _hand_on(house, uuid, line, digest, ended=ended)
        except (BoxAway, BoxUnclear) as error:
            if _nobody_answers(error):
                raise
            trouble = error
    if trouble is not None:
        raise trouble


def _hand_on(house: SiteHouse, uuid: str, line: Line, digest: bytes, *, ended: bool) -> None:
    """Send one ballot and note what the box says. Raises BoxAway, BoxUnclear: it is then still held."""
    row = look_up(house, uuid)
    with reading(house.engine) as session:
        raw = session.get_one(HeldBallot, (uuid, digest)).raw
    body = padded(raw, Election.parse(row.election))
    try:
        receipt = line.post(f"/dot/{uuid}/phieu", body)
    except BoxRefused as refused:
        reason = str(refused.details["reason"])
        receipt = _receipt_of_earlier(line, uuid, body) if reason == "WRONG_PHASE" else None
        if receipt is None and (ended or reason != "WRONG_PHASE"):
            _note_refused(house, uuid, digest, reason)
        if receipt is None:
            return
    _note_final(house, uuid, digest, _checked(receipt, Manifest.parse(row.manifest), Ballot.parse(raw)))


def _receipt_of_earlier(line: Line, uuid: str, body: bytes) -> object | None:
    """Return the receipt of a ballot whose first answer was lost before the box closed, if it is in there."""
    try:
        said = line.post(f"/dot/{uuid}/bien-nhan", body)
    except BoxRefused:
        return None
    return said.get("receipt") if isinstance(said, dict) else None


def _checked(value: object, manifest: Manifest, ballot: Ballot) -> Receipt:
    """Believe a receipt only when the box of this round signed it for this ballot. Raises BoxUnclear."""
    try:
        receipt = Receipt.parse(value)
        receipt.check(manifest)
    except TallyError:
        raise BoxUnclear("receipt") from None
    if receipt.tracker != ballot.tracker:
        raise BoxUnclear("receipt")
    return receipt


def _note_final(house: SiteHouse, uuid: str, digest: bytes, receipt: Receipt) -> None:
    _note(house, uuid, digest, state=FINAL, receipt=bytes.fromhex(receipt.signature))


def _note_refused(house: SiteHouse, uuid: str, digest: bytes, reason: str) -> None:
    _note(house, uuid, digest, state=REFUSED, refusal=reason[:60])


def _note(house: SiteHouse, uuid: str, digest: bytes, **values: object) -> None:
    """Note an answer for a ballot that is still held: two forwarders may have asked, and the first note stays."""
    with writing(house.engine) as session:
        session.execute(update(HeldBallot).filter_by(uuid=uuid, hash=digest, state=HELD).values(**values))


def _hand_on_tests(house: SiteHouse, uuid: str, line: Line, *, ended: bool) -> None:
    """Send the drafts that were opened to test a terminal, so that the box never takes them as ballots.

    A box that keeps as many as a round may have refuses more for good, and no ballot waits for that. Raises BoxAway.
    """
    with reading(house.engine) as session:
        rows = list(session.scalars(select(HeldTest).filter_by(uuid=uuid, state=HELD).order_by(HeldTest.commit_code)))
    _CHANCE.shuffle(rows)
    for row in rows:
        values: dict[str, str] = {"state": FINAL}
        try:
            line.post(f"/dot/{uuid}/kiem-tra", row.opened)
        except BoxRefused as refused:
            reason = str(refused.details["reason"])
            if reason == "WRONG_PHASE" and not ended:
                continue
            values = {"state": REFUSED, "refusal": reason[:60]}
        except BoxAway as away:
            if _code(away) != StagingFull.code:
                raise
            values = {"state": REFUSED, "refusal": StagingFull.code}
        with writing(house.engine) as session:
            session.execute(update(HeldTest).filter_by(uuid=uuid, commit_code=row.commit_code).values(**values))


def try_refused_again(house: SiteHouse, uuid: str) -> None:
    """Hold again what the box has refused, when two persons have found out why and mended it."""
    with writing(house.engine) as session:
        again = update(HeldBallot).filter_by(uuid=uuid, state=REFUSED).values(state=HELD, refusal="")
        session.execute(again)


def count_held(house: SiteHouse, uuid: str) -> int:
    """Return how many ballots and opened drafts the box has not answered to."""
    with reading(house.engine) as session:
        return sum(
            session.scalar(select(func.count()).select_from(table).filter_by(uuid=uuid, state=HELD)) or 0
            for table in (HeldBallot, HeldTest)
        )

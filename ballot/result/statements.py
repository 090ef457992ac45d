"""Members' statements which certificate is theirs, as they come in: report/signer-K.json.

Here live the taking in and the reading. Never here: a certificate, a private key, or a statement that was not checked
against the committee of the record. SPEC 4.18.
"""

from __future__ import annotations

import re

from ballot.acts import Actor, find_round
from ballot.house import House
from ballot.log import audit
from ballot.result import signatures
from ballot.result.comparing import check_time
from ballot.storage import writing
from ballot.whole_files import write_whole
from tally.i18n import marked as _
from tally.i18n import translate
from tally.protocol.committee import Committee
from tally.protocol.errors import Incomplete
from tally.protocol.signer import SignerStatement
from tally.record import CLOSING, COMMITTEE, REPORT

STATEMENT = re.compile(r"signer-([1-9])\.json\Z")


def committee(house: House, uuid: str) -> Committee:
    """Return the committee of a written record. Raises Incomplete."""
    record = house.record(uuid)
    if not (record / CLOSING).is_file():
        raise Incomplete("record", missing=CLOSING)
    return Committee.parse((record / COMMITTEE).read_bytes())


def statements(house: House, uuid: str) -> dict[int, SignerStatement]:
    """Return the statements that have come in, by member."""
    report = house.record(uuid) / REPORT
    paths = sorted(p for p in report.iterdir() if STATEMENT.match(p.name)) if report.is_dir() else []
    return {one.owner: one for one in (SignerStatement.parse(path.read_bytes()) for path in paths)}


def certificates(house: House, uuid: str) -> dict[int, str]:
    """Return the SHA-256 of each member's certificate, by member."""
    return {owner: one.certificate for owner, one in statements(house, uuid).items()}


def keep(house: House, uuid: str, raw: bytes, actor: Actor) -> int:
    """Check a statement against the committee of the record, keep it, and return whose it is.

    Raises WrongPhase, Incomplete, AlreadySigned, Mismatch, BadSignature and reading errors. Source: SPEC 4.18.
    """
    where = translate(_("Tờ khai chứng thư"))
    said = SignerStatement.parse(raw, where)
    said.check(committee(house, uuid), where)
    with writing(house.registry) as session:
        row = find_round(session, uuid)
        check_time(house, row)
        signatures.check_unsigned(house, uuid)
        path = house.record(uuid) / REPORT / f"signer-{said.owner}.json"
        path.parent.mkdir(exist_ok=True)
        write_whole(path, raw)
        audit.record(session, row.organisation_id, actor=actor.login, act="keep-signer", subject=f"{uuid} {said.owner}")
    return said.owner

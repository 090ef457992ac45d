"""What became of a slip at a site: recorded by the box, held here, refused by the box, void, or not seen here.

Here lives this one question, which only who holds the slip can ask. Never here: a trace of it; nothing is written, and
nothing is asked of the box, so that no line tells who wonders.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from ballot.models.site import REFUSED, HeldBallot
from ballot.site.casting import answer_for, rights
from ballot.site.house import SiteHouse
from ballot.site.rounds import look_up
from ballot.storage import reading
from tally.protocol.ballot import Ballot
from tally.protocol.encoding import decode, fields, sha256_hex
from tally.protocol.errors import NotListed
from tally.protocol.group import Point
from tally.protocol.holding import check_standing
from tally.protocol.proofs import Proof

LIMIT = 512


def standing(house: SiteHouse, uuid: str, body: bytes) -> dict[str, Any]:
    """Answer whoever proves to hold a slip; absent says nothing about other places.

    {"state":"recorded","receipt"} · {"state":"held","held"} · {"state":"refused","refusal"} · {"state":"void"} ·
    {"state":"absent"}. Raises NoSuchRound, BadSignature, NotListed, and reading errors. Source: SPEC 5.18.
    """
    row = look_up(house, uuid)
    m = fields(decode(body, "standing", limit=LIMIT), "standing", "credential", "proof")
    credential = Point.decode(m["credential"], "credential")
    check_standing(sha256_hex(row.manifest), credential, Proof.parse(m["proof"], "proof"), "proof")
    with reading(house.engine) as session:
        held = session.scalar(select(HeldBallot).filter_by(uuid=uuid, credential=credential.raw))
    if held is not None:
        return _of(house, uuid, held)
    known = rights(row)
    if credential not in known.listed:
        raise NotListed("credential")
    return {"state": "void" if credential in known.void else "absent"}


def _of(house: SiteHouse, uuid: str, held: HeldBallot) -> dict[str, Any]:
    if held.state == REFUSED:
        return {"state": "refused", "refusal": held.refusal}
    kept = answer_for(house, uuid, Ballot.parse(held.raw))
    if kept.final is not None:
        return {"state": "recorded", "receipt": kept.final.as_json()}
    return {"state": "held", **kept.as_json()}

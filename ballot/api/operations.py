"""Every endpoint that takes or gives JSON: what it is sent, what it answers.

Here lives the table. Never here: an endpoint for people, whose pages and forms describe themselves.
"""

from __future__ import annotations

from dataclasses import dataclass

from ballot.api import shapes as s
from ballot.box import fleet
from ballot.committee import attempts

JSON, BYTES = "application/json", "application/octet-stream"
DEVICE = s.text("^[A-Za-z0-9_-]{1,100}$")
KIND = s.one_of(*attempts.KINDS)
COUNTS = s.thing(counts=s.anything())


@dataclass(frozen=True, slots=True)
class Operation:
    """One endpoint: the body it takes, if any, and what it answers when all is well (None: nothing)."""

    takes: s.Schema | None
    gives: s.Schema | None
    status: int = 200
    mimetype: str = JSON


OPERATIONS = {
    # --- the box ---------------------------------------------------------------------------------------------------
    "casting.cast": Operation(s.BALLOT, s.RECEIPT, 201),
    "casting.test": Operation(s.OPENED, s.thing(commit=s.hex_of(32)), 201),
    "casting.stage": Operation(s.text(), s.thing(kept={"type": "boolean"}), 201, BYTES),
    "casting.void": Operation(s.VOID, s.thing(voided={"type": "boolean"})),
    "standing.ask": Operation(s.STANDING, s.STANDS),
    "fleet.hear": Operation(
        s.thing(terminal=s.text("^[A-Z]{1,2}[0-9]{1,3}$"), state=s.one_of(*fleet.STATES), call={"type": "boolean"}),
        None,
        204,
    ),
    "fleet.data": Operation(s.thing(key=s.TOKEN), s.thing(terminals=s.listed(s.anything()))),
    "booth.web_app": Operation(None, s.anything()),
    "booth.manifest": Operation(None, s.anything()),
    "booth.election": Operation(None, s.anything()),
    "for_sites.course": Operation(None, s.thing(phase=s.text(), credentials=s.hex_of(32))),
    "for_sites.committee": Operation(None, s.anything()),
    "for_sites.credentials": Operation(None, s.anything()),
    "for_sites.receipt": Operation(s.BALLOT, s.STANDS),
    "witnesses.leave": Operation(s.text(), s.thing(kept=s.anything()), 201, BYTES),
    # --- a site with a server of its own ------------------------------------------------------------------------------
    "site.cast": Operation(s.BALLOT, s.thing(held=s.RECEIPT), 202),
    "site.test": Operation(s.OPENED, s.thing(commit=s.hex_of(32)), 201),
    "site.ask": Operation(s.STANDING, s.anything()),
    "site.hear": Operation(
        s.thing(terminal=s.text("^[A-Z]{1,2}[0-9]{1,3}$"), state=s.one_of(*fleet.STATES), call={"type": "boolean"}),
        None,
        204,
    ),
    "site.beats": Operation(s.thing(key=s.TOKEN), s.thing(terminals=s.listed(s.anything()))),
    "site.web_app": Operation(None, s.anything()),
    "site.manifest": Operation(None, s.anything()),
    "site.election": Operation(None, s.anything()),
    # --- stations ---------------------------------------------------------------------------------------------------
    "station.pair": Operation(
        s.thing(code=s.text(most=40), station=s.TOKEN), s.thing(station=s.TOKEN, uuid=s.text(), desk=s.text())
    ),
    "station.manifest": Operation(None, s.anything()),
    "station.work": Operation(
        s.thing(("aside",), station=s.TOKEN, aside=s.listed(s.hex_of(16))),
        s.thing(
            desks=s.listed(s.text()),
            phase=s.text(),
            frozen={"type": "boolean"},
            freeze_key=s.text(),
            staging_key=s.text(),
            orders=s.listed(s.ORDER),
        ),
    ),
    "station.issue": Operation(
        s.thing(authorisation=s.TOKEN, blinded=s.listed(s.hex_of(384), most=3)),
        s.thing(signatures=s.listed(s.hex_of(384), most=3), staging_key=s.text()),
    ),
    "station.done": Operation(
        s.thing(station=s.TOKEN, order=s.hex_of(16), state=s.one_of("delivered", "printed")), s.thing(state=s.text())
    ),
    "own_device.arrived": Operation(s.thing(permission=s.TOKEN), s.thing(state=s.text())),
    # --- the committee's page ---------------------------------------------------------------------------------------
    "committee_page.join": Operation(
        s.thing(invitation=s.TOKEN, device=DEVICE), s.thing(uuid=s.text(), number=s.whole(1, 9))
    ),
    "committee_page.state": Operation(s.thing(device=DEVICE, revision=s.whole(-1, 2**31)), s.anything()),
    "committee_page.manifest": Operation(None, s.anything()),
    "committee_page.committee": Operation(None, s.anything()),
    "committee_page.send": Operation(
        s.thing(device=DEVICE, attempt=s.whole(1, 2**31), kind=KIND, message=s.anything()),
        s.thing(kept={"type": "boolean"}),
    ),
    "committee_page.complain": Operation(
        s.thing(device=DEVICE, attempt=s.whole(1, 2**31), accused=s.whole(0, 9), code=s.text(most=40)),
        s.thing(kept={"type": "boolean"}),
    ),
    "committee_page.part": Operation(s.thing(device=DEVICE, part=s.anything()), s.thing(kept={"type": "boolean"})),
    # --- the registry, for pages that follow what happens -------------------------------------------------------------
    "roll.counts": Operation(None, s.anything()),
    "desk.slip": Operation(None, s.thing(words=s.text(), waiting={"type": "boolean"})),
    "desk.station": Operation(None, s.anything()),
    "committee.follow": Operation(None, s.anything()),
    "committee.manifest": Operation(None, s.anything()),
    # --- an issuer that is a process of its own ---------------------------------------------------------------------
    "issuer.prepare": Operation(s.thing(), s.thing(name=s.text(), key=s.text(), statement_key=s.hex_of(32))),
    "issuer.take_over": Operation(
        s.thing(salt=s.hex_of(32), manifest=s.text(), roll=s.listed(s.listed(s.text()))),
        s.thing(manifest=s.hex_of(32)),
    ),
    "issuer.sign": Operation(
        s.thing(kind=s.text(most=20), reference=s.text(most=60), blinded=s.hex_of(384)),
        s.thing(signature=s.hex_of(384)),
    ),
    "issuer.counts": Operation(s.thing(), COUNTS),
    "issuer.statement": Operation(s.text(), s.thing(statement=s.anything()), 200, BYTES),
}

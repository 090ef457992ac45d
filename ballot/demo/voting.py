"""Voters in booths, in Python, the twin of the booth's page: mark, encrypt, present the slip, keep the receipt.

Here lives the way of a ballot from the marks to the box. Never here: a name.
"""

from __future__ import annotations

import json

from ballot.demo.client import Browser
from ballot.demo.hall import Hall
from ballot.demo.marks import Choices, draw
from tally.i18n import marked as _
from tally.protocol.booth import Draft, cast, encrypt
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.election import Election
from tally.protocol.encoding import canonical
from tally.protocol.manifest import Manifest
from tally.protocol.padding import padded
from tally.protocol.receipt import Receipt
from tally.protocol.spoiled import OpenedBallot


def vote(hall: Hall, manifest: Manifest, slips: list[SlipCode]) -> list[Receipt]:
    """Let every voter cast over HTTP; some drafts are opened to test the terminal instead. Return the receipts."""
    box = hall.box()
    election = Election.parse(box.get(f"/dot/{manifest.uuid}/election.json"))
    ballots = draw(hall.scenario)
    for choices in ballots[: hall.scenario.tests]:
        try_terminal(box, election, encrypt(election, choices))
    pairs = list(zip(slips, ballots, strict=False))  # whoever holds a further slip does not vote
    receipts = []
    for slip, choices in hall.stage.each(pairs, _("Bỏ phiếu qua HTTP (mã hóa, chứng minh, ký; hòm kiểm và nhận)")):
        receipt = cast_ballot(box, election, slip, choices)
        receipt.check(manifest)
        receipts.append(receipt)
    return receipts


def cast_ballot(box: Browser, election: Election, slip: SlipCode, choices: Choices) -> Receipt:
    """Cast one ballot and return its receipt. Raises Answered."""
    draft = encrypt(election, choices)
    ballot = cast(election, draft, Credential.derive(slip, election.uuid))
    body = padded(ballot.encode(), election)
    return Receipt.parse(json.loads(box.post(f"/dot/{election.uuid}/phieu", body, "application/json")))


def try_terminal(box: Browser, election: Election, draft: Draft) -> str:
    """Open a draft instead of casting it (*Kiểm tra máy*); return the commit code that the box answers."""
    opened = OpenedBallot.of(draft, "B1").as_json()
    answer = box.post(f"/dot/{election.uuid}/kiem-tra", canonical(opened), "application/json")
    return str(json.loads(answer)["commit"])

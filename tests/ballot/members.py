"""A member of the committee as its page is, in Python: it speaks HTTP to the committee's host and keeps its secrets.

Here lives an honest member, and a hall whose committee is named and invited. Never here: a lie; a test tells it.

    hall, members = convened(at("issuing"))     # named by two organisers, every page has come in
    run(members)                                # until nobody has anything left to send
    admit(hall)                                 # with everything the server has collected: the round is ready
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from ballot.acts import find_round
from ballot.committee import ceremony, invitations
from ballot.committee.seats import name_members
from ballot.storage import reading
from keys.committee.ceremony import make_certificate, publish_key, receive_share, reveal
from keys.committee.memory import Memory
from keys.committee.trustee import examine, take_opening_test
from keys.errors import KeysError
from tally.checks.sums import binding
from tally.protocol.ceremony import Reveal, check_all_certificates, in_order, transcript
from tally.protocol.committee import Committee, Member
from tally.protocol.decryption import PartialDecryption, decrypt_partially
from tally.protocol.destruction import Destruction
from tally.protocol.encoding import hex_hash
from tally.protocol.errors import TallyError
from tally.protocol.manifest import Manifest
from tally.protocol.messages import Certificate
from tally.record import CHECKPOINTS, CLOSING, COMMITTEE, CREDENTIALS, ISSUANCE, MANIFEST, OPENING, SPOILED, Record
from tally.verify import ClosedRecord
from tests.ballot.client import Client, Machine
from tests.ballot.hall import Hall

T = TypeVar("T")
NOTHING: tuple[str, Any] = ("", None)


def entering(link: str, device: str = "") -> dict[str, str]:
    """Return what a page sends to come in by a link, under a token of its own."""
    return {"invitation": link.partition("#vao=")[2], "device": device or secrets.token_urlsafe(32)}


@dataclass
class PageMember:
    """A member's page: what it came in with, the ceremony it remembers, and what it says next."""

    browser: Client
    uuid: str
    number: int
    device: str = field(repr=False)
    memory: Memory | None = field(default=None, repr=False)
    attempt: int = 0

    @classmethod
    def come_in(cls, browser: Client, invitation: str) -> PageMember:
        """Come in by the link of an invitation."""
        asked = entering(invitation)
        joined = Machine(browser).post_json("/vao", asked)
        return cls(browser, joined["uuid"], joined["number"], asked["device"])

    # --- HTTP -----------------------------------------------------------------------------------------------------

    def ask(self, act: str, **values: Any) -> Any:
        """Send JSON with the device's token; raises Declined where the server refuses."""
        return Machine(self.browser).post_json(f"/dot/{self.uuid}/{act}", {"device": self.device, **values})

    def answer(self, act: str, **values: Any) -> Any:
        """Send JSON with the device's token and return the answer, whatever it is."""
        return self.browser.ask(f"/dot/{self.uuid}/{act}", {"device": self.device, **values})

    def fetch(self, name: str) -> bytes:
        return Machine(self.browser).get(f"/dot/{self.uuid}/{name}")

    def state(self, revision: int = -1) -> Any:
        return self.ask("tinh-hinh", revision=revision)

    def send(self, kind: str, message: Any) -> str:
        self.ask("gui", attempt=self.attempt, kind=kind, message=message)
        return kind

    @property
    def manifest(self) -> Manifest:
        return Manifest.parse(self.fetch("manifest.json"))

    @property
    def committee(self) -> Committee:
        return Committee.parse(self.fetch("committee.json"))

    # --- the ceremony ---------------------------------------------------------------------------------------------

    def step(self) -> str:
        """Do what is due, as the page does; return what was sent, or nothing."""
        kind, message = self.next()
        return self.send(kind, message) if kind else ""

    def next(self) -> tuple[str, Any]:
        """Return what this member would send now, with a fresh memory where the attempt is another one."""
        state = self.state()
        if state["ended"]:
            return NOTHING
        if self.memory is None or state["attempt"] != self.attempt:
            self.memory, self.attempt = Memory.new(self.manifest, self.number), state["attempt"]
        return self.due(state)

    def due(self, state: Any) -> tuple[str, Any]:
        """Return the kind and the message that this member owes now."""
        assert self.memory
        sent = set(state["members"][self.number - 1]["sent"])
        if "key" not in sent:
            return self._key() if state["size"] == 1 else self._ceremony(state, sent)
        if not state["committee"]:
            return NOTHING
        if "nonce" not in sent:
            return "nonce", self.memory.nonce
        owners = {entry["owner"]: entry["nonce"] for entry in state["called"] or ()}
        if self.number in owners and "opening" not in sent:
            return "opening", take_opening_test(self.memory, self.committee, owners).as_json()
        return NOTHING

    def _key(self) -> tuple[str, Any]:
        assert self.memory
        self.memory = self.memory.with_share(self.memory.polynomial.coefficients[0])
        return "key", publish_key(self.memory.require_share(), None).as_json()

    def _ceremony(self, state: Any, sent: set[str]) -> tuple[str, Any]:
        assert self.memory
        table, size = state["messages"], state["size"]
        if "certificate" not in sent:
            return "certificate", make_certificate(self.memory.seat(self.manifest)).signed.as_json()
        if "commitment" not in sent:
            ready = len(table["certificate"]) == size
            return ("commitment", self.memory.polynomial.commitment) if ready else NOTHING
        ready = len(table["commitment" if "reveal" not in sent else "reveal"]) == size
        return self._reveal_or_key(table, sent) if ready else NOTHING

    def _reveal_or_key(self, table: Any, sent: set[str]) -> tuple[str, Any]:
        assert self.memory
        manifest, seat = self.manifest, self.memory.seat(self.manifest)
        certificates = check_all_certificates(manifest, _read(table["certificate"], Certificate.parse))
        commitments = _read(table["commitment"], hex_hash)
        ordered = in_order(manifest, commitments)
        self.memory = self.memory.bound_to(transcript(manifest, certificates, ordered))
        if "reveal" not in sent:
            return "reveal", reveal(seat, self.memory.polynomial, certificates, commitments).as_json()
        reveals = in_order(manifest, _read(table["reveal"], Reveal.parse))
        try:
            share = receive_share(seat, certificates, ordered, reveals)
        except (TallyError, KeysError) as error:
            self.complain(int(error.where.split()[1]), error.code)
            return NOTHING
        self.memory = self.memory.with_share(share)
        return "key", publish_key(share, seat.keys.signing).as_json()

    def complain(self, accused: int, code: str) -> None:
        self.ask("to-cao", attempt=self.attempt, accused=accused, code=code)

    # --- after the box is closed ----------------------------------------------------------------------------------

    def retest(self) -> None:
        """Take the opening test once more, over the same call."""
        assert self.memory
        owners = {entry["owner"]: entry["nonce"] for entry in self.state()["called"]}
        self.send("retest", take_opening_test(self.memory, self.committee, owners).as_json())

    def record(self) -> Record:
        names = [MANIFEST, COMMITTEE, OPENING, CREDENTIALS, ISSUANCE, f"{self.uuid}.bel", CHECKPOINTS, SPOILED, CLOSING]
        return Record.of({name: self.fetch(f"ho-so/{name}") for name in names})

    def examine(self) -> ClosedRecord:
        assert self.memory
        return examine(self.memory, self.record())

    def part(self) -> PartialDecryption:
        """Verify the whole record and decrypt its sums."""
        assert self.memory
        e = self.examine().evidence
        public, secret = e.trustees.owners[self.number - 1], self.memory.require_share()
        return decrypt_partially(e.election, e.tally, binding(e, self.number), public=public, secret=secret)

    def destroy(self, root: str) -> None:
        """Say that the share is destroyed."""
        assert self.memory
        secret = self.memory.seat(self.manifest).keys.signing.secret
        said = Destruction.make(self.committee, owner=self.number, root=root, secret=secret)
        self.send("destruction", said.as_json())


def _read(messages: Any, parse: Callable[[Any, str], T]) -> dict[int, T]:
    return {int(n): parse(value, f"member {n}") for n, value in messages.items()}


def run(members: Sequence[PageMember]) -> list[str]:
    """Let everybody do what is due until nobody has anything left to say; return what was sent."""
    sent: list[str] = []
    while True:
        now = [kind for kind in (member.step() for member in members) if kind]
        if not now:
            return sent
        sent += now


def until(members: Sequence[PageMember], kind: str) -> list[Any]:
    """Let everybody speak until all that anybody owes is of this kind; return those messages in order."""
    while True:
        owed = [member.next() for member in members]
        for member, (due, message) in zip(members, owed, strict=True):
            if due and due != kind:
                member.send(due, message)
        if all(due == kind for due, _message in owed):
            return [message for _due, message in owed]
        assert any(due != kind for due, _message in owed if due), owed


# --- a hall with a committee --------------------------------------------------------------------------------------


def names(hall: Hall) -> list[Member]:
    with reading(hall.house.registry) as session:
        size = find_round(session, hall.uuid).committee_size
    return [Member(f"Ủy viên kiểm phiếu {n}", "Trưởng ban" if n == 1 else "") for n in range(1, size + 1)]


def named(hall: Hall) -> Hall:
    """Let two organisers name the members."""
    people = names(hall)
    assert not name_members(hall.house, hall.uuid, people, hall.actor("to-chuc-1"))
    assert name_members(hall.house, hall.uuid, people, hall.actor("to-chuc-2"))
    return hall


def invite(hall: Hall, number: int | None = None) -> list[str]:
    """Draw invitations and return their links."""
    found = invitations.invite(hall.house, hall.uuid, hall.actor("to-chuc-1"), number=number)
    return [invitation.link for invitation in found]


def come_in(hall: Hall, number: int) -> PageMember:
    """Invite one member and let its page in."""
    (link,) = invite(hall, number)
    return PageMember.come_in(hall.at_committee(), link)


def convened(hall: Hall) -> tuple[Hall, list[PageMember]]:
    """Name and invite everybody, and let every page in."""
    return hall, [PageMember.come_in(hall.at_committee(), link) for link in invite(named(hall))]


def admit(hall: Hall) -> str:
    return ceremony.admit(hall.house, hall.uuid, hall.actor("to-chuc-1"))

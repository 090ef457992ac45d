"""A station in Python, the twin of the page: paired with desks, it makes the slips it is handed orders for.

Here lives the station's half. Never here: a name together with a credential; the two meet nowhere.

    station = PythonStation(Browser(config.station_origin), Browser(config.box_origin))
    station.pair("7Q2M-0XKD")
    slips = station.work()                       # everything that is open, made, delivered, printed
    station.void(slips[0], "spoiled")            # what somebody hands back
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from nacl.public import PublicKey, SealedBox

from tally.protocol.blind import Blinding, blind, credential_message, finalize
from tally.protocol.credential import Credential, SlipCode
from tally.protocol.credential_list import ListedCredential
from tally.protocol.encoding import canonical
from tally.protocol.holding import Voided
from tally.protocol.manifest import Manifest


class Browser(Protocol):
    """What a station asks of a browser at one origin."""

    def get(self, path: str) -> bytes:
        """Return the body of a page."""

    def post(self, path: str, body: bytes, mimetype: str) -> bytes:
        """Send bytes as they are."""

    def post_json(self, path: str, value: Any) -> Any:
        """Send and receive JSON."""


@dataclass
class Begun:
    """One slip in work: what the page keeps encrypted until it is printed, so that a crash repeats the same request."""

    order: str
    slip: SlipCode
    permission: str
    messages: list[bytes]
    blindings: list[Blinding]
    sealed: bytes = b""
    reached: str = "taken"


@dataclass
class PythonStation:
    """One station with its token and its slips in work; `state` survives, like the page's store, whatever fails."""

    station: Browser
    box: Browser
    token: str = field(default="", repr=False)
    uuid: str = ""
    manifest: Manifest | None = None
    freeze_key: str = ""
    staging_key: str = field(default="", repr=False)
    state: dict[str, Begun] = field(default_factory=dict, repr=False)

    def pair(self, code: str) -> str:
        """Type a pairing code; return the desk's login."""
        answer = self.station.post_json("/ghep", {"code": code, "station": self.token})
        self.token, self.uuid = answer["station"], answer["uuid"]
        self.manifest = Manifest.parse(self.station.get(f"/dot/{self.uuid}/manifest.json"))
        return str(answer["desk"])

    def poll(self) -> dict[str, Any]:
        """Ask for work; begin what is new. What was begun and nobody answered to goes on under its new permission."""
        answer = self.station.post_json(f"/dot/{self.uuid}/viec", {"station": self.token})
        self.freeze_key, self.staging_key = answer["freeze_key"], answer["staging_key"]
        for order in answer["orders"]:
            if order["permission"] is None:  # bound: the very same request once more
                continue
            begun = self.state.get(order["id"]) or self._begin(order)
            begun.permission, begun.reached = order["permission"], "taken"
            self.state[begun.order] = begun
        return dict(answer)

    def work(self) -> list[SlipCode]:
        """Make, deliver and print everything that is open; return the slips in the order of printing."""
        printed = []
        while True:
            open_orders = [self.state[o["id"]] for o in self.poll()["orders"] if o["id"] in self.state]
            if not open_orders:
                return printed
            printed += [self.finish(begun) for begun in open_orders]

    def finish(self, begun: Begun) -> SlipCode:
        """Bring one slip from wherever it stands to paper."""
        steps: dict[str, Callable[[Begun], None]] = {
            "taken": self.sign, "signed": self.deliver, "delivered": self.print_slip,
        }  # fmt: skip
        while begun.reached in steps:
            steps[begun.reached](begun)
        return begun.slip

    # --- the steps of one slip ------------------------------------------------------------------------------------

    def _begin(self, order: dict[str, Any]) -> Begun:
        manifest, slip = self._round, SlipCode.random()
        point = Credential.derive(slip, manifest.uuid).public.encode()
        messages = [
            credential_message(manifest_hash=manifest.hash, issuer_name=i.name, credential_hex=point)
            for i in manifest.issuers
        ]
        blindings = [blind(i.key, message) for i, message in zip(manifest.issuers, messages, strict=True)]
        return Begun(order["id"], slip, order["permission"], messages, blindings)

    def request(self, begun: Begun) -> dict[str, Any]:
        """Return what is asked of the issuers: the same for as long as the permission is the same."""
        return {"authorisation": begun.permission, "blinded": [b.blinded_message.hex() for b in begun.blindings]}

    def sign(self, begun: Begun) -> None:
        """Have the credential signed blindly and check every signature; seal it for the freeze."""
        answer = self.station.post_json(f"/dot/{self.uuid}/cap", self.request(begun))
        self.staging_key = answer["staging_key"]
        issuers = self._round.issuers
        signatures = tuple(
            finalize(i.key, message, blinding=blinding, blind_signature=bytes.fromhex(signature))
            for i, message, blinding, signature in zip(
                issuers, begun.messages, begun.blindings, answer["signatures"], strict=True
            )
        )
        credential = Credential.derive(begun.slip, self.uuid).public
        listed = canonical(ListedCredential(credential, signatures).as_json())
        begun.sealed = SealedBox(PublicKey(bytes.fromhex(self.freeze_key))).encrypt(listed)
        begun.reached = "signed"

    def deliver(self, begun: Begun) -> None:
        """Leave the sealed credential with the box."""
        body = bytes.fromhex(self.staging_key) + begun.sealed
        self.box.post(f"/dot/{self.uuid}/tam", body, "application/octet-stream")
        self._report(begun, "delivered")

    def print_slip(self, begun: Begun) -> None:
        """The slip is on paper: the registry erases the key of what was kept of it, and so does the station."""
        self._report(begun, "printed")
        self.state.pop(begun.order, None)

    def _report(self, begun: Begun, reached: str) -> None:
        self.station.post_json(
            f"/dot/{self.uuid}/xong", {"station": self.token, "order": begun.order, "state": reached}
        )
        begun.reached = reached

    # --- what is handed back --------------------------------------------------------------------------------------

    def void(self, slip: SlipCode, reason: str) -> None:
        """Void a slip that somebody hands back, or that lay in an envelope nobody used."""
        voided = Voided.make(self._round.hash, Credential.derive(slip, self.uuid), reason)
        claim = canonical({"staging_key": self.staging_key, **voided.as_json()})
        self.box.post(f"/dot/{self.uuid}/huy-the", claim, "application/json")

    @property
    def _round(self) -> Manifest:
        if self.manifest is None:
            raise RuntimeError("not paired")
        return self.manifest

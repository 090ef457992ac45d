"""The door to an issuer, as the registry needs it; and the issuer inside this process, which goes through the same one.

Here live the door and its two kinds (the other is remote.py). Never here: a rule of issuing, which keys.issuer holds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Protocol

from sqlalchemy import select

from ballot import key_files
from ballot.acts import find_round
from ballot.house import House
from ballot.issuer.acts import Counts, answer, declare, end_issuing
from ballot.models.registry.roll import Voter
from ballot.slips.issuer_errors import IssuerNotLinked
from ballot.slips.ledger import RegistryLedger
from ballot.slips.remote import Remote
from ballot.storage import reading
from keys.signers import Issuer, Kind
from tally.protocol.credential_list import CredentialList
from tally.protocol.encoding import sha256_hex
from tally.protocol.errors import CodedError
from tally.protocol.issuance import IssuerStatement
from tally.protocol.manifest import Issuer as PublicKeys
from tally.protocol.manifest import Manifest

Line = tuple[str, str, str, str]
"""A voter as the roll's digest has them: reference, name, unit, site."""


class IssuerDoor(Protocol):
    """One issuer. Every call is harmless when repeated; each may raise IssuerAway where a network lies between."""

    name: str

    def prepare(self, uuid: str) -> PublicKeys:
        """Return the public keys of a round that is about to be sealed, made now."""

    def hand_over(self, manifest: Manifest, *, salt: bytes, roll: Sequence[Line]) -> None:
        """Give the issuer its copy of the roll and what it is sealed in. Raises RollDiffers."""

    def sign(self, uuid: str, *, kind: Kind, reference: str, blinded: bytes) -> bytes:
        """Return the blind signature. Raises what the issuer refuses."""

    def counts(self, uuid: str) -> Counts:
        """Return what it has done so far."""

    def pause(self, uuid: str) -> None:
        """Let it sign nothing until the list is fixed, or not."""

    def resume(self, uuid: str) -> None:
        """Let it sign again."""

    def freeze(self, uuid: str) -> Counts:
        """End its issuing, destroy its key; return its last counts."""

    def statement(self, uuid: str, credentials: CredentialList) -> IssuerStatement:
        """Return its signed closing statement over this list."""


class InProcess:
    """An issuer inside the registry's process, with its ledger in the registry's database."""

    def __init__(self, house: House, name: str) -> None:
        self._house, self.name = house, name

    def prepare(self, uuid: str) -> PublicKeys:
        """Make the keys."""
        return PublicKeys(self.name, *self._house.keyring.create_issuer(uuid, self.name))

    def hand_over(self, manifest: Manifest, *, salt: bytes, roll: Sequence[Line]) -> None:
        """Keep nothing: roll and manifest lie in this database already."""

    def sign(self, uuid: str, *, kind: Kind, reference: str, blinded: bytes) -> bytes:
        """Return the blind signature. Raises what `Issuer` raises."""
        issuer = Issuer(self._house.keyring.issuer(uuid, self.name), voters=self._roll(uuid), ledger=self._ledger(uuid))
        return answer(issuer, kind, reference, blinded)

    def counts(self, uuid: str) -> Counts:
        """Count the ledger."""
        return Counts.of(self._ledger(uuid))

    def pause(self, uuid: str) -> None:
        """Do nothing: who fixes the list holds the registry's database, and the ledger is in it."""

    def resume(self, uuid: str) -> None:
        """Do nothing; see `pause`."""

    def freeze(self, uuid: str) -> Counts:
        """End the log and destroy the key."""
        end_issuing(self._ledger(uuid), lambda: self._house.keyring.destroy_issuer(uuid, self.name))
        return self.counts(uuid)

    def statement(self, uuid: str, credentials: CredentialList) -> IssuerStatement:
        """Sign the statement. Raises what `declare` raises."""
        with reading(self._house.registry) as session:
            manifest = Manifest.parse(find_round(session, uuid).manifest or b"")
        return declare(self._ledger(uuid), manifest, credentials, self._house.keyring.statement(uuid, self.name).sign)

    def _roll(self, uuid: str) -> list[str]:
        with reading(self._house.registry) as session:
            row = find_round(session, uuid)
            return list(session.scalars(select(Voter.reference).where(Voter.round_id == row.id)))

    def _ledger(self, uuid: str) -> RegistryLedger:
        with reading(self._house.registry) as session:
            row = find_round(session, uuid)
        manifest = sha256_hex(row.manifest or b"")
        return RegistryLedger(self._house.registry, round_id=row.id, issuer=self.name, manifest=manifest)


# --- all of them --------------------------------------------------------------------------------------------------


def doors(house: House, manifest: Manifest | None = None) -> list[IssuerDoor]:
    """Return the issuers of a sealed round in the manifest's order, or those of this house for one to be sealed.

    Raises IssuerNotLinked for one that the settings do not name any more.
    """
    named = house.config.issuing.issuers if manifest is None else manifest.issuers
    names = [issuer.name for issuer in named]
    return [door(house, name) for name in names]


def door(house: House, name: str) -> IssuerDoor:
    """Return one issuer. Raises IssuerNotLinked."""
    placed = next((issuer for issuer in house.config.issuing.issuers if issuer.name == name), None)
    if placed is None:
        raise IssuerNotLinked("BALLOT_ISSUERS", issuer=name)
    if not placed.url:
        return InProcess(house, name)
    if name not in house.links:
        secret = house.config.keys / key_files.link(name)
        house.links[name] = Remote(name, placed.url, secret_file=secret, ca=house.config.issuing.ca)
    return house.links[name]


@dataclass
class Still:
    """The counts of issuers that are paused; `over` once they are to stay so, because the list is fixed."""

    counts: dict[str, Counts] = field(default_factory=dict)
    over: bool = False


@contextmanager
def standing_still(issuers: Sequence[IssuerDoor], uuid: str) -> Iterator[Still]:
    """Pause all issuers and lend their counts, which cannot change inside; afterwards they go on unless it is `over`.

    The caller holds the registry's database, so no two do this at a time. Where the machine stops inside, issuers stay
    paused until the next who asks one to sign finds nobody fixing a list (issuing.py), or freezes again.
    """
    still = Still()
    try:
        for issuer in issuers:
            issuer.pause(uuid)
        still.counts = {issuer.name: issuer.counts(uuid) for issuer in issuers}
        yield still
    except BaseException:
        still.over = False
        raise
    finally:
        for issuer in () if still.over else issuers:
            with suppress(CodedError):  # whatever one answers, the others go on, and the reason stands
                issuer.resume(uuid)

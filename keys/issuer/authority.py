"""The rule of issuing: one slip for each voter on the roll, and a count of everything else.

Here live the decisions to sign or to refuse. Never here: the credential (it comes blinded), a name, a time.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from dataclasses import replace

from keys.errors import KeysError
from keys.issuer.errors import (
    AlreadyIssued,
    BlindedRepeated,
    IssuerStopped,
    IssuingFrozen,
    KeyNotDestroyed,
    NotEntitled,
    NotFrozen,
    NotIssued,
    TooFewVoided,
)
from keys.issuer.key import SignsBlindly
from keys.issuer.ledger import Ledger
from keys.issuer.log import Entry, Kind, Reason, hash_answer, hash_blinded, hash_voter
from tally.protocol.blind import IssuerPublicKey
from tally.protocol.issuance import IssuerStatement

_NOBODY = ""


class Issuer:
    """One issuer of one round, with its own copy of the roll and its own ledger.

    A request repeated by the same voter gets its first answer again and changes no count, so a lost reply costs
    nobody a slip. Every refusal that concerns a voter's right is an entry of the log.
    """

    def __init__(self, signer: SignsBlindly, *, voters: Iterable[str], ledger: Ledger) -> None:
        self._signer = signer
        self._voters = frozenset(voters)
        self._ledger = ledger
        self._lock = threading.Lock()
        if ledger.frozen:
            signer.close()

    @property
    def public(self) -> IssuerPublicKey:
        """The key under which this issuer's signatures verify."""
        return self._signer.public

    def issue(self, voter_id: str, blinded: bytes) -> bytes:
        """Return the blind signature for a voter's one slip.

        Raises NotEntitled, AlreadyIssued, BlindedRepeated (all three logged), BlindedOutOfRange, IssuingFrozen,
        SigningFault, IssuerStopped. Source: SPEC 5.3.
        """
        with self._lock:
            voter = self._entitled(voter_id, blinded)
            if (known := self._known(voter, blinded)) is not None:
                return known
            if self._ledger.has_issued(voter):
                raise self._refusal(AlreadyIssued, voter, blinded)
            return self._sign(Kind.ISSUED, voter, blinded)

    def reissue(self, voter_id: str, blinded: bytes, reason: Reason) -> bytes:
        """Return the blind signature for a slip that replaces a spoiled one, handed back and voided by the caller.

        Raises NotIssued for a voter without a slip, otherwise what `issue` raises.
        """
        with self._lock:
            voter = self._entitled(voter_id, blinded)
            if (known := self._known(voter, blinded)) is not None:
                return known
            if not self._ledger.has_issued(voter):
                raise self._refusal(NotIssued, voter, blinded)
            return self._sign(Kind.REISSUED, voter, blinded, Reason(reason))

    def issue_envelope(self, blinded: bytes) -> bytes:
        """Return the blind signature for a slip made before opening, for nobody yet. Raises what `issue` raises."""
        with self._lock:
            self._check_open()
            if (known := self._known(_NOBODY, blinded)) is not None:
                return known
            return self._sign(Kind.ENVELOPE, _NOBODY, blinded)

    def freeze(self) -> None:
        """End issuing and let go of the key; the caller destroys it and says so. Raises IssuingFrozen."""
        with self._lock:
            self._ledger.append(Entry(Kind.FROZEN))
            self._signer.close()

    def note_destroyed(self) -> None:
        """Write into the log that the key is gone from where it was kept. Raises NotFrozen, IssuingFrozen."""
        with self._lock:
            self._ledger.append(Entry(Kind.DESTROYED))

    def statement(
        self, *, voided: int, undelivered: int, credentials: str, sign: Callable[[bytes], bytes]
    ) -> IssuerStatement:
        """Return the closing statement. Raises what `closing_statement` raises."""
        return closing_statement(
            self._ledger, voided=voided, undelivered=undelivered, credentials=credentials, sign=sign
        )

    def _check_open(self) -> None:
        if self._ledger.frozen:
            raise IssuingFrozen(self._ledger.issuer)
        if self._signer.stopped:
            raise IssuerStopped(self._ledger.issuer)

    def _entitled(self, voter_id: str, blinded: bytes) -> str:
        """Return the hash that stands for a voter of the roll."""
        self._check_open()
        voter = hash_voter(voter_id, self._ledger.salt)
        if voter_id not in self._voters:
            raise self._refusal(NotEntitled, voter, blinded)
        return voter

    def _known(self, voter: str, blinded: bytes) -> bytes | None:
        """Return the answer this voter already has; a number that somebody else brought first is refused."""
        found = self._ledger.find(hash_blinded(blinded))
        if found is None:
            return None
        if found.entry.voter != voter:
            raise self._refusal(BlindedRepeated, voter, blinded)
        return found.signature

    def _sign(self, kind: Kind, voter: str, blinded: bytes, reason: str = "") -> bytes:
        """Sign, remember, and only then answer; who loses a race against another desk gets what that desk left."""
        signature = self._signer.blind_sign(blinded)
        entry = Entry(kind, voter, hash_blinded(blinded), hash_answer(signature), reason)
        try:
            self._ledger.append(entry, signature)
        except (AlreadyIssued, BlindedRepeated) as error:
            if (known := self._known(voter, blinded)) is not None:
                return known
            raise self._refusal(type(error), voter, blinded) from None
        return signature

    def _refusal(self, error: type[KeysError], voter: str, blinded: bytes) -> KeysError:
        """Write a refusal into the log and return it, to be raised."""
        self._ledger.append(Entry(Kind.REFUSED, voter, hash_blinded(blinded), reason=error.code))
        return error("voter")


def closing_statement(
    ledger: Ledger, *, voided: int, undelivered: int, credentials: str, sign: Callable[[bytes], bytes]
) -> IssuerStatement:
    """Return the signed statement of a frozen ledger, over the SHA-256 of credentials.json and the voided ones in it.

    `undelivered` are those of this ledger that no station ever brought to the box, so that they are on no list.
    `sign` is the statement signer's; the issuer's key is gone by then, and the head that is signed says so. Raises
    NotFrozen, KeyNotDestroyed, TooFewVoided, and what `IssuerStatement.parse` raises: nothing is signed that a reader
    would refuse.
    """
    if not ledger.frozen:
        raise NotFrozen(ledger.issuer)
    if not ledger.count(Kind.DESTROYED):
        raise KeyNotDestroyed(ledger.issuer)
    draft = IssuerStatement(
        issuer=ledger.issuer,
        manifest=ledger.manifest,
        issued=ledger.count(Kind.ISSUED),
        reissued=ledger.count(Kind.REISSUED),
        envelopes=ledger.count(Kind.ENVELOPE),
        voided=voided,
        undelivered=undelivered,
        refused=ledger.count(Kind.REFUSED),
        log_head=ledger.head,
        credentials=credentials,
        signature=bytes(64).hex(),
    )
    checked = IssuerStatement.parse(draft.encode())
    if checked.voided < checked.reissued:
        raise TooFewVoided(ledger.issuer, reissued=checked.reissued, voided=checked.voided)
    return replace(checked, signature=sign(checked.signing_bytes()).hex())

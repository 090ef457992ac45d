"""What each opened key signs or opens, and what it refuses: one class for each kind, one purpose for each class.

Here live the keys of a round while they are open. Never here: a key file, a key's bytes handed out, or a signature on
something that another key is for.
"""

from __future__ import annotations

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox

from keys.ed25519 import LabelledSigner
from keys.errors import BadPrivateMessage
from keys.issuer import BlindSigner, IssuerKey
from tally.protocol.acts_log import HEAD_LABEL
from tally.protocol.issuance import STATEMENT_LABEL
from tally.protocol.manifest import origin_of
from tally.protocol.opening import ZERO_REPORT_LABEL
from tally.protocol.receipt import RECEIPT_LABEL
from tally.protocol.site import RECEIPT_LABEL as SITE_RECEIPT_LABEL
from tally.protocol.site import STATEMENT_LABEL as SITE_STATEMENT_LABEL


class IssuerSigner(BlindSigner):
    """The blind-signing key of an issuer, with the issuer's name; give it to `Issuer`, which decides when to sign."""

    def __init__(self, key: IssuerKey, name: str) -> None:
        super().__init__(key)
        self.name = name


class StatementSigner(LabelledSigner):
    """Signs closing statements of one issuer, and nothing else."""

    def __init__(self, seed: bytes, name: str) -> None:
        super().__init__(seed, name, STATEMENT_LABEL)


class BoxSigner(LabelledSigner):
    """Signs for the ballot box of one round: zero report, receipts, checkpoints, closing.txt; and nothing else."""

    def __init__(self, seed: bytes, name: str, uuid: str) -> None:
        super().__init__(seed, name, ZERO_REPORT_LABEL, RECEIPT_LABEL, f"{origin_of(uuid)}\n".encode("ascii"))


class LogSigner(LabelledSigner):
    """Signs heads of the organisers' log while its round lives, and nothing else."""

    def __init__(self, seed: bytes, name: str) -> None:
        super().__init__(seed, name, HEAD_LABEL)


class SiteSigner(LabelledSigner):
    """Signs for a site with a server of its own: provisional receipts and its last statement; nothing else."""

    def __init__(self, seed: bytes, name: str) -> None:
        super().__init__(seed, name, SITE_RECEIPT_LABEL, SITE_STATEMENT_LABEL)


class FreezeKey:
    """Opens what stations sealed for the freeze (libsodium sealed boxes), and nothing else."""

    def __init__(self, secret: bytes) -> None:
        self._box = SealedBox(PrivateKey(secret))

    def open(self, sealed: bytes) -> bytes:
        """Return the message. Raises BadPrivateMessage."""
        try:
            return self._box.decrypt(sealed)
        except (CryptoError, ValueError):
            raise BadPrivateMessage("station") from None

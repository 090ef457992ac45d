"""Key files of one round: made, and opened for their one purpose.

Here live the pairs of making and opening, one for each kind. Never here: the file's format (keys/store.py), or what an
opened key may sign (signing.py).
"""

from __future__ import annotations

from pathlib import Path

from nacl.public import PrivateKey

from keys import ed25519, store
from keys.ed25519 import seed_of
from keys.issuer import IssuerKey
from keys.roles import BOX, FREEZE, ISSUER, LOG, SITE, STATEMENT
from keys.signers.signing import BoxSigner, FreezeKey, IssuerSigner, LogSigner, SiteSigner, StatementSigner
from keys.store import DEFAULT_COST, KdfCost
from tally.protocol.issuer_key import IssuerPublicKey


def create_issuer_key(
    path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST
) -> IssuerPublicKey:
    """Make an issuer's key for one round, store it, and return its public half. Raises what `store.create` raises."""
    key = IssuerKey.generate()
    secret = key.encode()
    store.create(path, kind=ISSUER, secret=secret, passphrase=passphrase, name=name, round_id=round_id, cost=cost)
    return key.public


def open_issuer_signer(path: Path, *, round_id: str, passphrase: str) -> IssuerSigner:
    """Open an issuer's key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = store.open_round_key(path, kind=ISSUER, round_id=round_id, passphrase=passphrase)
    return IssuerSigner(IssuerKey.decode(found.secret), found.name)


def create_statement_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of an issuer's closing statement; return the public half, 64 hexadecimal digits."""
    return ed25519.create(path, STATEMENT, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_statement_signer(path: Path, *, round_id: str, passphrase: str) -> StatementSigner:
    """Open a statement key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = store.open_round_key(path, kind=STATEMENT, round_id=round_id, passphrase=passphrase)
    return StatementSigner(seed_of(found, found.name), found.name)


def create_box_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of a ballot box; return the public half, 64 hexadecimal digits."""
    return ed25519.create(path, BOX, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_box_signer(path: Path, *, round_id: str, passphrase: str) -> BoxSigner:
    """Open a box key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = store.open_round_key(path, kind=BOX, round_id=round_id, passphrase=passphrase)
    return BoxSigner(seed_of(found, found.name), found.name, round_id)


def create_log_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of the organisers' log in one round; return the public half, 64 hexadecimal digits."""
    return ed25519.create(path, LOG, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_log_signer(path: Path, *, round_id: str, passphrase: str) -> LogSigner:
    """Open a log key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = store.open_round_key(path, kind=LOG, round_id=round_id, passphrase=passphrase)
    return LogSigner(seed_of(found, found.name), found.name)


def create_site_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key of a site in one round; return the public half, 64 hexadecimal digits."""
    return ed25519.create(path, SITE, name=name, round_id=round_id, passphrase=passphrase, cost=cost)


def open_site_signer(path: Path, *, round_id: str, passphrase: str) -> SiteSigner:
    """Open a site's key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = store.open_round_key(path, kind=SITE, round_id=round_id, passphrase=passphrase)
    return SiteSigner(seed_of(found, found.name), found.name)


def create_freeze_key(path: Path, *, name: str, round_id: str, passphrase: str, cost: KdfCost = DEFAULT_COST) -> str:
    """Make the key to which stations seal signed credentials; return the public half, 64 hexadecimal digits."""
    key = PrivateKey.generate()
    store.create(path, kind=FREEZE, secret=bytes(key), passphrase=passphrase, name=name, round_id=round_id, cost=cost)
    return bytes(key.public_key).hex()


def open_freeze_key(path: Path, *, round_id: str, passphrase: str) -> FreezeKey:
    """Open a freeze key of this round. Raises WrongRound, and what `store.open_key` raises."""
    found = store.open_round_key(path, kind=FREEZE, round_id=round_id, passphrase=passphrase)
    return FreezeKey(seed_of(found, found.name))

"""The one door to the keys for the web application: make a key, open it, sign with it, destroy it.

Here stands by name whatever `ballot` may use of `keys`; `lint-imports` holds it to that. Never here: the bytes of a key
handed out, a trustee's share, or a signature on something that another key is for.

    files.py     key files made, and opened for their one purpose
    signing.py   what an opened key signs, and what it refuses
    machine.py   the secret under which a machine keeps keys that it opens by itself

All else is what other files of `keys` offer, under their names.
"""

from __future__ import annotations

from keys.backup import SEALED_KEY, STREAM_KEY, BackupKey, open_backup_key, seal_stream_key
from keys.committee.errors import NoSuchSeat, NotYourTurn
from keys.errors import BadSealedBackup, KeyFileMissing, KeysError, TokenKeyMissing
from keys.issuer import (
    ANSWERS,
    Answered,
    BlindSigner,
    Entry,
    Issuer,
    Kind,
    Ledger,
    Reason,
    check_blinded,
    check_order,
    closing_statement,
    hash_blinded,
    log_start,
    next_head,
)
from keys.issuer.errors import (
    AlreadyIssued,
    BlindedOutOfRange,
    BlindedRepeated,
    IssuerStopped,
    IssuingFrozen,
    KeyNotDestroyed,
    NotEntitled,
    NotFrozen,
    NotIssued,
    SigningFault,
)
from keys.issuer.token import TokenSigner, create_token_key, destroy_token_key, open_token_signer
from keys.purposes import KeyUse, check_distinct_purposes, ed25519_fingerprint, issuer_fingerprint, pem_fingerprint
from keys.signers.files import (
    create_box_key,
    create_freeze_key,
    create_issuer_key,
    create_log_key,
    create_site_key,
    create_statement_key,
    open_box_signer,
    open_freeze_key,
    open_issuer_signer,
    open_log_signer,
    open_site_signer,
    open_statement_signer,
)
from keys.signers.machine import MACHINE_COST, machine_secret
from keys.signers.signing import BoxSigner, FreezeKey, IssuerSigner, LogSigner, SiteSigner, StatementSigner
from keys.store import destroy as destroy_key
from keys.token import Token

__all__ = [
    "ANSWERS", "MACHINE_COST", "SEALED_KEY", "STREAM_KEY", "AlreadyIssued", "Answered", "BackupKey", "BadSealedBackup",
    "BlindSigner", "BlindedOutOfRange", "BlindedRepeated", "BoxSigner", "Entry", "FreezeKey", "Issuer", "IssuerSigner",
    "IssuerStopped", "IssuingFrozen", "KeyFileMissing", "KeyNotDestroyed", "KeyUse", "KeysError", "Kind", "Ledger",
    "LogSigner", "NoSuchSeat", "NotEntitled", "NotFrozen", "NotIssued", "NotYourTurn", "Reason", "SigningFault",
    "SiteSigner", "StatementSigner", "Token", "TokenKeyMissing", "TokenSigner", "check_blinded",
    "check_distinct_purposes", "check_order", "closing_statement", "create_box_key", "create_freeze_key",
    "create_issuer_key", "create_log_key", "create_site_key", "create_statement_key", "create_token_key",
    "destroy_key", "destroy_token_key", "ed25519_fingerprint", "hash_blinded", "issuer_fingerprint", "log_start",
    "machine_secret", "next_head", "open_backup_key", "open_box_signer", "open_freeze_key", "open_issuer_signer",
    "open_log_signer", "open_site_signer", "open_statement_signer", "open_token_signer", "pem_fingerprint",
    "seal_stream_key",
]  # fmt: skip

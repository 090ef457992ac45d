"""The issuing authority of one round: its key, its log, its memory, and the rule of one slip for one voter.

Here they meet, one file for each. Never here: a credential, or anything that tells whose it is.
"""

from keys.issuer.authority import Issuer, closing_statement
from keys.issuer.key import BlindSigner, IssuerKey, check_blinded
from keys.issuer.ledger import Answered, Ledger, MemoryLedger, check_order
from keys.issuer.log import ANSWERS, Entry, Kind, Reason, check_log, hash_blinded, log_start, next_head

__all__ = [
    "ANSWERS",
    "Answered",
    "BlindSigner",
    "Entry",
    "Issuer",
    "IssuerKey",
    "Kind",
    "Ledger",
    "MemoryLedger",
    "Reason",
    "check_blinded",
    "check_log",
    "check_order",
    "closing_statement",
    "hash_blinded",
    "log_start",
    "next_head",
]

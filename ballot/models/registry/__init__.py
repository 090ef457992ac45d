"""The registry's tables: accounts, catalogue, rounds, the roll, who was given a slip, the issuers' logs, the audit log.

Here lives what organisers work with, a module for each thing that tables are about. Never here: a credential, a ballot,
a tracker, or a time of arrival.
"""

from ballot.models.registry import (  # noqa: F401 - tables point at each other: who imports one module knows them all
    accounts,
    acts,
    aftercare,
    catalogue,
    committee,
    dossiers,
    history,
    issuing,
    onlookers,
    planning,
    results,
    roll,
    rounds,
    sites,
    slips,
)

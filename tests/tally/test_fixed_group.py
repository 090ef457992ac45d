"""The group, its generator and its order are constants of the code: an election cannot bring its own (threats C8).

Here lives an election that tries. Never here: points (test_group.py).
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from tally.protocol.election import Election
from tally.protocol.encoding import canonical
from tally.protocol.errors import Refused, UnsupportedElection
from tests.builders import Round


# threats C8
@pytest.mark.parametrize(
    "group", ["BELENIOS-2048", "RFC-3526-2048", "ed25519", "Ed25519 ", "", {"g": "2", "p": "23", "q": "11"}]
)
def test_an_election_in_another_group_is_refused(round_: Round, group: Any) -> None:
    document = json.loads(round_.election.raw) | {"group": group}
    with pytest.raises(UnsupportedElection):
        Election.parse(canonical(document))


# threats C8
@pytest.mark.parametrize("more", [{"generator": "02"}, {"order": "7"}, {"g": "2"}, {"group_parameters": {}}])
def test_an_election_that_brings_its_own_numbers_is_refused(round_: Round, more: dict[str, Any]) -> None:
    with pytest.raises(Refused):
        Election.parse(canonical(json.loads(round_.election.raw) | more))

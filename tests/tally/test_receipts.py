"""Receipts of the box and of a site: what nobody signed is refused, whatever it says.

Here lives the check of a receipt by itself. Never here: the making of one (tests/ballot), or a record beside it.
"""

from __future__ import annotations

import pytest

from tally.protocol.errors import BadSignature
from tally.protocol.receipt import Receipt
from tally.protocol.site import SiteReceipt
from tests.tally.small import make_manifest

UNSIGNED = {"round": "a" * 14, "tracker": "b" * 43, "commit": "c" * 64, "signature": "0" * 128}
STRANGE = [{}, {"round": "đợt khác"}, {"tracker": "ế" * 43}]


@pytest.mark.parametrize("changes", STRANGE)
def test_a_receipt_that_the_box_did_not_sign_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        Receipt.parse(UNSIGNED | changes).check(make_manifest())


@pytest.mark.parametrize("changes", STRANGE)
def test_a_receipt_that_the_site_did_not_sign_is_refused(changes: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        SiteReceipt.parse(UNSIGNED | changes).check(make_manifest().box_key)

"""Casting over HTTP: one ballot for one slip, and a refused ballot leaves no trace."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tally.protocol.ballot import LIMIT, Ballot
from tally.protocol.encoding import canonical
from tally.protocol.group import Q
from tally.protocol.padding import padded, padded_length
from tally.protocol.receipt import Receipt
from tests.ballot.hall import Hall
from tests.ballot.look import ballots, nothing_changes, refused, rows
from tests.ballot.prepared import Prepared

Open = Callable[[str], Hall]


@pytest.fixture(scope="module")
def shared(prepared: Prepared) -> Iterator[Hall]:
    """An open box in which every test only tries what must be refused, after slip 0 has voted."""
    hall = prepared.at("voting")
    assert hall.cast(hall.body(0)).status_code == 201
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


# --- accepted -----------------------------------------------------------------------------------------------------


def test_a_right_ballot_gets_a_receipt_that_the_box_signed(at: Open) -> None:
    hall = at("voting")
    raw = hall.ballot(0)
    answer = hall.cast(padded(raw, hall.election))
    assert answer.status_code == 201
    receipt = Receipt.parse(answer.get_json())
    receipt.check(hall.manifest)
    assert receipt.tracker == Ballot.parse(raw).tracker
    assert ballots(hall) == [raw]


# threats C1
def test_the_same_bytes_again_get_the_same_receipt_and_one_row(at: Open) -> None:
    hall = at("voting")
    body = hall.body(0)
    first = hall.cast(body)
    with nothing_changes(hall.house.box):
        again = hall.cast(body)
    assert (again.status_code, again.get_data()) == (201, first.get_data())


def test_every_body_has_one_length_whatever_was_marked(shared: Hall) -> None:
    marks = ((0, 0, 0), (None, None, None), (2, None, 1))
    assert {len(shared.body(1, levels)) for levels in marks} == {padded_length(shared.election)}


def test_the_padding_is_not_part_of_the_ballot(at: Open) -> None:
    hall = at("voting")
    raw = hall.ballot(0)
    assert hall.cast(raw).get_data() == hall.cast(padded(raw, hall.election)).get_data()


def test_the_first_checkpoint_is_sealed_at_twenty_ballots(at: Open) -> None:
    hall = at("voting")
    for number in range(19):
        assert hall.cast(hall.body(number)).status_code == 201
    assert rows(hall.house.box)["checkpoint"] == []
    hall.cast(hall.body(19))
    found = rows(hall.house.box)
    assert (len(found["checkpoint"]), len(found["staged"])) == (1, 10)
    assert found["checkpoint"][0][3].decode().splitlines()[1] == "10"


# --- refused by what it says --------------------------------------------------------------------------------------


def changed(raw: bytes, **changes: object) -> bytes:
    return canonical({**json.loads(raw), **changes})


def with_alpha(raw: bytes, alpha: object) -> bytes:
    body = json.loads(raw)
    body["answers"][0]["choices"][0]["alpha"] = alpha
    return canonical(body)


def with_response(raw: bytes, response: object) -> bytes:
    body = json.loads(raw)
    body["signature"]["proof"]["response"] = response
    return canonical(body)


WRONG = {
    "another round's name": (lambda r: changed(r, election_uuid="BfqvyKLRYfBQNi"), 400, "WRONG_ELECTION"),
    "another election's hash": (lambda r: changed(r, election_hash="A" * 43), 400, "WRONG_ELECTION"),
    "a point off the curve": (lambda r: with_alpha(r, "ff" * 32), 400, "BAD_POINT"),
    "the identity": (lambda r: with_alpha(r, "00" * 31 + "01"), 400, "IDENTITY_POINT"),
    "a point that is a number": (lambda r: with_alpha(r, 7), 400, "BAD_POINT"),
    "a scalar too large": (lambda r: with_response(r, str(Q)), 400, "BAD_SCALAR"),
    "a scalar with a zero before it": (lambda r: with_response(r, "01"), 400, "BAD_SCALAR"),
    "a scalar in other digits": (lambda r: with_response(r, "١"), 400, "BAD_SCALAR"),
    "another signature": (lambda r: with_response(r, "1"), 400, "BAD_SIGNATURE"),
    "an official left out": (lambda r: changed(r, answers=json.loads(r)["answers"][:-1]), 400, "MISMATCH"),
    "a further field": (lambda r: changed(r, answers=[], name="x"), 400, "WRONG_SHAPE"),
    "a key twice": (lambda r: b'{"election_uuid":"x","election_uuid":"x"}', 400, "DUPLICATE_KEY"),
    "NaN": (lambda r: changed(r, answers=[]).replace(b'"answers":[', b'"answers":[NaN', 1), 400, "NOT_JSON"),
    "a float": (lambda r: changed(r, answers=[]).replace(b'"answers":[', b'"answers":[1e999', 1), 400, "NOT_JSON"),
    "a blank inside": (lambda r: changed(r, answers=[]).replace(b":", b": ", 1), 400, "NOT_CANONICAL"),
    "a byte order mark": (lambda r: b"\xef\xbb\xbf" + changed(r, answers=[]), 400, "NOT_JSON"),
    "5,000 levels": (lambda r: b"[" * 5000, 400, "TOO_DEEP"),
    "nothing": (lambda r: b"", 400, "NOT_JSON"),
    "only padding": (lambda r: b" " * 5000, 400, "NOT_JSON"),
    # Stored, not squeezed: in squeezed bytes brackets stand by chance, sometimes more than TOO_DEEP allows.
    "gzip": (lambda r: gzip.compress(r[:5000], 0, mtime=0), 400, "NOT_JSON"),
    "more than a ballot can be": (lambda r: r.ljust(LIMIT + 1), 413, "TOO_LARGE"),
    "more than a request can be": (lambda r: b" " * (8 * 1024 * 1024 + 1), 413, "HTTP_413"),
}


# threats C18
@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_body_is_refused_by_its_code_and_changes_nothing(shared: Hall, name: str) -> None:
    spoil, status, code = WRONG[name]
    with nothing_changes(shared.house.box):
        refused(shared.cast(spoil(shared.ballot(1))), status, code)


# threats C18
def test_a_body_of_a_hundred_megabytes_is_refused_before_it_is_read(shared: Hall) -> None:
    answer = shared.cast(b"", environ_overrides={"CONTENT_LENGTH": str(100 * 1024 * 1024)})
    refused(answer, 413, "HTTP_413")


def test_another_content_type_is_refused(shared: Hall) -> None:
    for mimetype in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""):
        answer = shared.cast(shared.body(1), mimetype)
        refused(answer, 415, "HTTP_415")


ALMOST_JSON = st.text(alphabet='{}[]",:0123456789-aeE.\\u \x00\ud800', max_size=200).map(
    lambda text: text.encode("utf-8", "surrogatepass")
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400) | ALMOST_JSON)
def test_random_bytes_are_refused_and_never_break_the_box(shared: Hall, body: bytes) -> None:
    assert 400 <= shared.cast(body).status_code < 500
    assert len(ballots(shared)) == 1


def test_the_address_takes_no_other_method(shared: Hall) -> None:
    assert shared.booth().get(f"/dot/{shared.uuid}/phieu").status_code == 405


def test_a_ballot_for_no_round_is_not_found(shared: Hall) -> None:
    answer = shared.booth().send("/dot/khong-co/phieu", data=shared.body(1), content_type="application/json")
    refused(answer, 404, "NO_SUCH_ROUND")

"""What became of a slip when a terminal was unplugged while it sent: one of three answers, to its holder only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tally.protocol.credential import Credential, SlipCode
from tally.protocol.encoding import canonical
from tally.protocol.holding import Voided, prove_standing, prove_void
from tally.protocol.receipt import Receipt
from tests.ballot.hall import Hall
from tests.ballot.look import nothing_changes, refused
from tests.ballot.prepared import Prepared

Open = Callable[[str], Hall]


@pytest.fixture(scope="module")
def shared(prepared: Prepared) -> Any:
    """An open box in which slip 0 has voted and nobody votes any more."""
    hall = prepared.at("voting")
    assert hall.cast(hall.body(0)).status_code == 201
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def question(hall: Hall, credential: Credential, manifest_hash: str = "") -> dict[str, Any]:
    proof = prove_standing(manifest_hash or hall.manifest.hash, credential)
    return {"credential": credential.public.encode(), "proof": proof.as_json()}


def ask(hall: Hall, value: Any, mimetype: str = "application/json") -> TestResponse:
    body = value if isinstance(value, bytes) else canonical(value)
    return hall.booth().send(f"/dot/{hall.uuid}/trang-thai", data=body, content_type=mimetype)


# threats I2
def test_a_ballot_whose_answer_was_lost_is_recorded_and_its_receipt_is_the_very_one(at: Open) -> None:
    hall = at("voting")
    cast = hall.cast(hall.body(3))  # the terminal was unplugged before this answer reached it
    answer = ask(hall, question(hall, hall.credential(3)))
    assert answer.status_code == 200
    assert answer.get_json() == {"state": "recorded", "receipt": cast.get_json()}
    Receipt.parse(answer.get_json()["receipt"]).check(hall.manifest)


def test_a_slip_whose_ballot_never_arrived_is_absent_and_can_still_cast(at: Open) -> None:
    hall = at("voting")
    assert ask(hall, question(hall, hall.credential(4))).get_json() == {"state": "absent"}
    assert hall.cast(hall.body(4)).status_code == 201


def test_a_slip_voided_while_the_box_is_open_is_void(at: Open) -> None:
    hall = at("voting")
    voided = Voided.make(hall.manifest.hash, hall.credential(5), "spoiled")
    sent = hall.booth().send(
        f"/dot/{hall.uuid}/huy-the",
        data=canonical({"staging_key": "", **voided.as_json()}),
        content_type="application/json",
    )
    assert sent.status_code == 200, sent.get_data(as_text=True)
    assert ask(hall, question(hall, hall.credential(5))).get_json() == {"state": "void"}


def test_asking_writes_nothing_and_sets_no_cookie(shared: Hall) -> None:
    with nothing_changes(shared.house.box, shared.house.registry):
        for number in (0, 1):
            answer = ask(shared, question(shared, shared.credential(number)))
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers


def test_asking_again_gets_the_same_answer(shared: Hall) -> None:
    answers = {ask(shared, question(shared, shared.credential(0))).get_data() for _ in range(3)}
    assert len(answers) == 1


def test_who_does_not_hold_the_slip_learns_nothing(shared: Hall) -> None:
    mine, other = shared.credential(1), shared.credential(0)
    body = question(shared, mine) | {"credential": other.public.encode()}
    refused(ask(shared, body), 400, "BAD_SIGNATURE")


def test_a_proof_made_for_another_round_or_another_purpose_is_refused(shared: Hall) -> None:
    credential = shared.credential(0)
    refused(ask(shared, question(shared, credential, "ab" * 32)), 400, "BAD_SIGNATURE")
    for_voiding = prove_void(shared.manifest.hash, credential, "spoiled")
    body = {"credential": credential.public.encode(), "proof": for_voiding.as_json()}
    refused(ask(shared, body), 400, "BAD_SIGNATURE")


def test_a_slip_that_is_on_no_list_is_told_so(shared: Hall) -> None:
    stranger = Credential.derive(SlipCode.random(), shared.uuid)
    refused(ask(shared, question(shared, stranger)), 400, "CREDENTIAL_NOT_LISTED")


def test_only_one_spelling_of_a_short_question_is_read(shared: Hall) -> None:
    right = question(shared, shared.credential(0))
    refused(ask(shared, canonical(right) + b" "), 400, "NOT_CANONICAL")
    refused(ask(shared, right | {"name": "x"}), 400, "WRONG_SHAPE")
    refused(ask(shared, {"proof": right["proof"], "credential": right["credential"]}), 400, "WRONG_SHAPE")
    refused(ask(shared, b" " * 1000), 413, "TOO_LARGE")
    refused(ask(shared, canonical(right), "text/plain"), 415, "HTTP_415")
    refused(ask(shared, right | {"credential": "00" * 31 + "01"}), 400, "IDENTITY_POINT")


@pytest.mark.parametrize("phase", ["issuing", "frozen", "ready"])
def test_before_the_box_is_open_there_is_no_answer(at: Open, phase: str) -> None:
    hall = at(phase)
    hall.slips = hall.slips or [SlipCode.random()]
    refused(ask(hall, question(hall, hall.credential(0))), 409, "WRONG_PHASE")


def test_a_round_that_does_not_exist_is_not_found(shared: Hall) -> None:
    answer = shared.booth().send("/dot/khong-co/trang-thai", data=b"{}", content_type="application/json")
    refused(answer, 404, "NO_SUCH_ROUND")


def test_after_the_close_the_answer_is_still_given(at: Open) -> None:
    from ballot.result import closing

    hall = at("voting")
    for number in range(6):
        cast = hall.cast(hall.body(number))
    hall.by_two(closing.close)
    assert hall.phase() == "closed"
    assert ask(hall, question(hall, hall.credential(5))).get_json() == {"state": "recorded", "receipt": cast.get_json()}
    assert ask(hall, question(hall, hall.credential(7))).get_json() == {"state": "absent"}

"""Statements that a share is destroyed: their one form, whose signature they bear, the command that checks them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tally.protocol.destruction import LIMIT, Destruction
from tally.protocol.errors import BadSignature, Mismatch, TallyError, TooLarge
from tally.protocol.group import Q
from tests.builders import Round, convene, seal
from tests.commands import DONE, REFUSED, tally, written


def stated(round_: Round, owner: int = 2, *, root: str = "", secret: int | None = None) -> Destruction:
    """What a member signs with the key of its certificate."""
    signing = round_.board.seats[owner - 1].keys.signing.secret
    root = root or round_.files().chained.root
    return Destruction.make(round_.board.committee, owner=owner, root=root, secret=secret or signing)


@pytest.mark.parametrize("owner", [1, 2, 3])
def test_every_member_can_sign_and_is_believed(round_: Round, owner: int) -> None:
    made = stated(round_, owner)
    Destruction.parse(made.encode()).check(round_.board.committee)
    assert Destruction.parse(made.encode()) == made
    assert list(made.as_json()) == ["format", "manifest", "committee", "owner", "root", "proof"]


def test_a_committee_of_one_signs_with_its_share(round_: Round) -> None:
    alone = convene(seal(round_.hall, committee_size=1, threshold=1))
    made = Destruction.make(alone.committee, owner=1, root="ab" * 32, secret=alone.shares[1])
    made.check(alone.committee)
    with pytest.raises(BadSignature):
        replace(made, root="cd" * 32).check(alone.committee)


def test_the_share_of_a_member_does_not_sign_for_it(round_: Round) -> None:
    with pytest.raises(BadSignature):
        stated(round_, 2, secret=round_.board.shares[2]).check(round_.board.committee)


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"manifest": "0" * 64}, Mismatch), ({"committee": "0" * 64}, Mismatch), ({"owner": 4}, Mismatch),
        ({"owner": 1}, BadSignature), ({"root": "0" * 64}, BadSignature),
    ],
)  # fmt: skip
def test_a_statement_with_one_thing_changed_is_refused(
    round_: Round, changes: dict[str, object], error: type[TallyError]
) -> None:
    with pytest.raises(error):
        replace(stated(round_), **changes).check(round_.board.committee)


@pytest.mark.parametrize("field", ["challenge", "response"])
def test_a_proof_with_one_number_changed_is_refused(round_: Round, field: str) -> None:
    made = stated(round_)
    forged = replace(made.proof, **{field: (getattr(made.proof, field) + 1) % Q})
    with pytest.raises(BadSignature):
        replace(made, proof=forged).check(round_.board.committee)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"destruction/v1", b"destruction/v2"), (b'"owner":2', b'"owner":0'), (b'"owner":2', b'"owner":"2"'),
        (b'"root":"', b'"root":"A'), (b'"committee"', b'"comittee"'), (b"{", b"{ "),
    ],
)  # fmt: skip
def test_a_statement_of_another_form_is_refused(round_: Round, old: bytes, new: bytes) -> None:
    raw = stated(round_).encode()
    assert old in raw
    with pytest.raises(TallyError):
        Destruction.parse(raw.replace(old, new, 1))
    with pytest.raises(TooLarge):
        Destruction.parse(raw + b" " * LIMIT)


# --- the command --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def record(round_: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(round_.record(), tmp_path_factory.mktemp("hồ sơ") / "HO-SO")


def checked(made: Destruction, record: Path, folder: Path) -> tuple[int, str]:
    path = folder / "destruction-2.json"
    path.write_bytes(made.encode())
    return tally("destruction", path, record, "--workers", 1)


def test_the_command_names_the_member_and_what_a_signature_does_not_show(
    round_: Round, record: Path, tmp_path: Path
) -> None:
    code, output = checked(stated(round_), record, tmp_path)
    assert code == DONE
    assert "Thành viên 2, Ủy viên 2, đã ký" in output
    assert "không chứng minh rằng không còn bản sao" in output


def test_the_command_refuses_another_root_and_a_record_without_a_result(
    round_: Round, record: Path, tmp_path: Path
) -> None:
    code, output = checked(stated(round_, root="0" * 64), record, tmp_path)
    assert (code, "MISMATCH" in output) == (REFUSED, True)
    closed = written(round_.closed(), tmp_path / "closed")
    code, output = checked(stated(round_), closed, tmp_path)
    assert code not in (DONE, 2)
    assert "Thành viên 2" not in output

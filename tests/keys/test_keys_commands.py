"""`python -m keys`: the commands of members and coordinator, as people use them; never a traceback, never a secret."""

from __future__ import annotations

import json
import secrets
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from keys.committee.trustee import TrusteeFile
from keys.roles import ROLES
from keys.store import KdfCost
from tally.protocol.committee import Committee
from tally.protocol.encoding import grouped
from tests.builders import Round, new_hall, seal
from tests.commands import DONE, INCOMPLETE, REFUSED, ROOT, WRONG_USE, Done, run
from tests.keys.folder import new_committee
from tests.keys.member import WORDS, NewFile


def keys(*arguments: object, words: str = WORDS) -> Done:
    """Run a command with the passphrase on standard input; it may show up nowhere."""
    done = run("keys", *arguments, stdin=f"{words}\n")
    assert not words or words not in done.output
    return done


@pytest.fixture
def closed(round_: Round, tmp_path: Path) -> Path:
    round_.closed().write(tmp_path / "hồ sơ")
    return tmp_path / "hồ sơ"


def decrypt(record: Path, file: TrusteeFile, out: Path, root: str, words: str = WORDS) -> Done:
    arguments = ("--root", grouped(root, 16), "--out", out, "--workers", 1)
    return keys("trustee", "decrypt", record, file.path, *arguments, words=words)


def test_the_roles_are_listed() -> None:
    done = run("keys", "roles")
    assert done.code == DONE
    assert all(role.suffix in done.output for role in ROLES.values())


def test_no_command_is_wrong_use_and_help_is_not() -> None:
    assert run("keys").code == WRONG_USE
    assert run("keys", "trustee", "--help").code == DONE


# --- decryption ---------------------------------------------------------------------------------------------------


def test_a_member_decrypts_a_closed_record(round_: Round, closed: Path, new_file: NewFile, tmp_path: Path) -> None:
    root = round_.files().chained.root
    done = decrypt(closed, new_file(round_), tmp_path / "phần", root)
    assert done.code == DONE
    assert "Phát ra: 7   Thu về: 6" in done.output
    assert grouped(root, 16) in done.output
    assert "Thời gian chờ khiếu nại trước khi giải mã do ban tổ chức đặt và giữ" in done.output  # threats F9
    assert (tmp_path / "phần" / "partial-1.json").is_file()


def test_no_part_is_written_for_another_root(round_: Round, closed: Path, new_file: NewFile, tmp_path: Path) -> None:
    done = decrypt(closed, new_file(round_), tmp_path / "phần", "0" * 64)
    assert (done.code, "ROOT_MISMATCH" in done.output) == (REFUSED, True)
    assert not (tmp_path / "phần").exists()


def test_the_root_is_remembered_before_any_output_exists(
    round_: Round, closed: Path, new_file: NewFile, tmp_path: Path
) -> None:
    """The first command fails while it writes; the key must not be good for another root all the same."""
    file, blocked = new_file(round_), tmp_path / "blocked"
    (blocked / "partial-1.json").mkdir(parents=True)
    root = round_.files().chained.root
    assert decrypt(closed, file, blocked, root).code == REFUSED
    assert file.load().decrypted_root == root
    other = replace(round_, ballots=round_.ballots[1:]).files(parts={})
    other.record.write(tmp_path / "khác")
    done = decrypt(tmp_path / "khác", file, tmp_path / "phần", other.chained.root)
    assert (done.code, "OTHER_ROOT_DECRYPTED" in done.output) == (REFUSED, True)
    assert decrypt(closed, file, tmp_path / "phần", root).code == DONE


def test_a_wrong_passphrase_is_refused(round_: Round, closed: Path, new_file: NewFile, tmp_path: Path) -> None:
    root = round_.files().chained.root
    done = decrypt(closed, new_file(round_), tmp_path / "phần", root, words="không phải câu đó")
    assert (done.code, "WRONG_PASSPHRASE" in done.output) == (REFUSED, True)


def test_a_record_that_fails_a_check_is_not_decrypted(round_: Round, new_file: NewFile, tmp_path: Path) -> None:
    files = round_.files(parts={})
    round_.closed(spoiled=b"{}").write(tmp_path / "hồ sơ")
    done = decrypt(tmp_path / "hồ sơ", new_file(round_), tmp_path / "phần", files.chained.root)
    assert done.code == REFUSED
    assert "Phép kiểm số 20 không đạt" in done.output


# --- the ceremony -------------------------------------------------------------------------------------------------


def test_a_committee_of_one_is_made_by_commands_alone(tmp_path: Path) -> None:
    folder, key = tmp_path / "trao đổi", tmp_path / "1.trustee.key"
    folder.mkdir()
    (folder / "manifest.json").write_bytes(seal(new_hall(), committee_size=1, threshold=1).raw)
    steps = (
        ("trustee", "join", folder, key, "--member", 1),
        ("trustee", "next", folder, key),
        ("committee", "finish", folder, "--member", "Nguyễn Văn A; Trưởng ban"),
        ("trustee", "next", folder, key),
        ("committee", "call", folder),
        ("trustee", "next", folder, key),
    )
    assert [keys(*step).code for step in steps] == [DONE] * 6
    assert Committee.parse((folder / "committee.json").read_bytes()).members[0].role == "Trưởng ban"
    assert (folder / "member-1.opening.json").is_file()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert not any(WORDS.encode() in path.read_bytes() for path in (key, *folder.iterdir()))


def test_a_member_who_is_too_early_is_told_whom_to_wait_for(tmp_path: Path, cheap: KdfCost) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    committee.join(1)
    done = keys("trustee", "next", committee.exchange.folder, committee.files[1].path)
    assert done.code == REFUSED
    assert "CEREMONY_WAITS" in done.output
    assert "member-2.certificate.json" in done.output


def test_a_taken_seat_is_refused(tmp_path: Path, cheap: KdfCost) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    committee.join(1)
    done = keys("trustee", "join", committee.exchange.folder, tmp_path / "2.trustee.key", "--member", 1)
    assert (done.code, "SEAT_TAKEN" in done.output) == (REFUSED, True)


def test_a_short_passphrase_makes_no_key(tmp_path: Path, cheap: KdfCost) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    for words in ("ngắn", ""):
        key = tmp_path / "1.trustee.key"
        done = keys("trustee", "join", committee.exchange.folder, key, "--member", 1, words=words)
        assert (done.code, "PASSPHRASE_TOO_SHORT" in done.output) == (REFUSED, True)
        assert not key.exists()


def test_a_finish_without_all_messages_names_who_is_missing(tmp_path: Path, cheap: KdfCost) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    committee.join(1, 2)
    names = [word for n in (1, 2, 3) for word in ("--member", f"Ủy viên {n}")]
    done = keys("committee", "finish", committee.exchange.folder, *names)
    assert done.code == REFUSED
    assert "member 1" in done.output


@pytest.mark.parametrize("name", ["manifest.json", "member-1.certificate.json", "member-2.certificate.json"])
def test_a_folder_with_anything_in_it_is_refused_in_one_sentence(tmp_path: Path, cheap: KdfCost, name: str) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    committee.join(1, 2, 3)
    (committee.exchange.folder / name).write_bytes(secrets.token_bytes(300))
    done = keys("trustee", "next", committee.exchange.folder, committee.files[1].path)
    assert done.code == REFUSED
    assert "NOT_JSON" in done.output


def test_an_empty_folder_is_incomplete(tmp_path: Path) -> None:
    done = keys("trustee", "join", tmp_path, tmp_path / "1.trustee.key", "--member", 1)
    assert done.code == INCOMPLETE


# --- keys of issuers and of the box -------------------------------------------------------------------------------


def test_an_issuer_gets_two_keys_and_shows_their_public_halves(tmp_path: Path) -> None:
    done = keys("new-issuer", tmp_path, "--name", "ban-to-chuc", "--uuid", "8e1CVLYEET9UQq")
    public = json.loads(done.output)
    assert (done.code, list(public)) == (DONE, ["name", "key", "statement_key"])
    assert {path.name for path in tmp_path.iterdir()} == {"ban-to-chuc.issuer.key", "ban-to-chuc.statement.key"}
    again = keys("new-issuer", tmp_path, "--name", "ban-to-chuc", "--uuid", "8e1CVLYEET9UQq")
    assert (again.code, "KEY_FILE_EXISTS" in again.output) == (REFUSED, True)


def test_a_box_gets_its_key(tmp_path: Path) -> None:
    done = keys("new-box", tmp_path, "--uuid", "8e1CVLYEET9UQq")
    assert (done.code, len(done.output.strip())) == (DONE, 64)


def test_no_key_is_made_in_the_source_tree() -> None:
    done = keys("new-box", ROOT / "keys", "--uuid", "8e1CVLYEET9UQq")
    assert (done.code, "KEY_INSIDE_REPOSITORY" in done.output) == (REFUSED, True)
    assert list((ROOT / "keys").glob("*.key")) == []


def test_a_key_file_that_never_served_is_destroyed_on_request(tmp_path: Path, cheap: KdfCost) -> None:
    committee = new_committee(tmp_path / "trao đổi", cheap)
    committee.join(1)
    assert keys("trustee", "destroy", committee.files[1].path, "--yes", "--unused").code == DONE
    assert not committee.files[1].path.exists()

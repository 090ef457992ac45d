"""`keys inventory`: public facts of every key file in a folder, its state, what an opened one remembers."""

from __future__ import annotations

import json
from pathlib import Path

from tests.builders import Round
from tests.commands import DONE, ROOT, run
from tests.keys.member import WORDS, NewFile


def inventory(*arguments: object, words: str = "") -> list[dict[str, object]]:
    done = run("keys", "inventory", "--json", *arguments, stdin=words)
    assert done.code == DONE, done.output
    return json.loads(done.output)


def test_the_inventory_shows_public_facts_and_the_state_of_every_key(
    round_: Round, new_file: NewFile, tmp_path: Path
) -> None:
    usable, exposed, damaged = (new_file(round_, n).path for n in (1, 2, 3))
    exposed.chmod(0o640)
    damaged.write_bytes(damaged.read_bytes()[:-9])
    (tmp_path / "ghi chú.txt").write_text("không phải khóa")
    renamed = tmp_path / "sao lưu"
    renamed.mkdir()
    (renamed / "x.bin").write_bytes(usable.read_bytes())
    (renamed / "x.bin").chmod(0o600)
    rows = {Path(str(row["path"])).name: row for row in inventory(tmp_path)}
    assert {name: row["state"] for name, row in rows.items()} == {
        "1.trustee.key": "usable", "2.trustee.key": "exposed", "3.trustee.key": "damaged", "x.bin": "usable",
    }  # fmt: skip
    row = rows["1.trustee.key"]
    assert (row["kind"], row["name"], row["round"], row["mode"]) == (
        "trustee", "member 1", round_.manifest.hash, "0600",
    )  # fmt: skip
    assert (row["kdf"], len(str(row["sha256"]))) == ({"ops": 1, "mem": 8192}, 64)
    assert rows["3.trustee.key"]["kind"] == ""
    assert "opened" not in row


def test_opening_adds_what_a_members_file_remembers_and_never_a_secret(
    round_: Round, new_file: NewFile, tmp_path: Path
) -> None:
    file = new_file(round_, 1, decrypted_root="ab" * 32)
    new_file(round_, 2, share=None)
    rows = inventory(tmp_path, "--open", words=f"{WORDS}\nkhông phải câu đó\n")
    assert rows[0]["opened"] == {
        "share": True, "transcript": file.load().transcript, "decrypted_root": "ab" * 32,
    }  # fmt: skip
    assert rows[1]["opened"] == {"code": "WRONG_PASSPHRASE"}
    printed = json.dumps(rows)
    memory = file.load()
    assert not any(secret in printed for secret in (str(memory.share), memory.seed, memory.nonce, WORDS))


def test_the_table_says_the_same_and_that_a_header_is_only_a_claim(
    round_: Round, new_file: NewFile, tmp_path: Path
) -> None:
    new_file(round_, 1)
    done = run("keys", "inventory", tmp_path, "--open", stdin=f"{WORDS}\n")
    for line in (
        "1.trustee.key: dùng được", "loại: phần khóa của ủy viên", "người mở: chính ủy viên đó", "quyền của tệp: 0600",
        "có phần khóa; buổi tạo khóa", "chưa giải mã", "1 tệp khóa.", "chỉ khi mở tệp bằng mật khẩu mới tin được",
    ):  # fmt: skip
        assert line in done.output, line
    assert WORDS not in done.output


def test_a_key_in_the_source_tree_is_told_apart_and_an_empty_folder_has_none(
    round_: Round, new_file: NewFile, tmp_path: Path
) -> None:
    tree = tmp_path / "mã nguồn"
    (tree / ".git").mkdir(parents=True)
    (tree / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    file = new_file(round_, 1)
    file.path.rename(tree / file.path.name)
    assert [row["state"] for row in inventory(tree)] == ["inside-repository"]
    (tmp_path / "trống").mkdir()
    assert inventory(tmp_path / "trống") == []

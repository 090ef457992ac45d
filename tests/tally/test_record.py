"""The record as a folder and as a zip: read whole or refused, and never unpacked."""

from __future__ import annotations

import io
import secrets
import stat
import warnings
import zipfile
from pathlib import Path

import pytest

from tally.protocol.errors import TallyError
from tally.record import NAMES, Record, UnknownFile, UnreadableRecord
from tally.verify import CheckFailed, verify_record
from tests.builders import Round

Members = list[tuple[str | zipfile.ZipInfo, bytes]]


def packed(path: Path, members: Members, method: int = zipfile.ZIP_STORED) -> Path:
    """Write a zip of any members, also those that zipfile warns of."""
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", method) as archive:
        warnings.simplefilter("ignore")
        for name, raw in members:
            archive.writestr(name, raw)
    return path


@pytest.fixture
def members(round_: Round) -> Members:
    return list(round_.record().members())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "hồ sơ.zip"


def test_a_folder_reads_back_as_it_was_written(round_: Round, tmp_path: Path) -> None:
    record = round_.record()
    record.write(tmp_path)
    assert Record.read(tmp_path) == record
    assert {p.name for p in tmp_path.iterdir()} == {name for name, _ in record.members()}


def test_a_zip_reads_back_and_is_verified(round_: Round, path: Path) -> None:
    record = round_.record()
    record.write_zip(path)
    assert Record.read(path) == record
    assert verify_record(Record.read(path)).evidence.record.hash == record.hash


def test_a_compressed_zip_is_the_same_record(members: Members, path: Path) -> None:
    assert Record.read(packed(path, members, zipfile.ZIP_DEFLATED)) == Record.of(dict(members))


def test_a_zip_depends_on_the_files_alone(round_: Round) -> None:
    record, written = round_.record(), []
    again = Record(dict(reversed(record.files.items())), record.archive_name)
    for one in (record, again):
        buffer = io.BytesIO()
        one.write_zip(buffer)
        written.append(buffer.getvalue())
    assert written[0] == written[1]


def test_the_hash_names_every_file_and_every_byte(round_: Round) -> None:
    record = round_.record()
    hashes = {record.with_files({name: record[name] + b" "}).hash for name in NAMES}
    assert len(hashes | {record.hash}) == len(NAMES) + 1


def test_the_report_is_outside_the_record(round_: Round, tmp_path: Path) -> None:
    round_.record().write(tmp_path)
    before = Record.read(tmp_path).hash
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "ket-qua.pdf").write_bytes(b"x")
    assert Record.read(tmp_path).hash == before


# --- hostile folders ----------------------------------------------------------------------------------------------


def test_a_symbolic_link_in_a_folder_is_not_followed(round_: Round, tmp_path: Path) -> None:
    round_.record().write(tmp_path)
    (tmp_path / "result.json").unlink()
    (tmp_path / "result.json").symlink_to(tmp_path / "manifest.json")
    with pytest.raises(UnknownFile):
        Record.read(tmp_path)


@pytest.mark.parametrize("name", [".DS_Store", "result.json.bak", "Manifest.json", "archive"])
def test_an_unknown_file_in_a_folder_is_refused(round_: Round, tmp_path: Path, name: str) -> None:
    round_.record().write(tmp_path)
    (tmp_path / name).write_bytes(b"x")
    with pytest.raises(UnknownFile):
        Record.read(tmp_path)


def test_a_folder_in_the_folder_is_refused(round_: Round, tmp_path: Path) -> None:
    round_.record().write(tmp_path)
    (tmp_path / "more").mkdir()
    with pytest.raises(UnknownFile):
        Record.read(tmp_path)


def test_nothing_at_all_is_unreadable(tmp_path: Path) -> None:
    with pytest.raises(UnreadableRecord):
        Record.read(tmp_path / "nowhere")


# --- hostile zips -------------------------------------------------------------------------------------------------


# threats H18
@pytest.mark.parametrize("name", ["../manifest.json", "/manifest.json", "a/manifest.json", ".manifest.json", "x/",
                                  "../../zzzzzzzzzzzzzz.bel", "ghi chú.txt", "archive"])  # fmt: skip
def test_a_member_with_any_other_name_is_refused(members: Members, path: Path, name: str) -> None:
    with pytest.raises(UnknownFile):
        Record.read(packed(path, [*members[1:], (name, b"x")]))


def test_two_members_of_one_name_are_refused(members: Members, path: Path) -> None:
    with pytest.raises(UnknownFile):
        Record.read(packed(path, [*members[:-1], members[0]]))


def test_two_archives_in_one_zip_are_refused(members: Members, path: Path) -> None:
    with pytest.raises(UnknownFile):
        Record.read(packed(path, [*members[:-1], ("zzzzzzzzzzzzzz.bel", b"x")]))


def test_a_hundred_members_are_refused(path: Path) -> None:
    with pytest.raises(UnknownFile):
        Record.read(packed(path, [(f"{n}.json", b"{}") for n in range(100)]))


def test_a_link_in_a_zip_is_only_bytes(members: Members, path: Path, tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"never to be read")
    link = zipfile.ZipInfo("result.json")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    kept = [(name, raw) for name, raw in members if name != "result.json"]
    record = Record.read(packed(path, [*kept, (link, str(tmp_path / "secret").encode())]))
    assert record["result.json"] == str(tmp_path / "secret").encode()


# threats H18
@pytest.mark.parametrize("size", [0, 1, 2**32 - 2])
def test_a_member_that_lies_about_its_size_is_refused(members: Members, path: Path, size: int) -> None:
    raw = bytearray(packed(path, members).read_bytes())
    at = raw.index(b"PK\x01\x02") + 24  # uncompressed size in the central directory
    raw[at : at + 4] = size.to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises((UnreadableRecord, UnknownFile)):
        Record.read(path)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_no_record_needs_are_refused(members: Members, path: Path, method: int) -> None:
    with pytest.raises(UnreadableRecord):
        Record.read(packed(path, members, method))


def test_a_zip_of_damaged_bytes_is_refused_and_never_breaks_the_reader(members: Members, path: Path) -> None:
    """Flip bytes of the headers, where everything about methods, sizes and places is said."""
    whole = packed(path, [(name, raw[:40]) for name, raw in members], zipfile.ZIP_DEFLATED).read_bytes()
    verified = 0
    for _ in range(1500):
        raw = bytearray(whole)
        for _ in range(1 + secrets.randbelow(3)):
            raw[secrets.randbelow(len(raw))] = secrets.choice((0, 1, 8, 9, 12, 14, 0x7F, 0xFF, secrets.randbelow(256)))
        path.write_bytes(raw)
        try:
            verify_record(Record.read(path))
            verified += 1
        except (TallyError, CheckFailed):
            continue
    assert verified == 0

"""Evidence packs and the files of a report: made of a real record, unpacked, checked, and one byte changed in each.

Here live tests of tally/pack.py, report_files.py and their commands. Never here: what an export says (test_exports.py).
"""

from __future__ import annotations

import hashlib
import io
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from keys.documents.statement import certificate_hash
from tally.commands.pack import pack
from tally.pack import LIMIT, LOG, RECORD, REPORT, SUMS, Pack, PackDiffers, PackUnreadable, check_around, other_versions
from tally.protocol.errors import Incomplete, Mismatch, NotCanonical, TallyError
from tally.protocol.minutes import Minutes, PaperCounts, Recount, Signatory
from tally.protocol.signer import SignerStatement
from tally.record import Record, UnknownFile
from tally.report import family
from tally.report.documents import DOCUMENTS
from tally.report.zipped import zipped
from tally.report_files import FileDiffers, Remade, report_files
from tally.sitting import MINUTES
from tally.verify import CheckFailed, VerifiedRecord, verify_record
from tests.builders import SLIPS, VOTES, Round
from tests.commands import CONSISTENT, DONE, REFUSED, VERIFIED, run, tally
from tests.signatories import identity, signed_by
from tests.tally.acts_logs import whole
from tests.tally.test_log_command import HOLDS

SIGNER = "Ủy viên 1"


def minutes_of(verified: VerifiedRecord) -> Minutes:
    """Minutes that one member signs by key; the numbers from paper are those of the small round."""
    e = verified.evidence
    certificate = certificate_hash(identity(SIGNER).certificate)
    return Minutes(
        manifest=e.manifest.hash, root=e.archive.root, number="05", place="Thanh Sơn", room="", started="08:05",
        ended="09:20", assigned_by="", present=SLIPS, absent=(), complaints="", copies=2, recipients=("Lưu",),
        paper=PaperCounts(SLIPS, 1, slips_counted=True, slips_in_box=len(VOTES), typed_by=("Lê Thị Hòa", "Ngô Gia")),
        recounts=(Recount("kiểm lại", agrees=True),), signers=(Signatory(1, certificate),),
    )  # fmt: skip


@pytest.fixture(scope="module")
def verified(round_: Round) -> VerifiedRecord:
    """The record once: its decryption proofs are drawn anew each time it is made."""
    return verify_record(round_.record(), expected_manifest=round_.manifest.hash)


@pytest.fixture(scope="module")
def remade(verified: VerifiedRecord) -> Remade:
    return Remade(verified, minutes_of(verified))


@pytest.fixture(scope="module")
def present(round_: Round, verified: VerifiedRecord, remade: Remade) -> dict[str, bytes]:
    """The report folder of the small round: everything that is made, minutes, the signer's statement."""
    minutes = minutes_of(verified)
    statement = SignerStatement.make(
        round_.board.committee, owner=1, certificate=minutes.signers[0].certificate,
        secret=round_.board.seats[0].keys.signing.secret,
    )  # fmt: skip
    return {**remade.compare({}).made, MINUTES: minutes.encode(), "signer-1.json": statement.encode()}


@pytest.fixture(scope="module")
def folder(present: dict[str, bytes], remade: Remade, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The record with its report, the two signed documents among it."""
    path = tmp_path_factory.mktemp("hồ sơ")
    remade.verified.evidence.record.write(path)
    (path / "report" / "signed").mkdir(parents=True)
    for name, raw in present.items():
        (path / "report" / name).write_bytes(raw)
    for document in DOCUMENTS:
        if document.signed:
            raw = signed_by(document.make(remade.papers, family()), (1, identity(SIGNER)))
            (path / "report" / "signed" / f"{document.name}.pdf").write_bytes(raw)
    return path


@pytest.fixture(scope="module")
def packed(folder: Path, round_: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("bộ hồ sơ")
    (place / "nhat-ky.jsonl").write_bytes(whole(round_.manifest.uuid).encode())
    options = ("--log", place / "nhat-ky.jsonl", "--manifest", round_.manifest.hash, "--workers", 1)
    done = run("tally", "pack", folder, place / "bộ.zip", *options)
    assert done.code == DONE, done.output
    assert VERIFIED in done.output
    return place / "bộ.zip"


# --- the report folder -------------------------------------------------------------------------------------------


def flipped(raw: bytes, place: int) -> bytes:
    return raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]


def test_one_byte_changed_in_any_file_is_caught_and_named(present: dict[str, bytes], remade: Remade) -> None:
    assert remade.compare(present, whole=True).compared == len(present) - 2
    names = sorted(set(present) - {MINUTES, "signer-1.json"})
    assert {name.rpartition(".")[2] for name in names} == {"pdf", "svg", "png", "xlsx", "csv", "json", "docx"}
    for name in names:
        for place in (0, len(present[name]) // 2, len(present[name]) - 1):
            with pytest.raises(FileDiffers) as refused:
                remade.compare({**present, name: flipped(present[name], place)})
            assert refused.value.where == name


def test_a_file_cut_short_or_made_longer_is_named(present: dict[str, bytes], remade: Remade) -> None:
    for raw in (b"", present["ket-qua.xlsx"][:-1], present["ket-qua.xlsx"] + b"\0"):
        with pytest.raises(FileDiffers, match=r"ket-qua\.xlsx: Tệp này khác tệp lập lại từ hồ sơ đã kiểm chứng\."):
            remade.compare({**present, "ket-qua.xlsx": raw})


def test_a_missing_file_is_named_where_all_must_be_there(present: dict[str, bytes], remade: Remade) -> None:
    less = {name: raw for name, raw in present.items() if name != "ket-qua.csv"}
    assert remade.compare(less).made["ket-qua.csv"] == present["ket-qua.csv"]
    with pytest.raises(Incomplete, match=r"ket-qua\.csv"):
        remade.compare(less, whole=True)


@pytest.mark.parametrize("name", ["ghi-chu.txt", "ket-qua2.xlsx", "signer-0.json", "signer-1.json.bak", ".an"])
def test_a_file_that_nothing_makes_is_named(present: dict[str, bytes], remade: Remade, name: str) -> None:
    with pytest.raises(UnknownFile, match=name):
        remade.compare({**present, name: b"x"})


def test_a_statement_of_nobody_is_refused(present: dict[str, bytes], remade: Remade) -> None:
    for raw in (b"{}", flipped(present["signer-1.json"], 300)):
        with pytest.raises(TallyError):
            remade.compare({**present, "signer-2.json": raw})


def test_the_working_report_may_be_of_any_run_but_of_one(
    verified: VerifiedRecord, present: dict[str, bytes], remade: Remade
) -> None:
    english = remade.working("en", proven=False)
    assert english["ket-qua.pdf"] != present["ket-qua.pdf"]
    assert remade.compare({**present, **english}).made["ket-qua.pdf"] == english["ket-qua.pdf"]
    with pytest.raises(FileDiffers):
        remade.compare({**present, "ket-qua.pdf": english["ket-qua.pdf"]})


def test_minutes_of_another_record_are_refused(verified: VerifiedRecord, tmp_path: Path) -> None:
    raw = minutes_of(verified).encode()
    (tmp_path / MINUTES).write_bytes(raw.replace(verified.evidence.archive.root.encode(), b"0" * 64))
    with pytest.raises(Mismatch):
        report_files(verified, tmp_path)


def test_a_link_in_the_folder_is_not_followed(verified: VerifiedRecord, tmp_path: Path) -> None:
    (tmp_path / "ket-qua.csv").symlink_to("/etc/passwd")
    with pytest.raises(UnknownFile, match=r"ket-qua\.csv"):
        report_files(verified, tmp_path)


# --- the pack ----------------------------------------------------------------------------------------------------


def members(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_a_pack_is_unpacked_and_everything_in_it_holds(
    packed: Path, round_: Round, verified: VerifiedRecord, tmp_path: Path
) -> None:
    with zipfile.ZipFile(packed) as archive:
        archive.extractall(tmp_path)
        names = archive.namelist()
    subprocess.run(["sha256sum", "--quiet", "--strict", "-c", SUMS], cwd=tmp_path, check=True)
    listed = [line.split("  ")[1] for line in (tmp_path / SUMS).read_text("utf-8").splitlines()]
    assert listed == sorted(set(names) - {SUMS})
    assert {"bao-cao/signed/bien-ban-kiem-phieu.pdf", "bao-cao/signer-1.json", "bao-cao/minutes.json", LOG} <= set(
        names
    )
    assert Record.read(tmp_path / RECORD).hash == verified.evidence.record.hash
    verify_record(Record.read(tmp_path / RECORD), expected_manifest=round_.manifest.hash)
    guide = (tmp_path / "HUONG-DAN.txt").read_text("utf-8")
    assert round_.manifest.hash not in guide  # that one comes from paper
    assert "reportlab " in (tmp_path / "PHIEN-BAN.txt").read_text("utf-8")


def test_a_pack_is_checked_as_a_whole(packed: Path, round_: Round) -> None:
    code, output = tally("check-files", packed, "--manifest", round_.manifest.hash, "--workers", 1)
    assert code == DONE
    for words in ("20 tệp giống từng byte", "bien-ban-kiem-phieu.pdf: Biên bản kiểm phiếu, 1 chữ ký đúng", VERIFIED):
        assert words in output, output
    assert output.index(HOLDS) < output.index("giống từng byte") < output.index("chữ ký đúng") < output.index(VERIFIED)


def test_a_pack_is_the_same_bytes_twice_and_has_one_spelling(packed: Path) -> None:
    raw = packed.read_bytes()
    pack = Pack.parse(raw)
    assert pack.encode() == raw
    assert (
        hashlib.sha256(Pack(dict(reversed(list(pack.members.items())))).encode()).digest()
        == hashlib.sha256(raw).digest()
    )


def test_one_byte_changed_in_a_pack_is_caught_wherever_it_is(packed: Path) -> None:
    raw = packed.read_bytes()
    end = raw.index(b"%PDF-")  # guide, versions, sums; then steps through the rest, and the directory at the end
    for place in (*range(0, end, 97), *range(end, len(raw), 20_011), *range(len(raw) - 300, len(raw), 13)):
        with pytest.raises(TallyError):
            Pack.parse(flipped(raw, place))


def test_a_changed_member_is_named_even_with_a_sound_zip_around_it(packed: Path) -> None:
    found = members(packed)
    for name in found:
        if name != SUMS:
            with pytest.raises(PackDiffers) as refused:
                Pack.parse(zipped({**found, name: found[name] + b" "}, packed=False))
            assert refused.value.where == name


def test_sums_that_were_changed_with_the_file_do_not_help(
    packed: Path, verified: VerifiedRecord, remade: Remade
) -> None:
    pack = Pack.parse(packed.read_bytes())
    for name in ("ket-qua.xlsx", "ket-qua.csv", "ket-qua.json", "bien-ban-kiem-phieu.docx", "nghi-quyet.pdf"):
        full = f"{REPORT}{name}"
        if full in pack.members:
            forged = Pack.parse(Pack({**pack.members, full: flipped(pack.members[full], 60)}).encode())
            with pytest.raises(FileDiffers) as refused:
                remade.compare({n: raw for n, raw in forged.below(REPORT).items() if "/" not in n})
            assert refused.value.where == name
    for name in ("HUONG-DAN.txt", "PHIEN-BAN.txt", RECORD):
        with pytest.raises(FileDiffers) as refused:
            check_around(Pack({**pack.members, name: pack.members[name] + b"x"}), verified)
        assert refused.value.where == name


@pytest.mark.parametrize("name", [SUMS, "HUONG-DAN.txt", "PHIEN-BAN.txt", RECORD])
def test_a_pack_without_one_of_its_own_files_is_incomplete(packed: Path, name: str) -> None:
    found = Pack.parse(packed.read_bytes()).members
    less = Pack({n: raw for n, raw in found.items() if n != name}).encode()
    if name == SUMS:
        less = zipped(dict(found), packed=False)
    with pytest.raises(Incomplete, match=name):
        Pack.parse(less)


@pytest.mark.parametrize(
    "name", ["../x", "/x", "bao-cao/../../x", "bao-cao/a/b", "a\\b", "bao-cao/.x", "thư", "bao-cao/signed/../x", ""]
)
def test_a_name_that_no_pack_has_is_refused(packed: Path, name: str) -> None:
    found = Pack.parse(packed.read_bytes()).members
    with pytest.raises(PackUnreadable):
        Pack.parse(Pack({**found, name: b"x"}).encode())


def test_what_is_no_pack_is_refused(packed: Path) -> None:
    raw = packed.read_bytes()
    found = members(packed)
    for other in (b"", b"PK", b"\0" * 100, raw[100:]):
        with pytest.raises(PackUnreadable):
            Pack.parse(other)
    with pytest.raises(TallyError):
        Pack.parse(raw[:-30])  # a reader of zip files then finds the record within
    with pytest.raises(PackUnreadable):
        Pack.parse(zipped(found))  # packed members
    with pytest.raises(NotCanonical):
        Pack.parse(zipped(found, first=(SUMS,), packed=False))
    twice = io.BytesIO(raw)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(twice, "a") as archive:
        archive.writestr(RECORD, b"x")
    with pytest.raises(PackUnreadable):
        Pack.parse(twice.getvalue())


def test_other_versions_are_told(packed: Path) -> None:
    pack = Pack.parse(packed.read_bytes())
    assert other_versions(pack) == ""
    old = pack.members["PHIEN-BAN.txt"].replace(b"openpyxl 3.1", b"openpyxl 2.9")
    assert other_versions(Pack({**pack.members, "PHIEN-BAN.txt": old})).startswith("openpyxl 2.9")


# --- the commands ------------------------------------------------------------------------------------------------


def test_a_record_with_a_wrong_signed_document_is_not_packed(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "hồ sơ")
    signed = copy / "report" / "signed" / "bien-ban-kiem-phieu.pdf"
    signed.write_bytes(signed.read_bytes() + b"\n")
    with pytest.raises(TallyError, match=r"bien-ban-kiem-phieu\.pdf"):
        pack.main([str(copy), str(tmp_path / "bo.zip"), "--workers", "1"], standalone_mode=False)
    assert not (tmp_path / "bo.zip").exists()


def test_a_record_that_does_not_verify_is_not_packed(round_: Round, tmp_path: Path) -> None:
    round_.record(result_json=b"{}").write(tmp_path / "r")
    with pytest.raises(CheckFailed):
        pack.main([str(tmp_path / "r"), str(tmp_path / "bo.zip"), "--workers", "1"], standalone_mode=False)
    assert not (tmp_path / "bo.zip").exists()


def test_a_changed_export_in_the_folder_is_named_and_no_verdict_is_given(folder: Path, tmp_path: Path) -> None:
    copy = shutil.copytree(folder, tmp_path / "hồ sơ")
    (copy / "report" / "ket-qua.csv").write_bytes(b"TT\r\n")
    code, output = tally("check-files", copy, "--workers", 1)
    assert code == REFUSED
    assert "FILE_DIFFERS: ket-qua.csv: " in output
    assert CONSISTENT not in output


def test_a_zip_of_a_record_alone_is_packed_with_everything_that_can_be_made(
    verified: VerifiedRecord, tmp_path: Path
) -> None:
    with (tmp_path / "r.zip").open("wb") as file:
        verified.evidence.record.write_zip(file)
    pack.main([str(tmp_path / "r.zip"), str(tmp_path / "bo.zip"), "--workers", "1"], standalone_mode=False)
    found = members(tmp_path / "bo.zip")
    assert "bao-cao/bien-ban-kiem-phieu.pdf" in found
    assert "bao-cao/minutes.json" not in found


def test_documents_command_writes_the_exports_too(folder: Path, present: dict[str, bytes], tmp_path: Path) -> None:
    code, output = tally("documents", folder, "--out", tmp_path, "--workers", 1)
    assert code == DONE, output
    for name in ("ket-qua.xlsx", "ket-qua.csv", "ket-qua.json", "bien-ban-kiem-phieu.docx"):
        assert (tmp_path / name).read_bytes() == present[name]


def test_a_file_larger_than_any_pack_is_not_even_read(tmp_path: Path) -> None:  # threats H18
    with (tmp_path / "bộ.zip").open("wb") as opened:
        opened.truncate(LIMIT + 1)
    done = run("tally", "check-files", tmp_path / "bộ.zip")
    assert done.code == REFUSED
    assert "PACK_UNREADABLE" in done.output

"""From a counted record to signed documents: statements, the comparison, three members in turn, and `tally verify`.

Here lives the way that a committee goes. Never here: a trick with a PDF (tests/tally/test_signed_*.py).
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from keys.certificates.errors import CertificateExpired, CertificateFault, CertificateRevoked, CertificateWrongUse
from keys.certificates.identity import Identity, write_pkcs12
from keys.certificates.report_authority import Person, issue_certificate, revocation_list, revoke, spell_serial
from keys.cli import commands
from keys.documents import act
from keys.documents.errors import (
    HasSigned,
    NotASigner,
    NothingToSign,
    NotThisDocument,
    OtherCertificate,
    SignedOnPaper,
    SigningWaits,
)
from keys.documents.statement import certificate_hash, committee_of, state_certificate
from keys.errors import KeyFileBusy, KeysError, WrongRound
from tally.commands.signed import check_signatures
from tally.comparison import PaperDiffers
from tally.protocol.errors import BadSignature, Incomplete, Mismatch, TallyError
from tally.protocol.minutes import Minutes, PaperCounts, Recount, Signatory
from tally.protocol.signer import SignerStatement
from tally.record import Record, UnknownFile
from tally.report.documents import Papers, write_documents
from tally.report.typeface import family
from tally.signed.folder import check_folder, read_signing
from tally.verify import VerifiedRecord, verify_record
from tests.builders import SLIPS, VOTES, Round, convene, seal
from tests.commands import DONE, INCOMPLETE, REFUSED, tally
from tests.keys.member import NewFile, memory_of
from tests.signatories import NAMES, NOW, authority, identities, identity

MINUTES, REPORT = "bien-ban-kiem-phieu.pdf", "bao-cao-ket-qua.pdf"
WORDS = "correct horse battery staple"


@pytest.fixture(scope="module")
def record(round_: Round) -> Record:
    """The record once: its decryption proofs are drawn anew each time it is made."""
    return round_.record()


@pytest.fixture(scope="module")
def verified(round_: Round, record: Record) -> VerifiedRecord:
    return verify_record(record, expected_manifest=round_.manifest.hash)


@pytest.fixture(scope="module")
def minutes(verified: VerifiedRecord) -> Minutes:
    """The numbers are those of the small round; member 2 heads the committee's signers."""
    e = verified.evidence
    hashes = [certificate_hash(one.certificate) for one in identities()]
    return Minutes(
        manifest=e.manifest.hash, root=e.archive.root, number="05", place="Thanh Sơn", room="", started="08:05",
        ended="09:20", assigned_by="", present=SLIPS, absent=(), complaints="", copies=2, recipients=("Lưu",),
        paper=PaperCounts(SLIPS, 1, slips_counted=True, slips_in_box=len(VOTES), typed_by=("Lê Thị Hòa", "Ngô Gia")),
        recounts=(Recount("kiểm lại", agrees=True),),
        signers=tuple(Signatory(owner, hashes[owner - 1]) for owner in (2, 1, 3)),
    )  # fmt: skip


@pytest.fixture(scope="module")
def statements(round_: Round) -> dict[int, SignerStatement]:
    return {
        owner: state_certificate(memory_of(round_, owner), round_.board.committee, one.certificate)
        for owner, one in enumerate(identities(), start=1)
    }


@pytest.fixture(scope="module")
def unsigned(
    verified: VerifiedRecord,
    record: Record,
    minutes: Minutes,
    statements: dict[int, SignerStatement],
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    """The folder as it is when the committee begins to sign."""
    folder = tmp_path_factory.mktemp("hồ sơ") / "hồ sơ"
    record.write(folder)
    report = folder / "report"
    write_documents(Papers.of(verified, minutes), report, family())
    (report / "minutes.json").write_bytes(minutes.encode())
    for owner, stated in statements.items():
        (report / f"signer-{owner}.json").write_bytes(stated.encode())
    return folder


@pytest.fixture
def folder(unsigned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(unsigned, tmp_path / "hồ sơ"))


Sign = Callable[..., Path]


@pytest.fixture
def sign(verified: VerifiedRecord, folder: Path) -> Sign:
    """Do what `keys sign` does, over a record that was verified once for all tests."""

    def do(owner: int, name: str = MINUTES, one: Identity | None = None, **options: object) -> Path:
        one = one or identities()[owner - 1]
        report = folder / "report"
        file = report / "signed" / name if (report / "signed" / name).is_file() else report / name
        ready = act.prepare(verified, report, file, one, at=NOW, **options)
        return act.keep(ready, act.sign(ready, one, at=NOW), report)

    return do


# --- the statement -------------------------------------------------------------------------------------------------


def test_every_member_states_a_certificate_and_a_committee_of_one_too(round_: Round) -> None:
    certificate = identities()[0].certificate
    for owner in (1, 2, 3):
        committee = committee_of(round_.closed(), memory_of(round_, owner), lambda _check, _evidence: None)
        stated = state_certificate(memory_of(round_, owner), committee, certificate)
        assert SignerStatement.parse(stated.encode()).certificate == certificate_hash(certificate)
    alone = replace(round_, board=convene(seal(round_.hall, committee_size=1, threshold=1)))
    memory = replace(memory_of(alone, 1), manifest=alone.board.committee.manifest)
    state_certificate(memory, alone.board.committee, certificate).check(alone.board.committee)


def test_a_key_of_another_round_states_nothing(round_: Round) -> None:
    other = convene(seal(round_.hall))
    with pytest.raises(WrongRound):
        state_certificate(memory_of(round_, 1), other.committee, identities()[0].certificate)


def invoke(*arguments: object, stdin: str = "") -> Result:
    """Run the command here, since a process of its own would spend most of its time on importing."""
    return CliRunner().invoke(commands, [*map(str, arguments)], input=stdin, env={"COLUMNS": "400"})


def test_the_command_writes_the_statement_and_shows_whose_it_is(
    round_: Round, record: Record, new_file: NewFile, tmp_path: Path
) -> None:
    place, key, out = tmp_path / "hồ sơ", new_file(round_, 2), tmp_path / "signer-2.json"
    record.write(place)
    write_pkcs12(identities()[1], tmp_path / "cam.p12", WORDS)
    done = invoke(
        "trustee", "certificate", place, key.path, "--p12", tmp_path / "cam.p12", "--out", out,
        stdin=f"{key.passphrase}\n{WORDS}\n",
    )  # fmt: skip
    assert (done.exit_code, "Thành viên 2, Ủy viên 2" in done.output) == (DONE, True), done.output
    stated = SignerStatement.parse(out.read_bytes())
    stated.check(round_.board.committee)
    assert stated.certificate == certificate_hash(identities()[1].certificate)
    assert WORDS not in done.output


def test_the_command_takes_a_certificate_whose_key_is_elsewhere(
    round_: Round, record: Record, new_file: NewFile, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives.serialization import Encoding

    place, key, out = tmp_path / "hồ sơ", new_file(round_, 3), tmp_path / "signer-3.json"
    record.write(place)
    (tmp_path / "an.crt").write_bytes(identities()[2].certificate.public_bytes(Encoding.PEM))
    given = ("trustee", "certificate", place, key.path, "--out", out)
    assert invoke(*given, stdin=f"{key.passphrase}\n").exit_code != DONE
    both = ("--certificate", tmp_path / "an.crt", "--p12", tmp_path / "không có.p12")
    assert invoke(*given, *both, stdin=f"{key.passphrase}\n{WORDS}\n").exit_code != DONE
    done = invoke(*given, "--certificate", tmp_path / "an.crt", stdin=f"{key.passphrase}\n")
    assert done.exit_code == DONE, done.output
    assert SignerStatement.parse(out.read_bytes()).owner == 3


# --- signing in turn -----------------------------------------------------------------------------------------------


def test_three_members_sign_and_the_record_verifies_with_their_document(
    sign: Sign, folder: Path, round_: Round
) -> None:
    for owner in (2, 1, 3):
        sign(owner, REPORT)
    code, output = tally("verify", folder, "--manifest", round_.manifest.hash)
    assert (code, MINUTES in output, "KIỂM CHỨNG" in output) == (INCOMPLETE, True, False), output
    for owner in (2, 1, 3):
        sign(owner, MINUTES)
    code, output = tally("verify", folder, "--manifest", round_.manifest.hash)
    assert code == DONE, output
    assert output.count("3 chữ ký đúng; giống từng byte") == 2
    assert output.index("3 chữ ký đúng") < output.index("ĐÃ KIỂM CHỨNG")

    signed = folder / "report" / "signed" / REPORT
    signed.write_bytes(signed.read_bytes()[:-200])
    code, output = tally("verify", folder)
    assert (code, REPORT in output, "KIỂM NGUỒN GỐC" in output) == (REFUSED, True, False), output


def test_one_document_signed_for_another_is_refused(sign: Sign, folder: Path, verified: VerifiedRecord) -> None:
    for owner in (2, 1, 3):
        path = sign(owner)
    (found,) = check_folder(verified, folder / "report", complete=False)
    assert (found.name, found.title, found.found.identical) == (MINUTES, "Biên bản kiểm phiếu", True)
    shutil.copyfile(path, path.with_name(REPORT))
    with pytest.raises(TallyError, match=REPORT) as refused:
        list(check_folder(verified, folder / "report"))
    assert refused.value.code == "SIGNED_DIFFERS"


def test_who_waits_and_who_has_signed_is_told(sign: Sign, folder: Path, verified: VerifiedRecord) -> None:
    with pytest.raises(SigningWaits, match="Ủy viên 2"):
        sign(1)
    sign(2)
    with pytest.raises(HasSigned, match="Ủy viên 2"):
        sign(2)
    with pytest.raises(SigningWaits, match="Ủy viên 1"):
        sign(3)
    (found,) = check_folder(verified, folder / "report", complete=False)
    assert [one.owner for one in found.found.signatures] == [2]
    with pytest.raises(TallyError, match=r"bien-ban.*Ủy viên 1") as missing:
        list(check_folder(verified, folder / "report"))
    assert missing.value.code == "SIGNATURE_MISSING"


def test_only_the_certificate_that_was_stated_signs(sign: Sign) -> None:
    with pytest.raises(NotASigner):
        sign(2, one=identity("Kẻ Lạ"))
    with pytest.raises(OtherCertificate, match="Ủy viên 2"):
        sign(2, one=identity("Kẻ Lạ"), member=2)
    with pytest.raises(NotASigner):
        sign(2, member=4)
    sign(2, member=2)


def test_a_document_that_is_not_the_records_is_not_signed(sign: Sign, folder: Path) -> None:  # threats G14, G15
    report = folder / "report"
    for change in (lambda raw: raw + b"\n", lambda raw: raw[:-1], lambda _raw: b"%PDF-1.4"):
        raw = (report / MINUTES).read_bytes()
        (report / MINUTES).write_bytes(change(raw))
        with pytest.raises(NotThisDocument):
            sign(2)
        (report / MINUTES).write_bytes(raw)
    with pytest.raises(NothingToSign):
        sign(2, "nghi-quyet.pdf")
    sign(2)
    (report / "signed" / MINUTES).write_bytes((report / "signed" / MINUTES).read_bytes() + b"\n")
    with pytest.raises(TallyError):
        sign(1)


def test_two_signatures_at_once_are_not_written_over_each_other(
    folder: Path, verified: VerifiedRecord, sign: Sign
) -> None:
    report, one = folder / "report", identities()[1]
    ready = act.prepare(verified, report, report / MINUTES, one, at=NOW)
    signed = act.sign(ready, one, at=NOW)
    sign(2)
    with pytest.raises(NotThisDocument):
        act.keep(ready, signed, report)
    (report / "signed" / f"{MINUTES}.lock").touch()
    with pytest.raises(KeyFileBusy):
        sign(1)


def test_numbers_that_differ_are_not_signed(sign: Sign, folder: Path, minutes: Minutes) -> None:
    paper = replace(minutes.paper, signatures=minutes.paper.signatures - 1)
    (folder / "report" / "minutes.json").write_bytes(replace(minutes, paper=paper).encode())
    with pytest.raises(PaperDiffers, match="Không khớp"):
        sign(2)


def test_documents_on_paper_are_not_signed_by_key(sign: Sign, folder: Path, minutes: Minutes) -> None:
    by_hand = replace(minutes, signers=tuple(replace(one, certificate="") for one in minutes.signers))
    (folder / "report" / "minutes.json").write_bytes(by_hand.encode())
    with pytest.raises(SignedOnPaper):
        sign(2)


def test_a_certificate_that_should_not_sign_is_refused_at_signing(
    verified: VerifiedRecord, folder: Path, round_: Round, minutes: Minutes
) -> None:
    """Expired, taken back, or for another use: the member's own machine says no."""
    report = folder / "report"

    def attempt(one: Identity, kind: type[CertificateFault], *, later: int = 0, lists: tuple[object, ...] = ()) -> None:
        stated = state_certificate(memory_of(round_, 2), round_.board.committee, one.certificate)
        (report / "signer-2.json").write_bytes(stated.encode())
        signers = tuple(replace(s, certificate=stated.certificate) if s.owner == 2 else s for s in minutes.signers)
        (report / "minutes.json").write_bytes(replace(minutes, signers=signers).encode())
        write_documents(Papers.of(verified, replace(minutes, signers=signers)), report, family())
        with pytest.raises(kind):
            act.prepare(verified, report, report / MINUTES, one, at=NOW + timedelta(days=later), lists=lists)

    usual = identities()[1]
    attempt(usual, CertificateExpired, later=200)
    attempt(Identity(authority().certificate, (), None), CertificateWrongUse)
    after, certificate = issue_certificate(
        authority(), Person(NAMES[1]), usual.certificate.public_key(), now=NOW, end=NOW + timedelta(days=9)
    )
    after = revoke(after, spell_serial(certificate), now=NOW)
    _after, revoked = revocation_list(after, now=NOW, end=NOW + timedelta(days=9))
    attempt(Identity(certificate, usual.chain, usual._key), CertificateRevoked, lists=(revoked,))


# --- what the folder may hold --------------------------------------------------------------------------------------


def test_statements_must_be_there_and_be_the_members_own(
    folder: Path, verified: VerifiedRecord, statements: dict[int, SignerStatement]
) -> None:
    place = folder / "report" / "signer-1.json"
    for stated, kind in (
        (None, Incomplete),
        (statements[2], Mismatch),
        (replace(statements[1], certificate=statements[2].certificate), BadSignature),
        (replace(statements[1], owner=3), BadSignature),
        (replace(statements[1], owner=4), Mismatch),
        (replace(statements[1], committee="0" * 64), Mismatch),
    ):
        if stated is None:
            place.unlink()
        else:
            place.write_bytes(stated.encode())
        with pytest.raises(kind):
            read_signing(verified, folder / "report")
    (folder / "report" / "minutes.json").unlink()
    with pytest.raises(Incomplete, match=r"minutes\.json"):
        read_signing(verified, folder / "report")


@pytest.mark.parametrize("name", ["nghi-quyet.pdf", "ghi-chú.txt", "bien-ban-kiem-phieu.PDF", ".an.pdf", "thư mục"])
def test_other_files_among_the_signed_ones_are_refused(folder: Path, verified: VerifiedRecord, name: str) -> None:
    place = folder / "report" / "signed" / name
    place.parent.mkdir()
    if name == "thư mục":
        place.mkdir()
    else:
        place.write_bytes((folder / "report" / MINUTES).read_bytes())
    with pytest.raises(UnknownFile):
        list(check_folder(verified, folder / "report"))


# --- the commands --------------------------------------------------------------------------------------------------


def listed(folder: Path, *options: str) -> Result:
    return CliRunner().invoke(check_signatures, [str(folder), *options, "--workers", "1"], env={"COLUMNS": "400"})


def test_the_commands_from_the_first_signature_to_the_list_of_all(folder: Path, round_: Round, tmp_path: Path) -> None:
    for owner in (2, 1, 3):
        write_pkcs12(identities()[owner - 1], tmp_path / f"{owner}.p12", WORDS)
    assert isinstance(listed(folder).exception, Incomplete)
    for step, owner in enumerate((2, 1, 3)):
        file = folder / "report" / ("signed" if step else "") / MINUTES
        given = ("sign", folder, file, "--p12", tmp_path / f"{owner}.p12", "--workers", 1)
        if step == 0:
            no = invoke(*given, stdin=f"{WORDS}\nn\n")
            assert (no.exit_code, (folder / "report" / "signed").exists()) == (1, False), no.output
        done = invoke(*given, "--manifest", round_.manifest.hash, stdin=f"{WORDS}\ny\n")
        assert done.exit_code == DONE, (done.output, done.exception)
        for words in ("Khớp.", "Phát ra: 7   Thu về: 6", "Biên bản kiểm phiếu", "ĐÃ KIỂM CHỨNG"):
            assert words in done.output, done.output
        assert ("chứng nhận văn bản" in done.output, "khóa văn bản" in done.output) == (step == 0, step == 2)
        assert WORDS not in done.output
    assert isinstance(listed(folder).exception, Incomplete)  # the other document is not there
    (found,) = json.loads(listed(folder, "--json", "--partial").output)
    assert (found["name"], found["identical"]) == (MINUTES, True)
    assert [one["owner"] for one in found["signatures"]] == [2, 1, 3]
    shown = listed(folder, "--partial")
    assert (shown.exit_code, shown.output.count("chứng thư CN=")) == (DONE, 3), shown.output


def test_what_is_wrong_is_said_in_one_sentence(folder: Path, tmp_path: Path) -> None:
    write_pkcs12(identities()[0], tmp_path / "1.p12", WORDS)
    given = ("sign", folder, folder / "report" / MINUTES, "--yes", "--workers", 1)
    waits = invoke(*given, "--p12", tmp_path / "1.p12", stdin=f"{WORDS}\n")
    assert isinstance(waits.exception, SigningWaits), waits.output
    assert invoke(*given).exit_code == 2
    assert invoke(*given, "--p12", tmp_path / "1.p12", "--object", "x").exit_code == 2
    assert isinstance(invoke(*given, "--p12", tmp_path / "1.p12", stdin="sai\n").exception, KeysError)

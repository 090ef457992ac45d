"""The second count: it agrees with honest records, names what differs, and shares not one line with what it recounts.

Here live records written by the project and read by tally/recount.py alone. Never here: a test of the first verifier.
"""

from __future__ import annotations

import ast
import copy
import json
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tally import recount, rules
from tally.protocol.encoding import canonical, sha256_hex
from tally.record import Record
from tests import adversaries
from tests.builders import COUNTS, Round, new_round

SOURCE = Path(recount.__file__)
AGREES, REFUSES, WRONG_USE = 0, 1, 2
COUNTED = [list(row) for row in COUNTS]


@dataclass(frozen=True)
class Said:
    """What a run printed and answered."""

    code: int
    lines: list[str]
    answer: dict[str, Any]

    @property
    def difference(self) -> str:
        return str(self.answer["difference"])


Ask = Callable[..., Said]


@pytest.fixture
def ask(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Ask:
    """Recount a record, or what lies at a path."""

    def run(record: Record | Path, *options: str) -> Said:
        path = record if isinstance(record, Path) else tmp_path / "record"
        if isinstance(record, Record):
            shutil.rmtree(path, ignore_errors=True)
            record.write(path)
        code = recount.main([str(path), "--json", *options])
        *lines, last = capsys.readouterr().out.splitlines()
        return Said(code, lines, json.loads(last))

    return run


@pytest.fixture(scope="module")
def folder(round_: Round, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The honest record on disk."""
    path = tmp_path_factory.mktemp("honest") / "record"
    round_.record().write(path)
    return path


@pytest.fixture(scope="module")
def counted(folder: Path) -> recount.Recount:
    """The honest record, counted once."""
    count = recount.Recount(folder, lambda _line: None)
    count.run(proofs=False)
    return count


# --- honest records -----------------------------------------------------------------------------------------------


# threats G11
def test_an_honest_record_agrees(ask: Ask, folder: Path) -> None:
    said = ask(folder)
    assert said.code == AGREES
    assert said.answer == {"program": "recount", "agrees": True, "counts": COUNTED, "ballots": 6, "difference": ""}
    assert said.lines[-1].startswith("KHỚP")


def test_a_zip_of_it_agrees(ask: Ask, round_: Round, tmp_path: Path) -> None:
    round_.record().write_zip(tmp_path / "record.zip")
    assert ask(tmp_path / "record.zip").answer["counts"] == COUNTED


def test_it_says_whether_the_ballots_proofs_were_checked(
    ask: Ask, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recount, "PROOFS_BY_DEFAULT", 0)
    quick, thorough = ask(folder), ask(folder, "--proofs")
    assert any("KHÔNG kiểm chứng minh" in line for line in quick.lines)
    assert not any("KHÔNG kiểm chứng minh" in line for line in thorough.lines)
    assert any("mọi chứng minh không tiết lộ" in line for line in thorough.lines)
    assert quick.answer == thorough.answer


def test_a_round_in_which_nobody_voted_agrees(ask: Ask, round_: Round) -> None:
    said = ask(replace(round_, ballots=()).record())
    assert said.answer | {"difference": ""} == said.answer, said.difference
    assert (said.answer["ballots"], said.answer["counts"]) == (0, [[0, 0, 0]] * 3)


def test_a_vote_with_two_levels_of_all_delegates_under_one_key_agrees(
    ask: Ask, round_: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.voter.LEVELS", 2)
    sealed = {"rules": rules.load("NQ85_2014_VOTE"), "committee_size": 1, "threshold": 1}
    vote = new_round(((0, 1, None), (0, 1, 0), (0, 0, 1), (0, 1, 1), (0, 0, 0)), round_.hall, **sealed)
    said = ask(vote.record())
    assert (said.difference, said.answer["counts"]) == ("", [[5, 0], [2, 3], [2, 2]])


def test_parts_beyond_the_threshold_are_checked_too(ask: Ask, round_: Round) -> None:
    files = round_.files()
    parts = {owner: files.part(owner).encode() for owner in (1, 2, 3)}
    assert ask(round_.record(parts=parts)).code == AGREES
    parts[3] = parts[3].replace(b'"response":"', b'"response":"1', 1)
    assert "thành viên 3" in ask(round_.record(parts=parts)).difference


# --- standing alone -----------------------------------------------------------------------------------------------


# threats G11
def test_it_imports_nothing_of_this_project() -> None:
    names = set()
    for node in ast.walk(ast.parse(SOURCE.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0
            names.add(str(node.module))
        elif isinstance(node, ast.Name):
            assert node.id not in ("__import__", "exec", "eval")
    assert {name.split(".")[0] for name in names} - set(sys.stdlib_module_names) == {"nacl"}
    assert "importlib" not in names


@pytest.mark.parametrize("flags", [["-I"], ["-I", "-S"]], ids=["isolated", "isolated and without PyNaCl"])
def test_a_copy_of_the_one_file_runs_alone(tmp_path: Path, folder: Path, flags: list[str]) -> None:
    shutil.copy(SOURCE, tmp_path / "alone.py")
    command = [sys.executable, *flags, str(tmp_path / "alone.py"), str(folder), "--json"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, env={"LC_ALL": "C"}, check=False)
    assert (done.returncode, done.stderr) == (AGREES, b"")
    assert json.loads(done.stdout.splitlines()[-1])["counts"] == COUNTED
    assert "KHỚP" in done.stdout.decode()


@pytest.mark.parametrize("arguments", [[], ["--json"], ["a", "b"], ["no such folder"], [".", "--all"], ["a\0b"]])
def test_wrong_use_is_told_apart(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert recount.main(arguments) == WRONG_USE
    assert capsys.readouterr().out.startswith("Cách dùng")


@settings(max_examples=5, deadline=None)
@given(exponents=st.tuples(*[st.integers(0, recount.Q - 1)] * 2))
def test_both_kinds_of_arithmetic_agree(exponents: tuple[int, int]) -> None:
    results = []
    for fast in (True, False):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(recount, "FAST", fast)
            a, b = (recount.power(recount.G, exponent) for exponent in exponents)
            assert recount.point(recount.spell(a), "", identity=True) == a
            results.append((a, b, recount.mul(a, b), recount.div(a, b), recount.div(a, a), recount.power(a, 5)))
    assert results[0] == results[1]


@pytest.mark.parametrize("fast", [True, False])
@pytest.mark.parametrize(
    "text",
    [
        "0" * 63 + "1",  # the identity
        "8" + "0" * 62 + "1",  # the identity with the sign that it has not
        "0" * 64,  # of order 4
        "7" + "f" * 61 + "ec",  # of order 2
        "7" + "f" * 61 + "ed",  # y = p
        "0" * 63 + "2",  # on no curve
        "6" * 63 + "9",  # not in the subgroup, or on no curve
    ],
)
def test_what_is_no_member_of_the_group_is_refused(text: str, fast: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recount, "FAST", fast)
    with pytest.raises(recount.Refused):
        recount.point(text, "")


# --- records that lie ---------------------------------------------------------------------------------------------


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Yield the way to every number and every text."""
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield from places(value[key], (*path, key))
    else:
        yield path


def ways(value: Any) -> list[tuple[Any, ...]]:
    """Return the ways to every number and text, and to all that holds one."""
    return sorted({path[:length] for path in places(value) for length in range(len(path) + 1)}, key=repr)


def exchanged(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    """Return a copy in which something else stands at the end of the way."""
    top = [copy.deepcopy(value)]
    inner, key = top, 0
    for step in path:
        inner, key = inner[key], step
    inner[key] = new
    return top[0]


def spelled(path: tuple[Any, ...]) -> str:
    return "result.json" + "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)


def test_every_tampered_number_and_text_of_the_result_is_named(counted: recount.Recount) -> None:
    ours = recount.make_result(counted)
    for path in places(ours):
        true = ours
        for step in path:
            true = true[step]
        other = not true if isinstance(true, bool) else true + 1 if isinstance(true, int) else true + "0"
        for lie in (other, [true], None):
            with pytest.raises(recount.Refused) as refused:
                recount.compare(ours, exchanged(ours, path, lie), "result.json")
            assert str(refused.value).startswith(f"{spelled(path)}: hồ sơ ghi ")


def test_a_one_that_is_true_and_a_zero_that_is_false_differ(counted: recount.Recount) -> None:
    ours = recount.make_result(counted)
    for path, lie in ((("officials", 0, "counts", 2), False), (("rehearsal",), 0)):
        with pytest.raises(recount.Refused):
            recount.compare(ours, exchanged(ours, path, lie), "result.json")


@pytest.mark.parametrize("row", [0, 1, 2])
def test_a_false_count_in_the_result_file_is_named(ask: Ask, round_: Round, row: int) -> None:
    document = json.loads(round_.files().result_json)
    document["officials"][row]["counts"][0] += 1
    said = ask(round_.record(result_json=canonical(document)))
    true = COUNTED[row][0]
    assert said.code == REFUSES
    assert said.difference == f"result.json.officials[{row}].counts[0]: hồ sơ ghi {true + 1}, đếm lại được {true}"
    assert (said.answer["agrees"], said.answer["counts"]) == (False, COUNTED)


def test_fields_left_out_added_or_moved_are_named(counted: recount.Recount) -> None:
    ours = recount.make_result(counted)
    row = ours["officials"][1]
    for lie in ({**row, "more": 1}, dict(list(row.items())[1:]), dict(reversed(row.items())), {}):
        with pytest.raises(recount.Refused, match=r"^result\.json\.officials\[1\]: hồ sơ có các trường"):
            recount.compare(ours, exchanged(ours, ("officials", 1), lie), "result.json")


def test_a_dropped_ballot_is_missed_in_the_sums(ask: Ask, round_: Round) -> None:
    fewer = round_.files().ballots[1:]
    said = ask(round_.record(ballots=fewer, encrypted_tally=round_.files().encrypted_tally))
    assert (said.code, said.difference) == (REFUSES, "tổng mã hóa trong kho lưu trữ không phải tích của các phiếu")


def test_a_dropped_ballot_whose_sums_were_repaired_is_missed_in_the_decryption(ask: Ask, round_: Round) -> None:
    fewer, files = round_.files().ballots[1:], round_.files()
    said = ask(round_.record(ballots=fewer, parts=files.parts, result=files.result))
    assert said.difference.startswith("phần giải mã của thành viên 2, dòng 1, mức 1: chứng minh không đúng")


def test_a_changed_sum_is_named(ask: Ask, round_: Round) -> None:
    rows = json.loads(round_.files().encrypted_tally)
    rows[0][0], rows[0][1] = rows[0][1], rows[0][0]
    said = ask(round_.record(encrypted_tally=canonical(rows)))
    assert said.difference == "tổng mã hóa trong kho lưu trữ không phải tích của các phiếu"


def test_a_changed_partial_decryption_is_named(ask: Ask, round_: Round) -> None:
    parts = round_.files().parts
    part = json.loads(parts[3])
    part["decryption_factors"][1][2] = part["decryption_factors"][1][1]
    said = ask(round_.record(parts=parts | {3: canonical(part)}))
    assert said.difference == "phần giải mã của thành viên 3, dòng 2, mức 3: chứng minh không đúng"


def test_a_strong_proof_stands_even_where_the_weak_one_holds(ask: Ask, round_: Round) -> None:
    parts = round_.files().parts
    part = json.loads(parts[2])
    part["strong_proofs"][0].reverse()
    said = ask(round_.record(parts=parts | {2: canonical(part)}))
    assert said.difference == "phần giải mã của thành viên 2, dòng 1, mức 1: chứng minh mạnh không đúng"


def test_a_voided_slip_that_voted_is_refused(ask: Ask, round_: Round) -> None:
    voided = sorted((*round_.voided, round_.voiding(round_.slips[0], "spoiled")), key=lambda v: v.credential.encode())
    assert "thẻ đã hủy" in ask(replace(round_, voided=tuple(voided)).record()).difference


# What this program leaves to the first verifier: files it does not open, signatures of issuers, opening, drafts, box.
NOT_OURS = {1, 2, 3, 6, 7, 8, 14, 20, 21, 22}
LIES = [("ballots", 1)]
ALL_LIES = [pytest.param(name, None, marks=pytest.mark.campaign) for name in adversaries.MODULES]


@pytest.mark.parametrize(("module", "cases"), [*LIES, *ALL_LIES])
def test_what_the_verifier_refuses_is_refused_here_too(
    ask: Ask, round_: Round, module: str, cases: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(adversaries, "MODULES", (module,))
    found = adversaries.adversaries(round_, cases=cases)
    assert found
    for adversary in found:
        ours = adversary.found.check.number not in NOT_OURS
        assert ask(adversary.record).code == REFUSES or not ours, adversary.test


# --- hostile files ------------------------------------------------------------------------------------------------

NAMES = ("manifest.json", "committee.json", "credentials.json", "result.json", "UUID.bel")
HOSTILE = {
    "nothing": b"",
    "an empty object": b"{}",
    "a list": b"[]",
    "null": b"null",
    "no UTF-8": b"\xff\xfe{}",
    "a mark of byte order": b"\xef\xbb\xbf{}",
    "a lone surrogate": b'{"format":"\\ud800"}',
    "a fraction": b"1.0",
    "no number": b"NaN",
    "a number of ten thousand digits": b"9" * 10_000,
    "brackets without end": b"[" * 200_000,
    "deep objects": b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    "one name twice": b'{"format":1,"format":2}',
    "noughts": bytes(2048),
}


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Leave out the ballots' proofs, which none of these files is about."""
    monkeypatch.setattr(recount, "PROOFS_BY_DEFAULT", 0)


def copied(folder: Path, to: Path, name: str) -> Path:
    """Copy the honest record and return the way to one of its files."""
    shutil.copytree(folder, to)
    return next(to.glob("*.bel")) if name == "UUID.bel" else to / name


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", NAMES)
def test_hostile_files_are_refused_with_a_sentence(ask: Ask, folder: Path, tmp_path: Path, name: str) -> None:
    path = copied(folder, tmp_path / "hostile", name)
    for what, raw in HOSTILE.items():
        path.write_bytes(raw)
        said = ask(tmp_path / "hostile")
        assert (said.code, bool(said.difference)) == (REFUSES, True), what


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("name", NAMES)
def test_what_is_no_file_is_refused_with_a_sentence(ask: Ask, folder: Path, tmp_path: Path, name: str) -> None:
    path = copied(folder, tmp_path / "hostile", name)
    aside = path.rename(tmp_path / "aside")
    assert ask(tmp_path / "hostile").difference == f"hồ sơ thiếu tệp {path.name}"
    path.symlink_to(aside)
    assert ask(tmp_path / "hostile").difference == f"hồ sơ thiếu tệp {path.name}"
    path.unlink()
    path.mkdir()
    assert ask(tmp_path / "hostile").difference == f"hồ sơ thiếu tệp {path.name}"


@pytest.mark.usefixtures("quick")
def test_an_archive_cut_or_changed_anywhere_is_refused(ask: Ask, folder: Path, tmp_path: Path) -> None:
    path = copied(folder, tmp_path / "hostile", "UUID.bel")
    whole = path.read_bytes()
    for at in range(0, len(whole), 17_777):
        for raw in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :], whole[:at] + whole[at + 512 :]):
            path.write_bytes(raw)
            assert ask(tmp_path / "hostile").code == REFUSES, at


@pytest.mark.usefixtures("quick")
def test_zips_that_lie_are_refused(ask: Ask, folder: Path, tmp_path: Path) -> None:
    target, files = tmp_path / "record.zip", {path.name: path.read_bytes() for path in folder.iterdir()}

    def written(method: int, *more: tuple[str, bytes]) -> Said:
        with zipfile.ZipFile(target, "w", method) as packed:
            for name, raw in (*files.items(), *more):
                packed.writestr(name, raw)
        return ask(target)

    assert written(zipfile.ZIP_DEFLATED).code == AGREES
    assert "nén như vậy" in written(zipfile.ZIP_LZMA).difference
    with pytest.warns(UserWarning, match="Duplicate name"):
        assert "hai tệp cùng tên" in written(zipfile.ZIP_STORED, ("manifest.json", b"{}")).difference
    files["manifest.json"] = b" " * 3_000_000
    assert "nén như vậy" in written(zipfile.ZIP_DEFLATED).difference
    whole = target.read_bytes()
    for at in (0, 100, len(whole) // 2, len(whole) - 30):
        target.write_bytes(whole[:at] + bytes(20) + whole[at + 20 :])
        assert ask(target).code == REFUSES


JUNK = [None, True, -1, 0, 2**60, "", "x", [], {}, [[]], ["Single"], {"key": 1}, "\x1b[2J"]


def test_a_manifest_of_any_shape_is_read_or_refused(folder: Path, counted: recount.Recount) -> None:
    true = json.loads((folder / "manifest.json").read_bytes())
    for way in ways(true)[::5]:
        for junk in JUNK:
            try:
                manifest = recount.read_manifest(canonical(exchanged(true, way, junk)))
            except recount.Refused:
                continue
            other = copy.copy(counted)
            other.manifest = manifest
            recount.make_election(manifest, "", recount.G)
            try:
                recount.midnight(manifest["date"])
                recount.make_result(other)
            except (recount.Refused, ValueError):  # other numbers of officials or levels never come so far
                continue


@pytest.mark.parametrize("part", ["committee", "credentials", "ballot", "partial"])
def test_other_parts_of_any_shape_are_read_or_refused(round_: Round, counted: recount.Recount, part: str) -> None:
    files = round_.files()
    raw = {"committee": files.committee, "credentials": files.credentials, "ballot": files.ballots[0]} | {
        "partial": files.parts[2]
    }
    true = json.loads(raw[part])
    for way in ways(true)[::11]:
        for junk in JUNK:
            forged = exchanged(true, way, junk)
            with pytest.raises(recount.Refused):
                take(counted, part, forged)


def take(counted: recount.Recount, part: str, forged: Any) -> None:
    """Let the recount read one part as if it came next; what is no lie ends as a refusal too."""
    other, raw = copy.copy(counted), canonical(forged)
    if part == "committee":
        recount.check(forged, recount.COMMITTEE, "", exact=False)
        recount.make_keys(forged["trustees"], 3, 2)
    elif part == "credentials":
        recount.read_credentials(raw, counted.manifest_hash)
    elif part == "ballot":
        other.last_ballot, other.barred, other.alphas = "", dict.fromkeys(counted.listed, ""), set()
        other.ballot([raw], "")
    else:
        other.parts = {}
        other.part([raw, canonical({"owner": 2, "payload": sha256_hex(raw)})], "")
    raise recount.Refused("read")


def test_what_a_hostile_text_prints_stays_on_its_line(capsys: pytest.CaptureFixture[str]) -> None:
    recount.print_plainly("a\x1b[2J\nb\u202ec\ud800")
    assert capsys.readouterr().out == "a\N{WHITE SQUARE}[2J\N{WHITE SQUARE}b\N{WHITE SQUARE}c\N{WHITE SQUARE}\n"


# --- shares and thresholds ----------------------------------------------------------------------------------------

SHARES = st.integers(0, 5000).flatmap(lambda base: st.tuples(st.integers(0, base), st.just(base)))


@given(SHARES)
def test_a_percentage_is_the_share_rounded_half_up(share: tuple[int, int]) -> None:
    count, base = share
    text = recount.percent(count, base)
    written = Fraction(text.removesuffix("%").replace(",", "."))
    exact = Fraction(100 * count, base) if base else Fraction(0)
    assert -Fraction(1, 200) < written - exact <= Fraction(1, 200)
    assert text == "0%" or not text.startswith("0") or text.startswith("0,")
    assert "," not in text or text[-2] in "123456789"


@pytest.mark.parametrize(
    ("count", "base", "text"),
    [
        (52, 81, "64,2%"), (2, 3, "66,67%"), (1, 2, "50%"), (0, 0, "0%"), (0, 9, "0%"), (1, 1, "100%"),
        (1, 800, "0,13%"), (1, 2000, "0,05%"), (1, 20000, "0,01%"), (1, 20001, "0%"), (10, 100, "10%"),
        (499, 500, "99,8%"), (19999, 20000, "100%"), (1, 1000, "0,1%"),
    ],
)  # fmt: skip
def test_percentages_are_written_as_the_text_says(count: int, base: int, text: str) -> None:
    assert recount.percent(count, base) == text


@given(SHARES, st.sampled_from([(1, 2), (2, 3), (1, 3), (1, 1), (99, 100)]), st.booleans())
def test_a_threshold_is_met_as_fractions_say(share: tuple[int, int], wanted: tuple[int, int], strict: bool) -> None:
    count, base = share
    threshold = {"numerator": wanted[0], "denominator": wanted[1], "strict": strict}
    exact = Fraction(count, base) if base else Fraction(-1)
    met = exact > Fraction(*wanted) if strict else exact >= Fraction(*wanted)
    assert recount.is_met(threshold, count, base) is met


EXACTLY = [(3, 6, (1, 2)), (4, 6, (2, 3)), (333, 666, (1, 2)), (2, 3, (2, 3))]


@pytest.mark.parametrize(("count", "base", "share"), EXACTLY)
def test_exactly_half_and_exactly_two_thirds_depend_on_strictness(
    count: int, base: int, share: tuple[int, int]
) -> None:
    for strict, at, above in ((True, False, True), (False, True, True)):
        threshold = {"numerator": share[0], "denominator": share[1], "strict": strict}
        answers = [recount.is_met(threshold, c, base) for c in (count - 1, count, count + 1)]
        assert answers == [False, at, above]
    assert not recount.is_met({"numerator": 1, "denominator": 2, "strict": False}, 0, 0)


def make_rules(*triggers: dict[str, Any]) -> dict[str, Any]:
    """A rule set with two thresholds on the lowest of three levels."""
    share = {"level": "low", "strict": False, "citation": "Điều 1"}
    return {
        "levels": [{"key": key, "label": key} for key in ("high", "middle", "low")],
        "thresholds": [
            {"key": "two_thirds", "numerator": 2, "denominator": 3, "consequence": "miễn nhiệm", **share},
            {"key": "half", "numerator": 1, "denominator": 2, "consequence": "có thể từ chức", **share},
        ],
        "triggers": list(triggers),
    }


@pytest.mark.parametrize(
    ("low", "thresholds", "triggers", "consequence"),
    [(2, [], [], ""), (3, ["half"], ["b"], "có thể từ chức"), (4, ["two_thirds", "half"], ["a"], "miễn nhiệm")],
)
def test_all_thresholds_are_named_and_the_first_decides(
    low: int, thresholds: list[str], triggers: list[str], consequence: str
) -> None:
    sealed = make_rules(
        {"key": "again", "kind": "repeated", "threshold": "half"},
        {"key": "b", "kind": "threshold", "threshold": "half"},
        {"key": "a", "kind": "threshold", "threshold": "two_thirds"},
        {"key": "asked", "kind": "body"},
    )
    row = recount.make_row(sealed, [6 - low, 0, low], 6, 6)
    assert (row["thresholds"], row["triggers"], row["consequence"]) == (thresholds, triggers, consequence)
    assert row["citation"] == ("Điều 1" if thresholds else "")


def test_a_manifest_without_triggers_has_none(folder: Path) -> None:
    manifest = json.loads((folder / "manifest.json").read_bytes())
    manifest["rules"].pop("triggers", None)
    assert recount.read_manifest(canonical(manifest))["rules"]["triggers"] == []

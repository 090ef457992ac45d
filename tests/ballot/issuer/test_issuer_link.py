"""The link between registry and issuer: who is let in, what is handed over, what the operator consents to, keys."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from threading import Thread
from time import monotonic, sleep
from typing import Any

import pytest
import urllib3
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import text as sql
from urllib3.util import Timeout

from ballot.acts import find_round
from ballot.app import create_app, issuer_app
from ballot.config import Config
from ballot.issuer import rounds
from ballot.issuer.house import IssuerHouse
from ballot.issuer.rounds import ManifestDiffers
from ballot.models.issuer import IssuerBase
from ballot.models.registry.roll import Voter
from ballot.models.registry.rounds import Round
from ballot.settings.errors import BadSetting
from ballot.settings.issuers import DEFAULT_ISSUERS as ISSUERS
from ballot.slips.issuer_errors import IssuerAway, IssuerNotLinked, IssuerRefused, IssuerUnclear
from ballot.slips.issuers import doors
from ballot.slips.remote import JSON, Remote
from ballot.storage import PRAGMAS, migrate, open_engine, reading, writing
from keys.errors import KeyReused
from keys.signers import BlindedRepeated, Kind, NotEntitled
from tally.protocol.blind import blind, credential_message, finalize
from tally.protocol.credential_list import CredentialList, ListedCredential
from tally.protocol.encoding import canonical
from tests import voter
from tests.ballot.asking import ask, permission, request_for
from tests.ballot.hall import ROLL, Hall
from tests.ballot.issuer_processes import IssuerProcess, Linked
from tests.ballot.look import nothing_changes
from tests.commands import DONE, INCOMPLETE, REFUSED

Ask = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def sealed(linked: Linked) -> Hall:
    """A sealed round that no operator has accepted."""
    return linked.issuing(accepted=False)


@pytest.fixture(scope="module")
def accepted(linked: Linked) -> Hall:
    return linked.issuing()


def post(issuer: IssuerProcess, path: str, *, secret: str | None = None, **more: Any) -> tuple[int, str]:
    """Ask an issuer's process; return status and code."""
    headers = {"Content-Type": "application/json"}
    if secret is not None:
        headers["Authorization"] = secret
    with urllib3.PoolManager(retries=False) as pool:
        answer = pool.request(more.pop("method", "POST"), issuer.origin + path, headers=headers, **more)
    return answer.status, str(answer.json().get("code", "")) if "json" in answer.headers["Content-Type"] else ""


def bearer(issuer: IssuerProcess) -> str:
    return "Bearer " + (issuer.folder / "keys" / "link.secret").read_text()


def roll_of(hall: Hall) -> tuple[bytes, list[rounds.Line]]:
    with reading(hall.house.registry) as session:
        salt = find_round(session, hall.uuid).roll_salt
        lines = [(v.reference, v.name, v.unit, v.site) for v in session.query(Voter)]
    return salt, lines


# --- who is let in ------------------------------------------------------------------------------------------------


def test_nobody_without_the_secret_gets_anything_from_an_issuer(linked: Linked, sealed: Hall) -> None:
    first, second = linked.issuers
    house = first.house()
    rules = list(issuer_app(house).url_map.iter_rules())
    for secret in (None, "", "Bearer ", "Bearer x", bearer(first).removeprefix("Bearer "), bearer(second)):
        for rule in rules:
            path = rule.rule.replace("<uuid>", sealed.uuid).replace("<path:filename>", "hall.css")
            for method in rule.methods & {"GET", "POST"}:
                assert post(first, path, secret=secret, method=method) == (401, "REGISTRY_UNKNOWN"), (path, method)
    assert post(first, f"/dot/{sealed.uuid}/so-lieu", secret=bearer(first), body=b"{}") == (200, "")
    house.engine.dispose()


@pytest.mark.parametrize("body", [b"", b"[]", b"NaN", b"[" * 5000, b"\xff", b'{"kind":1}', b'{"a":1,"a":1}'])
def test_a_malformed_request_is_refused_with_a_code(linked: Linked, sealed: Hall, body: bytes) -> None:
    issuer = linked.issuers[0]
    for act in ("khoa", "nhan", "cap", "so-lieu", "chot"):
        status, code = post(issuer, f"/dot/{sealed.uuid}/{act}", secret=bearer(issuer), body=body)
        assert (status in (400, 413), bool(code)) == (True, True)


@pytest.mark.parametrize("uuid", ["..", "%2e%2e", "x", "0OIl00000000000", "a" * 41])
def test_keys_are_made_for_no_name_that_is_not_a_rounds(linked: Linked, uuid: str) -> None:
    issuer = linked.issuers[0]
    before = sorted(issuer.folder.rglob("*"))
    status, _code = post(issuer, f"/dot/{uuid}/khoa", secret=bearer(issuer), body=b"{}")
    assert status in (308, 400, 404)
    assert sorted(issuer.folder.rglob("*")) == before


def test_a_registry_without_a_secret_or_with_one_that_others_may_read_asks_nothing(linked: Linked) -> None:
    hall = linked.hall()
    hall.draft()
    secret = hall.house.config.instance / "keys" / f"{ISSUERS[0]}.link.secret"
    secret.chmod(0o644)
    with pytest.raises(Exception, match="chmod 600"), nothing_changes(hall.house.registry, hall.house.box):
        hall.issuing()
    secret.unlink()
    with pytest.raises(IssuerNotLinked, match=ISSUERS[0]), nothing_changes(hall.house.registry, hall.house.box):
        hall.issuing()


def test_a_wrong_secret_is_named_and_a_mended_one_is_read_again(linked: Linked, sealed: Hall) -> None:
    door, path = doors(sealed.house)[0], sealed.house.config.instance / "keys" / f"{ISSUERS[0]}.link.secret"
    right = path.read_text()
    assert isinstance(door, Remote)
    door._secret = ""
    path.write_text("sai" + right)
    with pytest.raises(IssuerRefused, match="REGISTRY_UNKNOWN") as refusal:
        door.counts(sealed.uuid)
    assert right not in str(refusal.value)
    path.write_text(right)
    assert door.counts(sealed.uuid).signed == 0


# --- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "setting",
    ["", "a,a", "A", "a,b,c,d", "a=ftp://x", "a=http://issuer.example:1", "a=https://x/path", "a=https://u:p@x", "a b"],
)
def test_a_list_of_issuers_that_cannot_be_is_refused(tmp_path: Path, setting: str) -> None:
    with pytest.raises(BadSetting, match="BALLOT_ISSUERS"):
        Config.from_environ({"BALLOT_INSTANCE": str(tmp_path), "BALLOT_ISSUERS": setting})


def test_an_issuer_is_a_process_of_its_own_and_needs_a_name(tmp_path: Path) -> None:
    for environ in ({"BALLOT_ROLES": "registry,issuer"}, {"BALLOT_ROLES": "issuer", "BALLOT_ISSUER_NAME": "Ban"}):
        with pytest.raises(BadSetting):
            Config.from_environ({"BALLOT_INSTANCE": str(tmp_path), **environ})
    with pytest.raises(BadSetting, match="BALLOT_ISSUER_NAME"):
        create_app(Config.from_environ({"BALLOT_INSTANCE": str(tmp_path), "BALLOT_ROLES": "issuer"}))


@pytest.mark.parametrize("pem", ["", "khong-co.pem"])
def test_a_certificate_or_token_that_is_not_there_is_refused(tmp_path: Path, pem: str) -> None:
    token = {"BALLOT_PKCS11_TOKEN": "the", "BALLOT_PKCS11_MODULE": pem, "BALLOT_PKCS11_PIN_FILE": pem}
    for environ in ({"BALLOT_ISSUER_CA": "khong-co.pem"}, token):
        with pytest.raises(BadSetting):
            Config.from_environ({"BALLOT_INSTANCE": str(tmp_path), **environ})


# --- what is handed over ------------------------------------------------------------------------------------------


# threats A24
def test_a_roll_that_is_not_the_sealed_one_is_refused(linked: Linked, sealed: Hall) -> None:
    salt, lines = roll_of(sealed)
    name = ("DB-0001", "Người khác", "Tổ 1", "")
    merged = (lines[0][0], "\n".join(["|".join(lines[0])[len(lines[0][0]) + 1 :], "|".join(lines[1])]), "", "")
    others = {
        "ROLL_DIFFERS": [[name if line[0] == name[0] else line for line in lines]],
        "WRONG_COUNT": [lines[1:], [*lines, ("DB-9999", "Ai", "", "")]],
        "WRONG_SHAPE": [[*lines[1:], lines[1]], [line[:3] for line in lines]],
        "BAD_TEXT": [[merged, *lines[2:]]],
    }
    for code, rolls in others.items():
        for roll in rolls:
            with pytest.raises(IssuerRefused, match=code):
                doors(sealed.house)[0].hand_over(sealed.manifest, salt=salt, roll=roll)
    with pytest.raises(IssuerRefused, match="ROLL_DIFFERS"):
        doors(sealed.house)[0].hand_over(sealed.manifest, salt=bytes(32), roll=lines)
    doors(sealed.house)[0].hand_over(sealed.manifest, salt=salt, roll=lines)


def test_a_manifest_with_other_keys_of_this_issuer_is_refused(linked: Linked, sealed: Hall) -> None:
    salt, lines = roll_of(sealed)
    document = json.loads(sealed.manifest.raw)
    document["issuers"].reverse()
    swapped = [i["name"] for i in document["issuers"]]
    for issuer, name in zip(document["issuers"], reversed(swapped), strict=True):
        issuer["name"] = name
    other = replace(sealed.manifest, raw=canonical(document))
    with pytest.raises(IssuerRefused, match="MISMATCH"):
        doors(sealed.house)[0].hand_over(other, salt=salt, roll=lines)


def test_neither_roll_nor_manifest_is_replaced_once_the_operator_has_accepted(linked: Linked, accepted: Hall) -> None:
    salt, lines = roll_of(accepted)
    document = json.loads(accepted.manifest.raw) | {"title": "Đợt khác"}
    other = replace(accepted.manifest, raw=canonical(document))
    with pytest.raises(IssuerRefused, match="MISMATCH"):
        doors(accepted.house)[0].hand_over(other, salt=salt, roll=lines)
    doors(accepted.house)[0].hand_over(accepted.manifest, salt=salt, roll=lines)


# --- the operator's consent ---------------------------------------------------------------------------------------


def test_nothing_is_signed_before_the_operators_have_accepted(linked: Linked) -> None:
    hall = linked.issuing(accepted=False)
    code, blinded = permission(hall), request_for(hall)
    for issuer in linked.issuers:
        answer = ask(hall, code, blinded)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "ISSUER_REFUSED")
        assert f"máy cấp phiếu {issuer.name} chưa chấp nhận" in answer.get_json()["sentence"]
        issuer.accept(hall)
    assert ask(hall, code, blinded).status_code == 200


def test_the_operator_accepts_only_what_stands_on_paper(linked: Linked, sealed: Hall) -> None:
    issuer, whole = linked.issuers[0], sealed.manifest.hash
    house = issuer.house()
    for typed in (whole[:31], "0" * 64, whole[::-1], "", whole + "0"):
        with nothing_changes(house.engine), pytest.raises(ManifestDiffers):
            rounds.accept(house, sealed.uuid, typed=typed)
    house.engine.dispose()
    done = issuer.command("accept", sealed.uuid, "--manifest", whole[:31])
    assert (done.code, "MANIFEST_DIFFERS" in done.output) == (REFUSED, True)


def test_the_operator_sees_by_whom_the_rolls_differ_and_must_insist(linked: Linked, tmp_path: Path) -> None:
    hall, issuer, own = linked.issuing(accepted=False), linked.issuers[0], tmp_path / "danh-sach.csv"
    paper = " ".join(hall.manifest.hash[i : i + 4].upper() for i in range(0, 64, 4))
    accept = ("accept", hall.uuid, "--manifest", paper, "--roll", own)
    own.write_text(ROLL.replace("DB-0002,", "DB-7777,").replace("họ tên 0005,", "họ tên khác,"), "utf-8-sig")
    done = issuer.command(*accept)
    assert done.code == REFUSED
    for said in ("quý vị: DB-7777", "gửi tới: DB-0002", "điểm: DB-0005", "ở 3 người", hall.manifest.title):
        assert said in done.output
    assert "chưa chấp nhận" in issuer.command("show", hall.uuid).output
    assert issuer.command(*accept, "--despite-differences").code == DONE
    own.write_text(ROLL, "utf-8")
    done = issuer.command(*accept)
    assert (done.code, "Hai danh sách giống nhau" in done.output) == (DONE, True)
    assert "Người phụ trách đã chấp nhận" in issuer.command("show", hall.uuid).output


def test_a_round_of_which_nothing_was_handed_over_cannot_be_accepted(linked: Linked) -> None:
    issuer, hall = linked.issuers[0], linked.hall()
    hall.draft()
    assert issuer.command("accept", hall.uuid, "--manifest", "0" * 64).code == REFUSED
    doors(hall.house)[0].prepare(hall.uuid)
    assert issuer.command("accept", hall.uuid, "--manifest", "0" * 64).code == INCOMPLETE
    hall.issuing()  # which finds the keys that are there
    assert hall.manifest.issuers[0].key == doors(hall.house)[0].prepare(hall.uuid).key


def test_the_secret_is_written_once_into_a_file_that_only_its_owner_reads(linked: Linked, tmp_path: Path) -> None:
    path, issuer = tmp_path / "ma-noi", linked.issuers[0]
    done = issuer.command("link", path)
    assert (done.code, path.stat().st_mode & 0o777) == (DONE, 0o600)
    assert path.read_text() not in done.output
    assert f"Bearer {path.read_text()}" == bearer(issuer)
    assert issuer.command("link", path).code == REFUSED


# --- what an issuer signs for -------------------------------------------------------------------------------------


def test_an_issuer_refuses_as_one_inside_the_registry_does(accepted: Hall) -> None:
    door, (blinded, _) = doors(accepted.house)[0], request_for(accepted)
    with pytest.raises(NotEntitled):
        door.sign(accepted.uuid, kind=Kind.ISSUED, reference="DB-9999", blinded=blinded)
    first = door.sign(accepted.uuid, kind=Kind.ISSUED, reference="DB-0001", blinded=blinded)
    assert door.sign(accepted.uuid, kind=Kind.ISSUED, reference="DB-0001", blinded=blinded) == first
    with pytest.raises(BlindedRepeated):
        door.sign(accepted.uuid, kind=Kind.ISSUED, reference="DB-0002", blinded=blinded)


def test_an_issuer_makes_no_more_envelopes_than_a_hall_may_have(linked: Linked, accepted: Hall) -> None:
    door = doors(accepted.house)[1]
    made = [request_for(accepted)[1] for _ in range(30)]

    def is_signed(blinded: bytes) -> bool:
        try:
            return bool(door.sign(accepted.uuid, kind=Kind.ENVELOPE, reference="", blinded=blinded))
        except IssuerRefused as refusal:
            assert "WRONG_COUNT" in str(refusal)
            return False

    with ThreadPoolExecutor(8) as at_once:
        signed = list(at_once.map(is_signed, made))
    assert (sum(signed), door.counts(accepted.uuid).envelopes) == (22, 22)
    assert is_signed(made[signed.index(True)])


@pytest.fixture(scope="module")
def frozen(linked: Linked) -> tuple[Hall, list[ListedCredential]]:
    """A round with two slips that both issuers signed and a third that only the first did; all keys are gone."""
    hall, entries = linked.issuing(), []
    for number in range(3):
        _, credential = voter.new_slip(hall.manifest)
        signatures = []
        for door, issuer in zip(doors(hall.house), hall.manifest.issuers, strict=True):
            message = credential_message(
                manifest_hash=hall.manifest.hash, issuer_name=issuer.name, credential_hex=credential.public.encode()
            )
            blinding = blind(issuer.key, message)
            if number == 2 and door.name == ISSUERS[1]:
                signatures.append(entries[0].signatures[1])
                continue
            answer = door.sign(
                hall.uuid, kind=Kind.ISSUED, reference=f"DB-{number:04d}", blinded=blinding.blinded_message
            )
            signatures.append(finalize(issuer.key, message, blinding=blinding, blind_signature=answer))
        entries.append(ListedCredential(credential.public, tuple(signatures)))
    return hall, entries


def test_an_issuer_signs_no_statement_that_cannot_be_and_for_one_list_only(
    frozen: tuple[Hall, list[ListedCredential]],
) -> None:
    (hall, entries), (first, second) = frozen, doors(frozen[0].house)
    both = CredentialList.make(hall.manifest, entries[:2])
    with pytest.raises(Exception, match="ban-to-chuc"):  # not frozen
        first.statement(hall.uuid, both)
    for door in (first, second):
        assert door.freeze(hall.uuid).destroyed
    every = CredentialList.make(hall.manifest, entries)
    with pytest.raises(IssuerRefused, match="SIGNATURE_INVALID"):
        second.statement(hall.uuid, every)
    with pytest.raises(IssuerRefused, match="MISMATCH"):
        first.statement(hall.uuid, replace(both, manifest="0" * 64))
    statements = [door.statement(hall.uuid, both) for door in (first, second)]
    assert [(s.signed, s.undelivered) for s in statements] == [(3, 1), (2, 0)]
    assert first.statement(hall.uuid, both) == statements[0]
    with pytest.raises(IssuerRefused, match="MISMATCH"):
        first.statement(hall.uuid, CredentialList.make(hall.manifest, entries[:1]))


# --- keys, database, wire -----------------------------------------------------------------------------------------


def test_an_issuer_does_not_start_while_a_key_stands_in_two_rounds(linked: Linked, sealed: Hall) -> None:
    house = linked.issuers[0].house()
    with writing(house.engine) as session:
        row = session.get(rounds.Served, sealed.uuid)
        session.add(
            rounds.Served(
                uuid="1" * 14, key=row.key, statement_key="ab" * 32, salt=bytes(32), manifest=None, accepted=False,
                paused=False, listed="",
            )
        )  # fmt: skip
    with pytest.raises(KeyReused):
        linked.issuers[0].house()
    with writing(house.engine) as session:
        session.execute(sql("DELETE FROM served WHERE uuid = :uuid"), {"uuid": "1" * 14})
    house.engine.dispose()


def test_a_registry_seals_no_key_of_another_round_and_does_not_start_with_one(linked: Linked) -> None:
    hall = linked.hall()
    hall.draft()
    hall.issuing()
    raw, sealed = hall.manifest.raw, hall.uuid
    hall.draft()
    with writing(hall.house.registry) as session:
        find_round(session, hall.uuid).manifest = canonical(json.loads(raw) | {"title": "Đợt khác"})
    with pytest.raises(KeyReused):
        create_app(hall.house.config)
    with writing(hall.house.registry) as session:
        session.query(Round).filter(Round.uuid == sealed).update({"phase": "void"})
    with pytest.raises(KeyReused), nothing_changes(hall.house.box):
        hall.issuing()


def test_the_tables_of_an_issuer_are_those_of_its_models_under_the_storage_laws(tmp_path: Path) -> None:
    engine = open_engine(f"sqlite:///{tmp_path}/issuer.db")
    migrate(engine, "issuer")
    migrate(engine, "issuer")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, IssuerBase.metadata) == []
        raw = connection.connection.driver_connection
        found = {pragma: raw.execute(f"PRAGMA {pragma}").fetchone()[0] for pragma in PRAGMAS}
    assert found == {pragma: expected for pragma, (_, expected) in PRAGMAS.items()}
    engine.dispose()


@pytest.fixture
def nowhere(linked: Linked) -> Iterator[Callable[[str], Remote]]:
    """Return a function that opens a door to somewhere else, with the first issuer's secret."""
    opened = []

    def door(url: str) -> Remote:
        opened.append(Remote(ISSUERS[0], url, secret_file=linked.folder / f"{ISSUERS[0]}.link.secret", ca=None))
        return opened[-1]

    yield door
    for remote in opened:
        remote.close()


HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n"


@pytest.mark.parametrize("begun", [HEAD, b"HTTP/1.1 200 OK\r\nX: "])
def test_an_answer_that_drips_for_hours_is_no_answer(
    linked: Linked, nowhere: Callable[[str], Remote], begun: bytes
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = Thread(target=_drip, args=(listening, begun), daemon=True)
        thread.start()
        started = monotonic()
        with pytest.raises(IssuerAway):
            door = nowhere(f"http://127.0.0.1:{listening.getsockname()[1]}")
            door._send("khong-co-dot-nay", "so-lieu", b"{}", JSON, Timeout(connect=1, read=0.5), "counts")
        assert monotonic() - started < 5
        thread.join()


def _drip(listening: socket.socket, begun: bytes) -> None:
    """Answer once, a blank every tenth of a second, for as long as the other side listens."""
    with listening.accept()[0] as line, suppress(OSError):
        line.sendall(begun)
        for _ in range(100):
            line.sendall(b" ")
            sleep(0.1)


def test_a_registry_is_not_deceived_by_what_is_no_issuer(
    linked: Linked, sealed: Hall, nowhere: Callable[[str], Remote], tmp_path: Path
) -> None:
    with pytest.raises(IssuerAway):
        nowhere("http://127.0.0.1:1").counts(sealed.uuid)
    with pytest.raises(IssuerAway):  # no certificate, no answer
        nowhere(linked.issuers[0].origin.replace("http://", "https://")).counts(sealed.uuid)
    with pytest.raises(IssuerRefused, match="REGISTRY_UNKNOWN"):
        nowhere(linked.issuers[1].origin).counts(sealed.uuid)
    other = IssuerProcess("ban-khac", tmp_path / "khac")
    house = IssuerHouse.from_environ(other.environ)
    (other.folder / "keys" / "link.secret").parent.mkdir(exist_ok=True)
    (other.folder / "keys" / "link.secret").write_text(bearer(linked.issuers[0]).removeprefix("Bearer "))
    (other.folder / "keys" / "link.secret").chmod(0o600)
    house.engine.dispose()
    other.start()
    with pytest.raises(IssuerUnclear):
        nowhere(other.origin).prepare(sealed.uuid)
    other.stop()

"""Accounts: made by administrators of one organisation alone, ended at once, each act in the log; one's own page."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from ballot.identity import accounts, organisations
from ballot.identity.accounts import Details
from ballot.identity.login import LIMITER
from ballot.identity.passwords import GuessablePassword, WeakPassword, check_strength
from ballot.models.registry.accounts import Account
from ballot.storage import reading
from tests.ballot.accounts_of import (
    MYSELF,
    STRONG,
    account,
    acts,
    login,
    shown_password,
    with_every_role,
)
from tests.ballot.client import Client
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.look import nothing_changes, refused, stored

Open = Callable[[str], Hall]
NEW = "/tai-khoan/moi"


@pytest.fixture(autouse=True)
def nobody_has_failed_yet() -> Iterator[None]:
    yield
    LIMITER.reset()


@pytest.fixture
def hall(at: Open) -> Hall:
    hall = at("draft")
    with_every_role(hall)
    return hall


@pytest.fixture
def admin(hall: Hall) -> Client:
    return hall.person("quan-tri")


def page_of(hall: Hall, name: str) -> str:
    return f"/tai-khoan/{account(hall, name).id}/"


def form_of(hall: Hall, name: str, /, **changes: str) -> dict[str, str]:
    row = account(hall, name)
    return {"name": row.name, "role": row.role, "authority": row.authority, **changes}


def press(hall: Hall, admin: Client, name: str, act: str = "", /, **values: str) -> object:
    page = page_of(hall, name)
    return admin.form(page + act, values, page=page)


# --- made ---------------------------------------------------------------------------------------------------------


def test_a_new_account_gets_a_password_that_is_shown_once_and_must_be_changed(hall: Hall, admin: Client) -> None:
    answer = admin.form(NEW, {"login": "ban-2", "name": "Bàn  thứ hai ", "role": "desk"}, page=NEW)
    password = shown_password(answer)
    assert password not in admin.get(page_of(hall, "ban-2")).get_data(as_text=True)
    assert (account(hall, "ban-2").name, account(hall, "ban-2").organisation_id) == ("Bàn thứ hai", 1)
    assert ("quan-tri", "account-create", "ban-2 role=desk") in acts(hall)
    assert not any(password in " ".join(entry) for entry in acts(hall))
    browser, _answer = login(hall, "ban-2", password)
    for path in ("/", f"/dot/{hall.uuid}/", f"/dot/{hall.uuid}/ban", "/tai-khoan/cua-toi/"):
        assert browser.get(path).headers["Location"] == MYSELF, path
    refused(browser.form("/tai-khoan/cua-toi/ngon-ngu", {"language": "en"}, page=MYSELF), 403, "DUTY_FIRST")
    values = {"old": password, "new": STRONG, "again": STRONG}
    assert browser.form(MYSELF, values, page=MYSELF).headers["Location"] == "/"
    assert browser.get("/").status_code == 200
    assert login(hall, "ban-2", password)[1].status_code == 401
    assert login(hall, "ban-2", STRONG)[1].status_code == 302


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"login": "to-chuc-1"}, 409, "LOGIN_TAKEN"),
        ({"login": "Viết Hoa"}, 400, "WRONG_SHAPE"),
        ({"login": "../x"}, 400, "WRONG_SHAPE"),
        ({"role": "root"}, 400, "WRONG_SHAPE"),
        ({"role": "reader"}, 400, "AUTHORITY_MISSING"),
        ({"name": " "}, 400, "BAD_TEXT"),
        ({"name": "a\u202eb"}, 400, "BAD_TEXT"),
    ],
)
def test_an_account_that_cannot_be_is_not_made(
    hall: Hall, admin: Client, change: dict[str, str], status: int, code: str
) -> None:
    with nothing_changes(hall.house.registry):
        values = {"login": "nguoi-moi", "name": "Người mới", "role": "desk", **change}
        refused(admin.form(NEW, values, page=NEW), status, code)


def test_an_organisation_and_an_account_number_in_a_form_are_nobodys_to_say(hall: Hall, admin: Client) -> None:
    # threats H6: mass assignment
    other = organisations.found(hall.house, "Đơn vị khác")
    more = {"organisation_id": str(other), "id": "1", "active": "0", "sessions": "9", "totp": "x", "temporary": ""}
    admin.form(NEW, {"login": "nguoi-moi", "name": "Người mới", "role": "desk", **more}, page=NEW)
    made = account(hall, "nguoi-moi")
    assert (made.organisation_id, made.active, made.sessions, made.totp, made.temporary) == (1, True, 0, None, True)
    press(hall, admin, "tiep-don", **form_of(hall, "tiep-don", **more, login="khac", password="x" * 20))
    kept = account(hall, "tiep-don")
    assert (kept.organisation_id, kept.active, kept.sessions) == (1, True, 0)
    own = hall.person("tiep-don-2")
    values = {"old": PASSWORD, "new": STRONG, "again": STRONG, "role": "administrator", **more}
    own.form(MYSELF, values, page=MYSELF)
    own.form("/tai-khoan/cua-toi/ngon-ngu", {"language": "en", "role": "administrator"}, page="/tai-khoan/cua-toi/")
    mine = account(hall, "tiep-don-2")
    assert (mine.role, mine.organisation_id, mine.language) == ("desk", 1, "en")


# --- changed and ended --------------------------------------------------------------------------------------------


def test_a_deactivated_account_is_out_at_once_and_cannot_come_back_until_it_is_activated(
    hall: Hall, admin: Client
) -> None:
    desk = hall.person("tiep-don")  # threats H2: a session that goes on
    assert desk.get("/").status_code == 200
    assert press(hall, admin, "tiep-don", "ngung").status_code == 302
    assert desk.get("/").headers["Location"].startswith("/dang-nhap")
    wrong, ended = login(hall, "khong-ai")[1], login(hall, "tiep-don")[1]
    refused(ended, 401, "LOGIN_FAILED")
    assert ended.get_data() == wrong.get_data()
    press(hall, admin, "tiep-don", "mo-lai")
    assert desk.get("/").status_code == 302
    assert login(hall, "tiep-don")[1].status_code == 302
    assert [act for _by, act, about in acts(hall) if about == "tiep-don"] == ["account-deactivate", "account-activate"]


def test_another_role_holds_from_the_next_request_and_ends_the_sessions(hall: Hall, admin: Client) -> None:
    desk = hall.person("tiep-don")
    press(hall, admin, "tiep-don", **form_of(hall, "tiep-don", role="organiser"))
    assert desk.get("/").status_code == 302
    assert hall.person("tiep-don").get("/dot-moi").status_code == 200


def test_a_renamed_account_keeps_its_sessions_and_the_log_says_so(hall: Hall, admin: Client) -> None:
    desk = hall.person("tiep-don")
    press(hall, admin, "tiep-don", **form_of(hall, "tiep-don", name="Tên Mới"))
    assert "Tên Mới" in desk.get("/").get_data(as_text=True)
    assert ("quan-tri", "account-change", "tiep-don role=desk name=Tên Mới") in acts(hall)


def test_nobody_changes_their_own_role_or_ends_themselves(hall: Hall, admin: Client) -> None:
    with nothing_changes(hall.house.registry):
        for role in ("organiser", "reader"):
            values = form_of(hall, "quan-tri", role=role, authority="x")
            refused(press(hall, admin, "quan-tri", **values), 409, "OWN_ROLE")
        refused(press(hall, admin, "quan-tri", "ngung"), 409, "OWN_ROLE")
        refused(press(hall, admin, "quan-tri", "xac-thuc"), 409, "OWN_ROLE")
    assert press(hall, admin, "quan-tri", **form_of(hall, "quan-tri", name="Tên mới")).status_code == 302


def test_the_last_active_administrator_stays(hall: Hall, admin: Client) -> None:
    shown_password(admin.form(NEW, {"login": "quan-tri-2", "name": "Hai", "role": "administrator"}, page=NEW))
    press(hall, admin, "quan-tri-2", "ngung")
    ended = hall.actor("quan-tri-2")  # as if two had pressed at the same moment
    with nothing_changes(hall.house.registry):
        with pytest.raises(accounts.LastAdministrator):
            accounts.deactivate(hall.house, account(hall, "quan-tri").id, ended)
        with pytest.raises(accounts.LastAdministrator):
            accounts.change(hall.house, account(hall, "quan-tri").id, Details("Một", "desk"), ended)
    press(hall, admin, "quan-tri-2", "mo-lai")
    accounts.deactivate(hall.house, account(hall, "quan-tri").id, ended)
    assert not account(hall, "quan-tri").active


def test_another_organisations_accounts_are_none(hall: Hall, admin: Client) -> None:
    # threats H5
    other = organisations.found(hall.house, "Đơn vị khác")
    theirs = with_every_role(hall, other, "-khac")
    assert "-khac" not in admin.get("/tai-khoan/").get_data(as_text=True)
    with nothing_changes(hall.house.registry):
        for account_id in (*theirs.values(), 2_147_483_647):
            refused(admin.get(f"/tai-khoan/{account_id}/"), 404, "NO_SUCH_ACCOUNT")
            for act in ("", "ngung", "mo-lai", "mat-khau", "xac-thuc"):
                values = {"name": "x", "role": "desk"}
                answer = admin.form(f"/tai-khoan/{account_id}/{act}", values, page="/tai-khoan/")
                refused(answer, 404, "NO_SUCH_ACCOUNT")


def test_an_open_session_gives_nobody_a_password_of_its_own_account(hall: Hall, admin: Client) -> None:
    with nothing_changes(hall.house.registry):
        refused(press(hall, admin, "quan-tri", "mat-khau"), 409, "OWN_ROLE")


def test_a_reset_password_ends_sessions_and_is_another_each_time(hall: Hall, admin: Client) -> None:
    desk = hall.person("tiep-don")
    first = shown_password(press(hall, admin, "tiep-don", "mat-khau"))
    second = shown_password(press(hall, admin, "tiep-don", "mat-khau"))
    assert first != second
    assert desk.get("/").status_code == 302
    assert [login(hall, "tiep-don", p)[1].status_code for p in (PASSWORD, first, second)] == [401, 401, 302]


def test_a_subject_of_the_identity_provider_is_one_account(hall: Hall, admin: Client) -> None:
    press(hall, admin, "tiep-don", **form_of(hall, "tiep-don", subject="s-1"))
    with nothing_changes(hall.house.registry):
        values = form_of(hall, "tiep-don-2", subject="s-1")
        refused(press(hall, admin, "tiep-don-2", **values), 409, "SUBJECT_TAKEN")
    assert account(hall, "tiep-don").subject == "s-1"


def test_another_subject_ends_sessions_and_the_log_says_so(hall: Hall, admin: Client) -> None:
    """threats P2: an administrator who ties an account to themselves comes in as somebody else, without a password"""
    desk = hall.person("tiep-don")
    press(hall, admin, "tiep-don", **form_of(hall, "tiep-don", subject="s-1"))
    assert desk.get("/").headers["Location"].startswith("/dang-nhap")
    desk = hall.person("tiep-don")
    press(hall, admin, "tiep-don", **form_of(hall, "tiep-don", subject="s-1", name="Tên Mới"))
    assert desk.get("/").status_code == 200
    press(hall, admin, "tiep-don", **form_of(hall, "tiep-don", subject=""))
    assert desk.get("/").status_code == 302
    told = [(by, about) for by, act, about in acts(hall) if act == "account-subject"]
    assert told == [("quan-tri", "tiep-don")] * 2


def test_the_list_is_sorted_by_given_name_and_shows_names_as_text(hall: Hall, admin: Client) -> None:
    for number, name in enumerate(("Trần Ẩn", "Lê Anh", "Vũ <b>Ân</b>")):
        values = {"login": f"ban-{number}", "name": name, "role": "desk"}
        shown_password(admin.form(NEW, values, page=NEW))
    shown = admin.get("/tai-khoan/").get_data(as_text=True)
    assert "Vũ &lt;b&gt;Ân&lt;/b&gt;" in shown
    assert shown.index("Lê Anh") < shown.index("Trần Ẩn")


# --- one's own page -----------------------------------------------------------------------------------------------


def change(browser: Client, old: str = PASSWORD, new: str = STRONG, again: str | None = None) -> object:
    return browser.form(MYSELF, {"old": old, "new": new, "again": new if again is None else again}, page=MYSELF)


def test_a_changed_password_ends_other_sessions_and_not_this_one(hall: Hall) -> None:
    here, elsewhere = hall.person("tiep-don"), hall.person("tiep-don")
    assert change(here).status_code == 302
    assert (here.get("/").status_code, elsewhere.get("/").status_code) == (200, 302)
    assert ("tiep-don", "password-change", "tiep-don") in acts(hall)


@pytest.mark.parametrize(
    ("values", "status", "code"),
    [
        ({"old": "sai mật khẩu này"}, 403, "PASSWORD_WRONG"),
        ({"again": STRONG + "!"}, 400, "PASSWORDS_DIFFER"),
        ({"new": PASSWORD}, 400, "PASSWORDS_DIFFER"),
        ({"new": "ngắn"}, 400, "WEAK_PASSWORD"),
        ({"new": "x" * 201}, 400, "WEAK_PASSWORD"),
        ({"new": "123456789012"}, 400, "PASSWORD_GUESSABLE"),
        ({"new": "Người tiep-don"}, 400, "PASSWORD_GUESSABLE"),
        ({"new": "Đơn vị thử 2026"}, 400, "PASSWORD_GUESSABLE"),
        ({"new": "phieutinnhiem"}, 400, "PASSWORD_GUESSABLE"),
    ],
)
def test_a_password_that_is_wrong_or_poor_changes_nothing(
    hall: Hall, values: dict[str, str], status: int, code: str
) -> None:
    browser = hall.person("tiep-don")
    with nothing_changes(hall.house.registry):
        answer = change(browser, **values)
        refused(answer, status, code)
        assert not any(value in answer.get_data(as_text=True) for value in values.values())


def test_an_open_session_does_not_let_somebody_guess_the_password(hall: Hall) -> None:
    browser = hall.person("tiep-don")  # threats A22
    answers = [change(browser, old=f"đoán lần {number}").status_code for number in range(9)]
    assert answers == [403] * 8 + [429]
    assert change(browser).status_code == 429
    assert change(hall.person("tiep-don-2")).status_code == 302


def test_two_spellings_of_the_same_marks_are_one_password(hall: Hall) -> None:
    browser = hall.person("tiep-don")
    decomposed = "\u006e\u0067\u01b0\u0323\u0061 \u0111o\u0302\u0300ng s\u01b0\u01a1ng bảy lá cờ"
    assert change(browser, new=decomposed).status_code == 302
    import unicodedata

    assert login(hall, "tiep-don", unicodedata.normalize("NFC", decomposed))[1].status_code == 302
    assert login(hall, "tiep-don", unicodedata.normalize("NFD", decomposed))[1].status_code == 302


@pytest.mark.parametrize("password", ["a" * 11, "a" * 201])
def test_length_is_measured_first(password: str) -> None:
    with pytest.raises(WeakPassword):
        check_strength(password, known=())


def test_a_password_of_the_name_alone_is_guessed() -> None:
    with pytest.raises(GuessablePassword):
        check_strength("NguyenVanHoa1", known=("Nguyễn Văn Hòa",))
    check_strength(STRONG, known=("Nguyễn Văn Hòa",))


def test_a_language_is_kept_with_the_account(hall: Hall) -> None:
    page = "/tai-khoan/cua-toi/"
    browser = hall.person("tiep-don")
    browser.form(page + "ngon-ngu", {"language": "en"}, page=page)
    assert '<html lang="en">' in hall.person("tiep-don").get("/").get_data(as_text=True)
    with nothing_changes(hall.house.registry):
        refused(browser.form(page + "ngon-ngu", {"language": "../x"}, page=page), 400, "WRONG_SHAPE")


def test_everybody_begins_where_their_work_is(hall: Hall) -> None:
    begins = {"quan-tri": "/tai-khoan/", "to-chuc-1": "/", "tiep-don": "/", "cap-the": "/quan-sat/"}
    begins |= {"giam-sat": "/quan-sat/", "doc-ket-qua": "/doc-ket-qua/"}
    for name, path in begins.items():
        browser, answer = login(hall, name)
        assert answer.headers["Location"] == path
        assert browser.get(path).status_code == 200
        assert browser.get("/").status_code == (200 if path == "/" else 302)


def test_no_password_stands_in_the_database_or_the_log(hall: Hall, admin: Client) -> None:
    password = shown_password(press(hall, admin, "tiep-don", "mat-khau"))
    with reading(hall.house.registry) as session:
        kept = {row.password for row in session.query(Account)}
    assert all(value.startswith("$argon2id$") for value in kept)
    files = [path.read_bytes() for path in hall.house.config.instance.rglob("*") if path.is_file()]
    assert files
    assert not any(password.encode() in raw for raw in [*files, stored(hall.house.registry)])

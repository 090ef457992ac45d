"""The second factor: enrolled by its code, asked for at the login, used once; recovery codes; sealed at rest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pyotp
import pytest

from ballot.app import registry_app
from ballot.config import Config
from ballot.identity.login import LIMITER, LoginFailed, authenticate
from ballot.models.registry.accounts import RecoveryCode
from ballot.settings.errors import BadSetting
from ballot.storage import reading, writing
from tests.ballot.accounts_of import FACTOR, Phone, account, acts, login, with_every_role
from tests.ballot.client import REGISTRY, Client
from tests.ballot.hall import PASSWORD, Hall
from tests.ballot.look import nothing_changes, refused, stored

Open = Callable[[str], Hall]
WHO = "to-chuc-1"


@pytest.fixture(autouse=True)
def nobody_has_failed_yet() -> Iterator[None]:
    yield
    LIMITER.reset()


@pytest.fixture
def hall(at: Open) -> Hall:
    return at("draft")


@pytest.fixture
def phone(hall: Hall) -> Phone:
    return Phone(hall.person(WHO))


def test_without_a_code_nobody_comes_in_and_the_answer_is_the_same_as_for_a_wrong_password(
    hall: Hall, phone: Phone
) -> None:
    # threats A22
    answers = [login(hall, WHO)[1], login(hall, WHO, code="000000")[1], login(hall, WHO, "sai mật khẩu")[1]]
    answers.append(login(hall, "khong-ai", code=phone.code())[1])
    for answer in answers:
        refused(answer, 401, "LOGIN_FAILED")
    assert len({answer.get_data() for answer in answers}) == 1


def test_a_code_lets_in_once_and_an_older_one_never(hall: Hall, phone: Phone) -> None:
    code = phone.code(away=1)
    browser, answer = login(hall, WHO, code=f"{code[:3]} {code[3:]}")
    assert (answer.status_code, browser.get("/").status_code) == (302, 200)
    refused(login(hall, WHO, code=code)[1], 401, "LOGIN_FAILED")
    refused(login(hall, WHO, code=phone.code(away=0))[1], 401, "LOGIN_FAILED")


def test_codes_of_one_step_before_and_after_are_taken_and_no_others(hall: Hall, phone: Phone) -> None:
    now = 4_000_000_020
    codes = pyotp.TOTP(phone.secret)
    for away in (-2, 2, 400):
        with pytest.raises(LoginFailed):
            authenticate(hall.house, WHO, PASSWORD, code=codes.at(now + 30 * away), now=now)
    for away in (-1, 0, 1):
        assert authenticate(hall.house, WHO, PASSWORD, code=codes.at(now + 30 * away), now=now).name == f"Người {WHO}"


def test_the_code_that_enrolled_a_phone_does_not_log_in(hall: Hall, phone: Phone) -> None:
    refused(login(hall, WHO, code=pyotp.TOTP(phone.secret).generate_otp(phone.used))[1], 401, "LOGIN_FAILED")


def test_a_wrong_code_enrols_nothing(hall: Hall) -> None:
    browser = hall.person(WHO)
    browser.form(FACTOR, {"password": PASSWORD}, page=FACTOR)
    with nothing_changes(hall.house.registry):
        for code in ("", "000000", "abcdef", "٠٠٠٠٠٠"):
            refused(browser.form(f"{FACTOR}/xac-nhan", {"code": code}, page=FACTOR), 400, "CODE_REFUSED")
    assert login(hall, WHO)[1].status_code == 302


def test_beginning_needs_the_password(hall: Hall) -> None:
    browser = hall.person(WHO)
    with nothing_changes(hall.house.registry):
        refused(browser.form(FACTOR, {"password": "sai mật khẩu"}, page=FACTOR), 403, "PASSWORD_WRONG")
        refused(browser.form(f"{FACTOR}/xac-nhan", {"code": "123456"}, page=FACTOR), 400, "CODE_REFUSED")


def test_a_recovery_code_lets_in_once_and_the_log_says_so(hall: Hall, phone: Phone) -> None:
    assert len(set(phone.recovery)) == 10
    typed = phone.recovery[3].replace("-", " ").upper()
    assert login(hall, WHO, code=typed)[1].status_code == 302
    refused(login(hall, WHO, code=typed)[1], 401, "LOGIN_FAILED")
    assert (WHO, "recovery-code-used", WHO) in acts(hall)
    with reading(hall.house.registry) as session:
        kept = [row.code for row in session.query(RecoveryCode)]
    assert len(kept) == 9
    assert login(hall, WHO, code=phone.recovery[4])[1].status_code == 302


def test_a_recovery_code_of_somebody_else_lets_nobody_in(hall: Hall, phone: Phone) -> None:
    Phone(hall.person("to-chuc-2"))
    refused(login(hall, "to-chuc-2", code=phone.recovery[0])[1], 401, "LOGIN_FAILED")


def test_new_recovery_codes_end_the_old_ones(hall: Hall, phone: Phone) -> None:
    browser, _answer = login(hall, WHO, code=phone.code())
    shown = browser.form(f"{FACTOR}/ma-du-phong", {"password": PASSWORD}, page=FACTOR).get_data(as_text=True)
    assert shown.count("<li>") >= 10
    assert not any(code in shown for code in phone.recovery)
    refused(login(hall, WHO, code=phone.recovery[0])[1], 401, "LOGIN_FAILED")


def test_codes_are_guessed_no_more_often_than_passwords(hall: Hall, phone: Phone) -> None:
    tries = [login(hall, WHO, code=f"{number:06d}")[1].status_code for number in range(8)]
    assert tries == [401] * 8
    assert login(hall, WHO, code=phone.code())[1].status_code == 429


def test_the_secret_is_in_no_file_and_opens_for_no_other_account(hall: Hall, phone: Phone) -> None:
    files = {path.name: path.read_bytes() for path in hall.house.config.instance.rglob("*") if path.is_file()}
    assert "totp.secret" in files
    files["the registry"] = stored(hall.house.registry)
    for name, raw in files.items():
        assert phone.secret.encode() not in raw, name
        assert not any(code.encode() in raw or code.replace("-", "").encode() in raw for code in phone.recovery), name
    with writing(hall.house.registry) as session:
        other = session.merge(account(hall, "to-chuc-2"))
        other.totp = account(hall, WHO).totp
    refused(login(hall, "to-chuc-2", code=phone.code())[1], 401, "LOGIN_FAILED")


def test_a_second_factor_can_be_turned_off_with_the_password(hall: Hall, phone: Phone) -> None:
    browser, _answer = login(hall, WHO, code=phone.code())
    refused(browser.form(f"{FACTOR}/tat", {"password": "sai mật khẩu"}, page=FACTOR), 403, "PASSWORD_WRONG")
    assert browser.form(f"{FACTOR}/tat", {"password": PASSWORD}, page=FACTOR).status_code == 302
    assert login(hall, WHO)[1].status_code == 302
    assert [act for _by, act, _about in acts(hall)][-2:] == ["second-factor-on", "second-factor-off"]


def test_sessions_from_before_it_was_turned_on_or_off_end_and_this_one_goes_on(hall: Hall) -> None:
    """threats H2: a stolen session outlived the second factor that was set up against its thief"""
    mine, thief = hall.person(WHO), hall.person(WHO)
    phone = Phone(mine)
    assert thief.get("/").headers["Location"].startswith("/dang-nhap")
    assert mine.get("/").status_code == 200
    other, answer = login(hall, WHO, code=phone.code())
    assert (answer.status_code, other.get("/").status_code) == (302, 200)
    assert mine.form(f"{FACTOR}/tat", {"password": PASSWORD}, page=FACTOR).status_code == 302
    assert other.get("/").headers["Location"].startswith("/dang-nhap")
    assert mine.get("/").status_code == 200


def test_an_administrator_takes_it_away_from_others_and_ends_their_sessions(hall: Hall, phone: Phone) -> None:
    with_every_role(hall)
    browser, _answer = login(hall, WHO, code=phone.code())
    admin, page = hall.person("quan-tri"), f"/tai-khoan/{account(hall, WHO).id}/"
    assert admin.form(f"{page}xac-thuc", page=page).status_code == 302
    assert browser.get("/").status_code == 302
    assert login(hall, WHO)[1].status_code == 302
    assert ("quan-tri", "second-factor-reset", WHO) in acts(hall)


def test_a_new_phone_replaces_the_old_one_only_when_it_is_confirmed(hall: Hall, phone: Phone) -> None:
    browser, _answer = login(hall, WHO, code=phone.code())
    browser.form(FACTOR, {"password": PASSWORD}, page=FACTOR)
    assert login(hall, WHO, code=phone.code(away=1))[1].status_code == 302
    browser.form(f"{FACTOR}/bo", page=FACTOR)
    assert account(hall, WHO).totp_pending is None


# --- obligatory ---------------------------------------------------------------------------------------------------


@pytest.fixture
def strict(hall: Hall) -> Hall:
    with_every_role(hall)
    hall.house = replace(hall.house, config=replace(hall.house.config, second_factor_required=True))
    hall.registry = registry_app(hall.house)
    return hall


@pytest.mark.parametrize("name", ["quan-tri", "to-chuc-1"])
def test_where_it_is_required_they_enrol_before_anything_else(strict: Hall, name: str) -> None:
    browser = Client(strict.registry, REGISTRY)
    browser.form("/dang-nhap", {"login": name, "password": PASSWORD})
    for path in ("/", "/tai-khoan/", f"/dot/{strict.uuid}/", "/tai-khoan/cua-toi/"):
        assert browser.get(path).status_code in (302, 403), path
    assert browser.get("/tai-khoan/cua-toi/").headers["Location"] == FACTOR
    refused(browser.form("/tai-khoan/cua-toi/ngon-ngu", {"language": "en"}, page=FACTOR), 403, "DUTY_FIRST")
    Phone(browser)
    assert browser.get("/tai-khoan/cua-toi/").status_code == 200
    refused(browser.form(f"{FACTOR}/tat", {"password": PASSWORD}, page=FACTOR), 409, "FACTOR_NEEDED")


@pytest.mark.parametrize("name", ["tiep-don", "giam-sat", "cap-the", "doc-ket-qua"])
def test_where_it_is_required_the_others_may_do_without(strict: Hall, name: str) -> None:
    assert strict.person(name).get("/tai-khoan/cua-toi/").status_code == 200


def test_the_setting_knows_two_words(tmp_path: object) -> None:
    read = Config.from_environ
    assert not read({}).second_factor_required
    assert read({"BALLOT_SECOND_FACTOR": "required"}).second_factor_required
    with pytest.raises(BadSetting, match="BALLOT_SECOND_FACTOR"):
        read({"BALLOT_SECOND_FACTOR": "yes"})

"""What a password of earnest costs to guess, asked in a process of its own, for tests keep cheap hashes; and what it
may cost the server at most, whoever types it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from threading import Lock, Thread

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type

from ballot.identity import passwords
from ballot.identity.login import LIMITER
from ballot.identity.passwords import WeakPassword
from tests.ballot.hall import PASSWORD, Hall

Open = Callable[[str], Hall]
SOON = 2.0

ASK = "from ballot.identity import passwords; print(passwords.hashed('một mật khẩu dài'), passwords._NOBODY)"


def test_a_password_and_an_unknown_account_cost_the_same_argon2id() -> None:
    done = subprocess.run([sys.executable, "-c", ASK], capture_output=True, text=True, check=True)
    kept, nobody = (extract_parameters(each) for each in done.stdout.split())
    assert kept == nobody
    assert (kept.type, kept.version) == (Type.ID, 19)
    assert kept.memory_cost >= 64 * 1024  # KiB; RFC 9106, section 4, second recommended option
    assert kept.time_cost >= 3


MARKS = {"in turn": "\u0301\u0323" * 40_000, "in two heaps": "\u0301" * 40_000 + "\u0323" * 40_000}


@pytest.mark.parametrize("marks", MARKS)
def test_a_stranger_who_types_nothing_but_marks_holds_nobody_up(at: Open, marks: str) -> None:
    """threats H16: to put them in order takes the square of their number, and no other thread runs meanwhile"""
    browser = at("draft").anybody()
    began = time.process_time()
    answer = browser.form("/dang-nhap", {"login": "to-chuc-1", "password": PASSWORD + MARKS[marks]})
    LIMITER.reset()
    assert answer.status_code == 401
    assert time.process_time() - began < SOON


def test_a_password_is_too_long_in_whatever_form_it_is_typed() -> None:
    with pytest.raises(WeakPassword):
        passwords.check_length("a\u0313\u0300\u0345" * 50_000)
    kept = passwords.hashed("\u1f82" * passwords.MOST_CHARACTERS)
    assert passwords.is_right(kept, "\u03b1\u0313\u0300\u0345" * passwords.MOST_CHARACTERS)
    assert not passwords.is_right(kept, "\u03b1\u0313\u0300\u0345" * passwords.MOST_TYPED)


class Counting(PasswordHasher):
    """A hasher that counts who is at work at once; whoever comes stays for a moment."""

    def __init__(self) -> None:
        super().__init__(time_cost=1, memory_cost=64, parallelism=1)
        self.lock, self.inside, self.most = Lock(), 0, 0

    def verify(self, kept: str | bytes, password: str | bytes) -> bool:  # type: ignore[override]
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        time.sleep(0.05)
        with self.lock:
            self.inside -= 1
        return super().verify(kept, password)


def test_no_more_than_four_passwords_are_hashed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """threats H16: each takes 64 MiB, and a server has 64 threads for whoever comes"""
    hasher = Counting()
    monkeypatch.setattr(passwords, "HASHER", hasher)
    threads = [Thread(target=passwords.is_right, args=(None, "một mật khẩu dài")) for _number in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert hasher.most == 4

"""Key files: what opens them and what refuses to."""

from __future__ import annotations

import unicodedata
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import keys.certificates.errors
import keys.committee.errors
import keys.issuer.errors
from keys import errors, store
from keys.errors import (
    KeyFileMissing,
    KeysError,
    PassphraseTooShort,
    PassphraseUnreadable,
    UnknownKind,
    WrongKind,
    WrongPassphrase,
)
from keys.roles import BOX, ROLES, TRUSTEE, role_of
from keys.store import KdfCost

WORDS = "cây tre trăm đốt"
OTHER_WORDS = "một câu khác hẳn"
TWELVE = "mười hai ký1"
SECRET = b"\x00 never to be seen \xff"


def make(path: Path, cost: KdfCost, **changes: Any) -> None:
    given_values = {"kind": BOX, "secret": SECRET, "passphrase": WORDS, "name": "Hòm phiếu", "round_id": "r1"}
    store.create(path, **(given_values | changes), cost=cost)


@pytest.fixture
def key_file(key_path: Path, cheap: KdfCost) -> Path:
    make(key_path, cheap)
    return key_path


def test_a_key_comes_out_as_it_went_in(key_file: Path) -> None:
    opened = store.open_key(key_file, kind=BOX, passphrase=WORDS)
    assert (opened.kind, opened.name, opened.round_id, opened.secret) == (BOX, "Hòm phiếu", "r1", SECRET)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(st.binary(max_size=200), st.text(st.characters(codec="utf-8")), st.sampled_from(sorted(ROLES)))
def test_any_secret_comes_out_under_any_passphrase(
    tmp_path: Path, cheap: KdfCost, secret: bytes, words: str, kind: str
) -> None:
    path = tmp_path / "any.key"
    path.unlink(missing_ok=True)
    words = f"{WORDS} {words}"
    make(path, cheap, kind=kind, secret=secret, passphrase=words)
    assert store.open_key(path, kind=kind, passphrase=words).secret == secret


def test_the_passphrase_opens_however_the_keyboard_composes_it(key_file: Path) -> None:
    decomposed = unicodedata.normalize("NFD", WORDS)
    assert decomposed != WORDS
    assert store.open_key(key_file, kind=BOX, passphrase=decomposed).secret == SECRET


@pytest.mark.parametrize("wrong", ["", WORDS + " ", WORDS.upper(), "cay tre tram dot", WORDS[:-1]])
def test_a_wrong_passphrase_is_refused(key_file: Path, wrong: str) -> None:
    with pytest.raises(WrongPassphrase):
        store.open_key(key_file, kind=BOX, passphrase=wrong)


@pytest.mark.parametrize("short", ["", "mười một ký", unicodedata.normalize("NFD", "mười một ký")])
def test_a_short_passphrase_is_refused_after_normalisation(key_path: Path, cheap: KdfCost, short: str) -> None:
    with pytest.raises(PassphraseTooShort):
        make(key_path, cheap, passphrase=short)
    assert not key_path.exists()


def test_twelve_characters_are_enough(key_path: Path, cheap: KdfCost) -> None:
    make(key_path, cheap, passphrase=TWELVE)
    assert len(TWELVE) == 12
    assert key_path.exists()


def test_a_passphrase_that_is_not_text_is_refused_without_being_quoted(key_path: Path, cheap: KdfCost) -> None:
    with pytest.raises(PassphraseUnreadable) as caught:
        make(key_path, cheap, passphrase=WORDS + "\udc80")
    assert WORDS not in repr(caught.value) + str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__
    assert not key_path.exists()


def test_a_key_of_another_kind_is_refused(key_file: Path) -> None:
    with pytest.raises(WrongKind) as caught:
        store.open_key(key_file, kind=TRUSTEE, passphrase=WORDS)
    assert "khóa hòm phiếu" in str(caught.value)


def test_a_kind_without_a_row_is_refused(key_path: Path, cheap: KdfCost) -> None:
    with pytest.raises(UnknownKind):
        make(key_path, cheap, kind="session")
    with pytest.raises(UnknownKind):
        role_of("")


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    for path in (tmp_path / "none.key", tmp_path):
        with pytest.raises(KeyFileMissing):
            store.open_key(path, kind=BOX, passphrase=WORDS)


def test_every_refusal_has_its_own_code_and_a_sentence() -> None:
    modules = (errors, keys.certificates.errors, keys.committee.errors, keys.issuer.errors)
    found = [kind for module in modules for kind in vars(module).values() if isinstance(kind, type)]
    kinds = {kind for kind in found if issubclass(kind, KeysError)}
    assert len(kinds) > 40
    assert len({kind.code for kind in kinds}) == len(kinds)
    for kind in kinds:
        details = {name: "…" for _, name, _, _ in Formatter().parse(kind.text) if name}
        assert str(kind("chỗ này", **details)).startswith("chỗ này: ")

"""Prepared rounds for the tests of the web application. Never here: a rule of it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import String, event, inspect
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Session

from tests.ballot.hall import Hall
from tests.ballot.issuer_processes import Linked
from tests.ballot.prepared import Prepared
from tests.postgres import chosen, forget

OF_SQLITE = (
    "test_every_pooled_connection_keeps_every_law",
    "test_no_table_of_the_box_keeps_an_order_a_time_or_a_number",
    "test_no_row_number_puts_one_organisations_log_between_the_entries_of_another",
    "test_the_closed_box_tells_no_order_of_arrival",
    "test_the_laws_hold_on_every_connection_and_the_migrations_make_the_models",
    "test_no_table_of_a_site_keeps_an_order_a_time_a_number_or_a_person",
    "test_the_file_tells_no_order_of_arrival_before_and_after_handing_on",
    "test_the_wrapping_key_is_nowhere_in_the_registrys_files_once_the_slip_is_printed",
    "test_the_log_of_the_staging_is_gone_after_the_freeze",
    "test_a_rewrite_that_a_reader_kept_from_finishing_says_so",
    "test_a_damaged_page_is_answered_in_words_and_with_no_traceback",
    "test_a_log_from_before_is_chained_to_its_organisation",
)
"""Tests that look into SQLite's files or at its settings; test_postgres.py says the same of a server."""


SERVER = postgresql.dialect()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out, on PostgreSQL, what is about the files of SQLite."""
    for item in items if chosen() else ():
        if getattr(item, "originalname", item.name) in OF_SQLITE:
            item.add_marker(pytest.mark.skip(reason="about SQLite's files; for a server see test_postgres.py"))


@pytest.fixture(scope="session", autouse=True)
def nothing_that_a_server_would_refuse() -> Iterator[None]:
    """SQLite keeps a text of any length; a server refuses what is longer than its column: then so does a test."""
    event.listen(Session, "before_flush", _check_texts)
    yield
    event.remove(Session, "before_flush", _check_texts)


def _check_texts(session: Session, *_more: object) -> None:
    for state in map(inspect, (*session.new, *session.dirty)):
        for attribute in state.mapper.column_attrs:
            column, value = attribute.columns[0], state.dict.get(attribute.key)
            kind = column.type.dialect_impl(SERVER)
            if isinstance(kind, String) and isinstance(value, str):
                assert len(value) <= (kind.length or len(value)), f"{column}: {len(value)} > {kind.length}"


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return Prepared(tmp_path_factory.mktemp("hall"))


@pytest.fixture(scope="session")
def linked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Linked]:
    """Two issuers that run as processes of their own until the last test."""
    both = Linked(tmp_path_factory.mktemp("linked")).start()
    yield both
    both.stop()


@pytest.fixture
def at(prepared: Prepared) -> Iterator[object]:
    """Return a function that opens a fresh copy of the round at a phase, and close the databases afterwards."""
    halls: list[Hall] = []

    def open_at(phase: str) -> Hall:
        halls.append(prepared.at(phase))
        return halls[-1]

    yield open_at
    for hall in halls:
        hall.house.registry.dispose()
        hall.house.box.dispose()
        forget(hall.house.config.instance)

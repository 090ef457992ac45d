"""The OpenAPI documents: complete, and what they describe answers anything at all without a fault.

The campaign (`-m campaign`) sends 50,000 requests made by schemathesis from the documents; a sample runs always.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode

from ballot.api.document import document
from ballot.api.operations import OPERATIONS
from tests.ballot.described import check, operations
from tests.ballot.hall import Client, Hall
from tests.ballot.prepared import Prepared

SAMPLE, CAMPAIGN = 12, int(os.environ.get("PTN_REQUESTS", "50000"))
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
PARTS = ("registry", "stations", "committee", "box")


@pytest.fixture(scope="module")
def hall(prepared: Prepared) -> Iterator[Hall]:
    hall = prepared.at("voting")
    yield hall
    hall.house.registry.dispose()
    hall.house.box.dispose()


def part(hall: Hall, name: str) -> tuple[Flask, Client]:
    browsers = {
        "registry": lambda: hall.person("to-chuc-1"),
        "stations": hall.at_station,
        "committee": hall.at_committee,
        "box": hall.booth,
    }
    return getattr(hall, name), browsers[name]()


@pytest.mark.parametrize("name", PARTS)
def test_every_endpoint_for_machines_is_described(hall: Hall, name: str) -> None:
    app, browser = part(hall, name)
    machines = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.rule.endswith(".json") or (name != "registry" and "POST" in rule.methods)
    }
    assert machines - {"api.describe"} <= OPERATIONS.keys()
    described = json.loads(browser.get("/openapi.json").get_data())
    assert described == json.loads(json.dumps(document(app)))
    for path in described["paths"].values():
        for operation in path.values():
            assert operation["summary"]
            assert len(operation["responses"]) == 2


def fuzz(hall: Hall, name: str, examples: int) -> int:
    """Send so many requests of each kind to each operation; return how many there were."""
    app, browser = part(hall, name)
    sent = 0

    def one(case: Any) -> None:
        nonlocal sent
        sent += 1
        check(browser, case, hall.uuid)

    for operation in operations(app):
        for mode in MODES:
            cases = operation.as_strategy(generation_mode=mode)
            settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck), database=None)(
                given(cases)(one)
            )()
    return sent


# threats H17
@pytest.mark.parametrize("name", PARTS)
def test_no_request_that_a_description_allows_or_forbids_is_a_fault(hall: Hall, name: str) -> None:
    fuzz(hall, name, SAMPLE)


@pytest.mark.campaign
def test_fifty_thousand_requests_and_no_fault(hall: Hall) -> None:
    """An operation with few parts has fewer different requests than its share: the rest goes round once more."""
    sent, kinds = 0, len(MODES) * sum(len(operations(part(hall, name)[0])) for name in PARTS)
    while sent < CAMPAIGN:
        each = -(-(CAMPAIGN - sent) // kinds)
        sent += sum(fuzz(hall, name, each) for name in PARTS)
    print(f"\nJSON routes: {sent} requests, 0 faults (less than {300 / sent:.4f} % of requests, 95 %)")

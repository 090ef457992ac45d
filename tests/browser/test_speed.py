"""How long the browser takes over a ballot of 44 officials; run with `-m bench -s`.

Here lives a measurement. Never here: a check of what is made.
"""

from __future__ import annotations

from statistics import median
from typing import Any

import pytest

from tally.protocol.credential import SlipCode
from tests.browser.hall import BLOCKS, Fake, opened

RUNS = 9
MAKE = """async ([election, slip, runs]) => {
  const p = await import("/static/dist/protocol.js");
  const made = p.parseElection(new TextEncoder().encode(election));
  const times = [];
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    const rows = made.questions.map((_, i) => [0, 1, 2].map((level) => Number(level === (i + run) % 4)));
    const draft = p.encrypt(made, rows);
    p.padded(p.cast(made, draft, p.deriveCredential(p.readSlip(slip), made.uuid)), made);
    times.push(performance.now() - start);
  }
  return times;
}"""


@pytest.mark.bench
def test_a_ballot_of_44_officials_takes_less_than_a_second(page: Any) -> None:
    with opened(Fake(BLOCKS)) as fake:
        page.goto(f"{fake.registry}/booth")
        times = page.evaluate(MAKE, [fake.election.raw.decode(), SlipCode.random().shown(), RUNS])
    print(f"\n44 officials × 3 levels in Chromium: first {times[0]:.0f} ms, median {median(times):.0f} ms")
    assert max(times) < 1000

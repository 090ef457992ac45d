"""How long a member's page takes over a closed record of 44 officials; run with `-m bench -s`.

Here lives a measurement; what it asserts is that what is always done fits a minute at 300 ballots. Never here:
a check of what is found.
"""

from __future__ import annotations

import os
from typing import Any

import pytest

from tally.protocol.manifest import Block, Official, Roll
from tests.browser.examined import case
from tests.browser.hall import BLOCKS, Fake, opened
from tests.builders import Round, new_round

OFFICIALS, BALLOTS, WHOLE = 44, 20, 300
VOTERS = BALLOTS + 1  # one slip stays unused
MINUTE = 60.0
EXAMINE = """async ({ files, manifest, budget }) => {
  const p = await import("/static/dist/protocol.js");
  const bytes = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  const unpacked = Object.fromEntries(Object.entries(files).map(([name, raw]) => [name, bytes(raw)]));
  const start = performance.now();
  const { checked, of } = await p.examineRecord(unpacked, { manifest, budget });
  return { seconds: (performance.now() - start) / 1000, checked, of };
}"""


def voted() -> Round:
    officials = tuple(Official(f"cb-{n}", f"Cán bộ {n}", f"Chức vụ {n}") for n in range(1, OFFICIALS + 1))
    levels = (0, 1, 2, None)
    votes = tuple(tuple(levels[(i + k) % 4] for k in range(OFFICIALS)) for i in range(BALLOTS))
    return new_round(votes, blocks=(Block("Khối", officials),), roll=Roll(VOTERS, VOTERS, VOTERS, "ab" * 32))


@pytest.mark.bench
def test_what_is_always_done_fits_a_minute_at_300_ballots(page: Any) -> None:
    record = voted().closed()
    with opened(Fake(BLOCKS)) as fake:
        page.goto(f"{fake.registry}/booth")
        page.locator(".welcome").wait_for()
        bare, whole = (page.evaluate(EXAMINE, case(record, budget=budget)) for budget in (0, 10_000))
    always = bare["seconds"] * WHOLE / BALLOTS
    each = max(whole["seconds"] - bare["seconds"], 0) / max(whole["checked"], 1)
    print(f"\n{BALLOTS} ballots of {OFFICIALS} × 3 in Chromium, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}:")
    print(f"  without proofs {bare['seconds']:.1f} s, so {always:.0f} s for {WHOLE}; proofs {each:.2f} s a ballot")
    assert always < MINUTE

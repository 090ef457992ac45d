"""Documents and charts of a counted round, all drawn from one `Outcome`.

Here lives the way from an outcome to files. Never here: a count, a secret, or a look at a single ballot.

    write_report(outcome, folder, record_hash=…, verdict=…, slips=SlipCounts.of(…))
        -> ket-qua.pdf, luot-phieu.svg, luot-phieu.png, bieu-do-1.svg, bieu-do-1.png, bieu-do-2.svg, …

The same outcome gives the same bytes of every file.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tally.outcome import Outcome
from tally.protocol.override import Override
from tally.report import chart
from tally.report.document import pdf
from tally.report.sections import Findings
from tally.report.turnout_chart import turnout_files
from tally.report.typeface import family, fonts_dir
from tally.slips import SlipCounts

__all__ = ["family", "fonts_dir", "write_report"]

Progress = Callable[[int, int], None]


def write_report(
    outcome: Outcome,
    folder: Path,
    *,
    record_hash: str,
    verdict: str,
    slips: SlipCounts,
    overrides: tuple[Override, ...] = (),
    progress: Progress | None = None,
) -> list[Path]:
    """Write the PDF and each chart as SVG and PNG into `folder` and return their paths, the PDF first.

    `progress` is told (files done, files in all). `family().note` says whether a fallback font was used.
    """
    face, pages = family(), chart.pages(outcome)
    folder.mkdir(parents=True, exist_ok=True)
    written: list[Path] = []

    def keep(name: str, content: bytes) -> None:
        path = folder / name
        path.write_bytes(content)
        written.append(path)
        if progress:
            progress(len(written), 3 + 2 * len(pages))

    keep("ket-qua.pdf", pdf(outcome, Findings(verdict, record_hash, slips, overrides), face))
    charts = {"luot-phieu": turnout_files(outcome, face)}
    charts |= {f"bieu-do-{page.number}": chart.files(outcome, page, face) for page in pages}
    for name, (svg, png) in charts.items():
        keep(f"{name}.svg", svg)
        keep(f"{name}.png", png)
    return written

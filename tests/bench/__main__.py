"""How fast it is: `python -m tests.bench`, a table for each part.

Here live arguments only. Never here: a figure.

    python -m tests.bench                  verifying a ballot beside belenios-tool, on the same archive in the same run
    python -m tests.bench scaling          whole records: ballots, officials, workers, Dask; memory
    python -m tests.bench steps            filling in, summing, decrypting, discrete logarithms, exports, PDF
    python -m tests.bench --help           sizes and rounds; --stock FOLDER keeps the rounds that were made
    python -m tests.bench.memory           archives of many ballots: memory of coordinator and workers
    python -m tests.bench.casting          ballots a second that the box accepts
    python -m tests.bench.pages            pages and downloads of a round of 500 voters
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.bench import peer, scaling, steps

SIZES = ["20x44", "100x44", "480x44", "100x5", "100x18", "5000x5"]


def main() -> int:
    """Measure, print the tables, and return the exit code."""
    chosen = _arguments()
    sizes = [_size(text) for text in chosen.sizes]
    with tempfile.TemporaryDirectory(prefix="ptn-bench-") as scratch:
        stock = chosen.stock or Path(scratch) / "stock"
        if chosen.part == "peer":
            peer.compare(
                Path(scratch), ballots=chosen.ballots, officials=chosen.officials, rounds=chosen.rounds,
                suite=chosen.suite,
            )  # fmt: skip
        elif chosen.part == "scaling":
            scaling.measure(stock, sizes=sizes, rounds=chosen.rounds, workers=chosen.workers, dask=True)
        else:
            steps.measure(stock, sizes=sizes, rounds=chosen.rounds)
    print(f"machine: {os.cpu_count()} cores")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench")
    parser.add_argument("part", nargs="?", choices=("peer", "scaling", "steps"), default="peer")
    parser.add_argument("--ballots", type=int, default=40, help="peer: of the larger archive")
    parser.add_argument("--officials", type=int, default=44, help="peer: rows of a ballot")
    parser.add_argument("--suite", default="sid", help="peer: Debian's suite with the belenios-tool")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", nargs="*", default=SIZES, help="scaling, steps: BALLOTSxOFFICIALS")
    parser.add_argument("--workers", nargs="*", type=int, default=[1, 2])
    parser.add_argument("--stock", type=Path, help="where made rounds are kept and taken from")
    return parser.parse_args()


def _size(text: str) -> tuple[int, int]:
    ballots, officials = text.split("x")
    return int(ballots), int(officials)


if __name__ == "__main__":
    sys.exit(main())

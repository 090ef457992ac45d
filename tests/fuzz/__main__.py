"""`python -m tests.fuzz [READER…] [--seconds N]`: a guided search for inputs that break a reader, with atheris.

Here lives the campaign: each reader in a process of its own, one line of what was tried. Never here: a reader.

    .venv/bin/python -m tests.fuzz --seconds 60             # every reader for a minute each
    .venv/bin/python -m tests.fuzz manifest --seconds 3600  # one for an hour
    .venv/bin/python -m tests.fuzz together --seconds 60    # all in one process, drawn by turns

What breaks a reader is printed with its traceback and kept in the folder of --keep; once it lies in
tests/fuzz/corpus/READER/ it is tried in every run of the tests.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
import traceback
from pathlib import Path

SECONDS_EACH, MEMORY, BROKEN = 10, 2048, 77
TOGETHER = "together"
_DONE = re.compile(r"^Done (\d+) runs in (\d+) second", re.MULTILINE)


def main() -> int:
    """Search and say what was found; 1 when a reader broke."""
    asked = _arguments()
    if asked.child:
        _search(asked)
    os.environ.setdefault("PTN_LANG", "vi")
    names = asked.readers or _names()
    return max([_one(name, asked) for name in names])


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("readers", nargs="*")
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0, help="0: another one every time")
    parser.add_argument("--keep", type=Path, default=None)
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def _names() -> list[str]:
    from tests.fuzz.targets import TARGETS

    return list(TARGETS)


def _one(name: str, asked: argparse.Namespace) -> int:
    """Search in a process of its own and print one line."""
    with tempfile.TemporaryDirectory() as temporary:
        keep = asked.keep or Path(temporary)
        keep.mkdir(parents=True, exist_ok=True)
        more = ["--seconds", str(asked.seconds), "--seed", str(asked.seed), "--keep", str(keep)]
        command = [sys.executable, "-m", "tests.fuzz", "--child", *more, name]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        found = _DONE.search(done.stderr)
        if done.returncode == 0 and found:
            runs = int(found[1])
            bound = f"at most {3 / runs:.1e} of inputs (95 %)" if runs else ""
            print(f"fuzz {name}: {runs} inputs in {found[2]} s, 0 faults: {bound}", flush=True)
            return 0
        told = [line for line in done.stderr.splitlines() if not line.startswith("INFO")]  # slow or greedy: libFuzzer
        print(f"fuzz {name}: A FAULT\n{done.stdout[-4000:]}" + "\n".join(told[-30:]), flush=True)
        for kept in sorted(keep.iterdir()):
            print(f"input: {kept.name}\n{kept.read_bytes()[:600]!r}", flush=True)
        return 1


# --- in the process of its own -----------------------------------------------------------------------------------


def _search(asked: argparse.Namespace) -> None:
    import atheris

    with atheris.instrument_imports(include=["tally", "keys", "ballot"]):
        from tests.fuzz.mutations import bent, drawn
        from tests.fuzz.targets import PLANTED, TARGETS
    (name,) = asked.readers
    known = {**TARGETS, PLANTED.name: PLANTED}
    targets = [t for t in TARGETS.values() if not t.slow] if name == TOGETHER else [known[name]]
    inputs = {target.name: target.seeds() for target in targets}

    def mutate(data: bytes, most: int, seed: int) -> bytes:
        """Bend the input with our own means or atheris's; the first byte says whose reader it is for."""
        draw = drawn(f"{seed}")
        if not data or draw(8) == 0:
            place = draw(len(targets))
            good = inputs[targets[place].name]
            data = bytes([place]) + good[draw(len(good))]
        body = atheris.Mutate(data[1:], most - 1) if draw(3) == 0 and len(data) > 1 else bent(data[1:], draw)
        return (data[:1] + body)[:most]

    def one(data: bytes) -> None:
        """Try one input; what breaks its reader is kept here and now, for a dying process may not come to it."""
        if not data:
            return
        target = targets[data[0] % len(targets)]
        try:
            target.try_one(data[1:])
        except BaseException:
            name = f"{target.name}-{hashlib.sha256(data[1:]).hexdigest()[:16]}"
            (asked.keep / name).write_bytes(data[1:])
            print(f"kept as {name}\n{traceback.format_exc()[-3000:]}", flush=True)
            os._exit(BROKEN)

    corpus = Path(tempfile.mkdtemp(prefix="fuzz-"))
    for place, target in enumerate(targets):
        for number, raw in enumerate(inputs[target.name]):
            (corpus / f"{place}-{number}").write_bytes(bytes([place]) + raw)
    longest = 2 * max(len(raw) for good in inputs.values() for raw in good) + 4096
    options = [
        f"-max_total_time={asked.seconds}", f"-timeout={SECONDS_EACH}", f"-rss_limit_mb={MEMORY}",
        f"-max_len={longest}", f"-artifact_prefix={asked.keep}/{name}-", f"-seed={asked.seed}", "-print_final_stats=1",
    ]  # fmt: skip
    atheris.Setup([sys.argv[0], *options, str(corpus)], one, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())

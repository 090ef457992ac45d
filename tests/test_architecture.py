"""The laws of the source tree itself: linters, layout, what may be committed, how long a function may be.

Here live checks that read the source. Never here: a test of what the program does.
"""

import ast
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
PACKAGES = ("ballot", "keys", "tally")
TOP_LEVEL = {"README.md", "pyproject.toml", "wsgi.py", "templates", "tests", *PACKAGES}
LONGEST_FUNCTION = 60

GENERATED = re.compile(r"\.(ttf|otf|woff2?|map)$|\.min\.(js|css)$|(^|/)(dist|node_modules|vendor)/", re.IGNORECASE)
KEY_FILE = re.compile(r"\.(pem|key|p12|pfx|jks|kdbx)$", re.IGNORECASE)
PRIVATE_KEY = re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY-----\s+[A-Za-z0-9+/]")
MACHINE_PATH = re.compile(r"(?<![\w.:/])/(?:home|Users|root|work|mnt|media)/[\w.-]+|[A-Z]:\\Users\\")
REGISTRY_HOST = re.compile(r"registry\.(?:npmjs|yarnpkg)|[p]ypi\.org|[p]ythonhosted|proxy\.golang")


def run(*command: str) -> None:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(command)}\n{done.stdout}\n{done.stderr}"


def sources() -> list[Path]:
    found = [path for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py"))]
    return [path for path in found if "node_modules" not in path.parts]


@pytest.fixture(scope="module")
def committed() -> list[str]:
    """The files that git knows or would add, so that a mistake shows before it is committed."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git work tree")
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return sorted(name for name in set(listed.stdout.split("\0")) if name and (ROOT / name).is_file())


def texts(names: list[str]) -> dict[str, str]:
    return {name: (ROOT / name).read_text("utf-8", errors="replace") for name in names}


def test_ruff_finds_nothing() -> None:
    run(sys.executable, "-m", "ruff", "check", ".")


def test_the_code_is_formatted() -> None:
    run(sys.executable, "-m", "ruff", "format", "--check", ".")


def test_types_hold_strictly() -> None:
    strict = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mypy"]
    assert strict["strict"] is True
    assert {"tally", "keys"} <= set(strict["packages"])
    run(sys.executable, "-m", "mypy")


def test_imports_point_down() -> None:
    run(str(BIN / "lint-imports"))


def test_the_top_level_holds_only_what_it_may(committed: list[str]) -> None:
    names = {name.split("/")[0] for name in committed}
    assert {name for name in names if not name.startswith(".")} <= TOP_LEVEL


def test_no_font_and_no_bundle_is_committed(committed: list[str]) -> None:
    assert [name for name in committed if GENERATED.search(name)] == []


def test_no_private_key_is_committed(committed: list[str]) -> None:
    assert [name for name in committed if KEY_FILE.search(name)] == []
    assert [name for name, text in texts(committed).items() if PRIVATE_KEY.search(text)] == []


def test_no_file_names_a_path_of_one_machine(committed: list[str]) -> None:
    found = {name: MACHINE_PATH.findall(text) for name, text in texts(committed).items()}
    assert {name: paths for name, paths in found.items() if paths} == {}


def test_no_file_names_the_host_of_a_registry(committed: list[str]) -> None:
    assert [name for name, text in texts(committed).items() if REGISTRY_HOST.search(text)] == []


def test_the_lock_file_pins_by_checksum_and_names_no_host() -> None:
    lock = (ROOT / "ballot/frontend/package-lock.json").read_text("utf-8")
    assert "://" not in lock
    assert '"resolved"' not in lock
    assert lock.count('"integrity": "sha512-') == lock.count('"node_modules/')


def test_the_second_command_of_the_readme_is_what_ci_runs() -> None:
    blocks = re.findall(r"```(?:sh|bash|console|shell)?\n(.*?)```", (ROOT / "README.md").read_text("utf-8"), re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for block in blocks for line in block.splitlines()]
    commands = [line for line in lines if line and not line.startswith("#")]
    assert commands[1] == (ROOT / ".ci/run").read_text("utf-8").splitlines()[-1]


def test_every_module_opens_with_a_docstring() -> None:
    silent = [path for path in sources() if not ast.get_docstring(ast.parse(path.read_text("utf-8")))]
    assert silent == []


def test_no_function_is_longer_than_a_page() -> None:
    written = [path for path in sources() if "migrations" not in path.parts]  # migrations are generated
    long = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in written
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or node.lineno) - node.lineno + 1 >= LONGEST_FUNCTION
    ]
    assert long == []


def test_the_network_is_off_in_tests() -> None:
    with socket.socket() as outside, pytest.raises(RuntimeError, match="no network"):
        outside.connect(("192.0.2.1", 80))

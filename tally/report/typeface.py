"""The one family of type of every document and chart: Tinos, which the build fetches; else DejaVu Serif of matplotlib.

Here live finding, registering and spelling. Never here: a font file in the repository, or text that a font cannot draw.

Both families hold all Vietnamese letters. A character that the family lacks (an emoji in a title) is printed as its
code point in brackets, because a box or a gap in a state document would hide that something was there.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.font_manager import FontProperties
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from tally.i18n import marked as _

FOLDER = Path(__file__).parent / "fonts"
FALLBACK_NOTE = _("Chưa có phông chữ Tinos (cài lại bằng `pip install .` để tải); tài liệu được in bằng DejaVu Serif.")
_TINOS = ("Tinos-Regular.ttf", "Tinos-Bold.ttf", "Tinos-Italic.ttf", "Tinos-BoldItalic.ttf")
_DEJAVU = ("DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf", "DejaVuSerif-Italic.ttf", "DejaVuSerif-BoldItalic.ttf")


@dataclass(frozen=True, slots=True)
class Typeface:
    """A registered family: reportlab names and font files, in the order regular, bold, italic, bold italic."""

    names: tuple[str, str, str, str]
    files: tuple[Path, Path, Path, Path]
    letters: frozenset[int]
    note: str

    @property
    def regular(self) -> str:
        """The reportlab name of the upright style."""
        return self.names[0]

    @property
    def bold(self) -> str:
        """The reportlab name of the bold style."""
        return self.names[1]

    @property
    def italic(self) -> str:
        """The reportlab name of the italic style."""
        return self.names[2]

    def properties(self, size: float, *, bold: bool = False) -> FontProperties:
        """Return what matplotlib needs to set text in this family, without touching its global settings."""
        return FontProperties(fname=str(self.files[1 if bold else 0]), size=size)

    def name_of(self, properties: FontProperties) -> str:
        """Return the reportlab name of the file that matplotlib was told to use."""
        return self.names[[str(file) for file in self.files].index(str(properties.get_file()))]

    def spell(self, text: str) -> str:
        """Return `text` in NFC, with each character that the family cannot draw written as its code point."""
        composed = unicodedata.normalize("NFC", text)
        return "".join(c if ord(c) in self.letters else f"[U+{ord(c):04X}]" for c in composed)


def fonts_dir() -> Path:
    """Return the folder of the font files: Tinos where the build has put it, else those that matplotlib ships."""
    if all((FOLDER / name).is_file() for name in _TINOS):
        return FOLDER
    return Path(matplotlib.get_data_path()) / "fonts" / "ttf"


@cache
def family() -> Typeface:
    """Register the family with reportlab once and return it; `note` is a sentence if it is not the wanted one."""
    folder = fonts_dir()
    regular, bold, italic, bold_italic = _TINOS if folder == FOLDER else _DEJAVU
    files = (folder / regular, folder / bold, folder / italic, folder / bold_italic)
    names = (files[0].stem, files[1].stem, files[2].stem, files[3].stem)
    faces = [TTFont(name, str(file)) for name, file in zip(names, files, strict=True)]
    for face in faces:
        pdfmetrics.registerFont(face)
    pdfmetrics.registerFontFamily(names[0], normal=names[0], bold=names[1], italic=names[2], boldItalic=names[3])
    letters = frozenset.intersection(*(frozenset(face.face.charToGlyph) for face in faces))
    return Typeface(names, files, letters, "" if folder == FOLDER else FALLBACK_NOTE)

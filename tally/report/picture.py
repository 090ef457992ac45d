"""A chart as files for a projector, a page of the web or another document: SVG and PNG.

Here lives saving, always as the same bytes. Never here: what a chart shows.

The letters of the SVG are outlines, so that it looks the same on any machine; what they say is in its title and
description, which a screen reader reads and a search finds.
"""

from __future__ import annotations

import io
from xml.sax.saxutils import escape

import matplotlib

from tally.report.bars import Sheet

PNG_DPI = 200


def files(sheet: Sheet, title: list[str]) -> tuple[bytes, bytes]:
    """Return the chart under its title as SVG and PNG, without dates."""
    first, *others = title
    broken = sheet.broken(first)
    sheet.title([*broken, *others], large=len(broken))
    frame, name = sheet.frame(len(broken) + len(others)), ". ".join(title)
    svg, png = io.BytesIO(), io.BytesIO()
    about = {"Title": name, "Description": sheet.alt}
    with matplotlib.rc_context({"svg.hashsalt": "phieu-tin-nhiem", "svg.fonttype": "path"}):
        nothing = {"Date": None, "Creator": None}
        sheet.figure.savefig(svg, format="svg", facecolor="white", bbox_inches=frame, metadata={**nothing, **about})
    how = {"Software": None, **about}
    sheet.figure.savefig(png, format="png", facecolor="white", bbox_inches=frame, dpi=PNG_DPI, metadata=how)
    return _spoken(svg.getvalue().decode(), sheet.alt).encode(), png.getvalue()


def _spoken(svg: str, alt: str) -> str:
    """Return the drawing as one picture with a description, which screen readers look for below its title."""
    svg = svg.replace("<svg ", '<svg role="img" ', 1)
    return svg.replace("</title>", f"</title>\n <desc>{escape(alt)}</desc>", 1)

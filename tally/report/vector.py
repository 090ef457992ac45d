"""Draws a matplotlib figure onto a reportlab page: real curves and real text in the document's own fonts.

Here lives a small matplotlib renderer over a reportlab canvas. Never here: what a chart shows.

Why not a picture: its text cannot be searched or read aloud, and print shows steps at any size that a file can bear.
Reading matplotlib's own SVG or PDF back would need one more library. The charts use only filled and stroked paths,
hatches and plain text, and a renderer for those is short; anything else (an image) raises NotImplementedError.
"""

from __future__ import annotations

from typing import Any

from matplotlib.backend_bases import GraphicsContextBase, RendererBase
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path
from matplotlib.transforms import Affine2D, Transform
from reportlab.lib.colors import Color
from reportlab.pdfbase.pdfmetrics import getAscentDescent, stringWidth
from reportlab.platypus import Flowable

from tally.report.typeface import Typeface

HATCH_TILE = 72.0  # what matplotlib's own writers use


class FigureFlowable(Flowable):  # type: ignore[misc]
    """A figure as a block of a document, at its own size; the figure must have been made at 72 dpi.

    `alt` says in words what it shows, to whoever cannot see it.
    """

    def __init__(self, figure: Figure, face: Typeface, alt: str) -> None:
        super().__init__()
        self.figure, self.face, self.alt = figure, face, alt
        self.width, self.height = (72 * inches for inches in figure.get_size_inches())

    def draw(self) -> None:
        """Draw at the canvas's origin; reportlab calls this."""
        self.figure.draw(PageRenderer(self.canv, self.width, self.height, self.face))


class PageRenderer(RendererBase):
    """Matplotlib's drawing calls as operations on a reportlab canvas, one point to a unit, origin bottom left."""

    def __init__(self, canvas: Any, width: float, height: float, face: Typeface) -> None:
        super().__init__()
        self.canvas, self.width, self.height, self.face = canvas, width, height, face

    def flipy(self) -> bool:
        """Say that y grows upwards, as on a page."""
        return False

    def get_canvas_width_height(self) -> tuple[float, float]:
        """Return the size of the drawing in points."""
        return self.width, self.height

    def points_to_pixels(self, points: Any) -> Any:
        """Return `points`: a unit of the page is a point."""
        return points

    def draw_path(
        self,
        gc: GraphicsContextBase,
        path: Path,
        transform: Transform,
        rgbFace: Any = None,  # noqa: N803 (its name)
    ) -> None:
        """Fill, hatch and stroke one path."""
        canvas = self.canvas
        canvas.saveState()
        if rgbFace is not None:
            canvas.setFillColor(_colour(rgbFace, gc.get_alpha()))
            canvas.drawPath(self._trace(path, transform), stroke=0, fill=1)
        if gc.get_hatch():
            self._hatch(gc, path, transform)
        if gc.get_linewidth() > 0:
            self._pen(gc)
            canvas.drawPath(self._trace(path, transform), stroke=1, fill=0)
        canvas.restoreState()

    def draw_text(  # noqa: PLR0917 (matplotlib's signature)
        self,
        gc: GraphicsContextBase,
        x: float,
        y: float,
        s: str,
        prop: FontProperties,
        angle: float,
        ismath: Any = False,
        mtext: Any = None,
    ) -> None:
        """Set one line of text with its baseline at (x, y)."""
        canvas = self.canvas
        canvas.saveState()
        canvas.translate(x, y)
        canvas.rotate(angle)
        canvas.setFillColor(_colour(gc.get_rgb(), gc.get_alpha()))
        canvas.setFont(self.face.name_of(prop), prop.get_size_in_points())
        canvas.drawString(0, 0, s)
        canvas.restoreState()

    def get_text_width_height_descent(self, s: str, prop: FontProperties, ismath: Any) -> tuple[float, float, float]:
        """Measure one line of text in points, by the same metrics that set it."""
        font, size = self.face.name_of(prop), prop.get_size_in_points()
        ascent, descent = getAscentDescent(font, size)
        return stringWidth(s, font, size), ascent - descent, -descent

    def _trace(self, path: Path, transform: Transform) -> Any:
        """Copy a matplotlib path into a reportlab one; quadratic curves become cubic ones."""
        out = self.canvas.beginPath()
        here = (0.0, 0.0)
        segments: Any = path.iter_segments(transform, simplify=False)
        for points, code in segments:
            p: list[float] = points.tolist()
            if code == Path.MOVETO:
                out.moveTo(*p)
            elif code == Path.LINETO:
                out.lineTo(*p)
            elif code == Path.CURVE3:
                out.curveTo(*_raised(here, p))
            elif code == Path.CURVE4:
                out.curveTo(*p)
            else:
                out.close()
            here = (p[-2], p[-1])
        return out

    def _hatch(self, gc: GraphicsContextBase, path: Path, transform: Transform) -> None:
        """Repeat the hatch tile over the extent of the path, clipped to it."""
        canvas, tile = self.canvas, gc.get_hatch_path()
        box = path.get_extents(transform)
        canvas.saveState()
        canvas.clipPath(self._trace(path, transform), stroke=0, fill=0)
        canvas.setStrokeColor(_colour(gc.get_hatch_color(), None))
        canvas.setFillColor(_colour(gc.get_hatch_color(), None))
        canvas.setLineWidth(gc.get_hatch_linewidth())
        for column in range(int(box.x0 // HATCH_TILE), int(box.x1 // HATCH_TILE) + 1):
            for row in range(int(box.y0 // HATCH_TILE), int(box.y1 // HATCH_TILE) + 1):
                place = Affine2D().scale(HATCH_TILE).translate(column * HATCH_TILE, row * HATCH_TILE)
                canvas.drawPath(self._trace(tile, place), stroke=1, fill=0)
        canvas.restoreState()

    def _pen(self, gc: GraphicsContextBase) -> None:
        self.canvas.setStrokeColor(_colour(gc.get_rgb(), gc.get_alpha()))
        self.canvas.setLineWidth(gc.get_linewidth())
        self.canvas.setLineCap({"butt": 0, "round": 1, "projecting": 2}[gc.get_capstyle()])
        pen: Any = gc.get_dashes()
        offset, dashes = pen
        self.canvas.setDash(dashes or [], float(offset or 0))


def _raised(here: tuple[float, float], p: list[float]) -> list[float]:
    """Return the two control points and the end of the cubic that equals a quadratic curve from `here`."""
    x, y, cx, cy, ex, ey = *here, *p
    return [x + 2 * (cx - x) / 3, y + 2 * (cy - y) / 3, ex + 2 * (cx - ex) / 3, ey + 2 * (cy - ey) / 3, ex, ey]


def _colour(rgb: Any, alpha: float | None) -> Color:
    red, green, blue, own = (*rgb, 1.0)[:4]
    return Color(red, green, blue, alpha=own if alpha is None else alpha)

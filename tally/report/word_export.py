"""Biên bản kiểm phiếu as a Word file for editing: the same text as the PDF that is signed, in Times New Roman.

Here lives the file around the blocks: paper, language, head and foot, properties. Never here: what the minutes say.
"""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from tally.report import words
from tally.report.documents import minutes
from tally.report.documents.paper_styles import styles_of
from tally.report.documents.papers import Papers
from tally.report.sheet import WIDTH
from tally.report.typeface import family
from tally.report.word_blocks import Blocks
from tally.report.words import say
from tally.report.zipped import rezipped

FONT = "Times New Roman"
LANGUAGE = "vi-VN"
LEFT_OUT = ("/thumbnail", "/customXml", "/extended-properties", "/stylesWithEffects")
"""Ends of what the library's template holds besides a document: a picture, the name of another program, old styles."""
COPY = "Bản để chỉnh sửa; bản có giá trị là bản được ký."


class Everything(frozenset[int]):
    """The letters of a family that has them all: Word finds a font for each, so that no name is spelled out here."""

    def __contains__(self, _letter: object) -> bool:
        return True


def word_file(papers: Papers) -> bytes:
    """Return the file; the same papers give the same bytes."""
    face = replace(family(), letters=Everything())
    document = Document()
    _paper(document, state=papers.state)
    _speak_vietnamese(document, 13 if papers.state else 14)
    Blocks(document, face, WIDTH).put(minutes.story(papers, styles_of(papers, face)))
    _furniture(document, papers)
    _properties(document, papers)
    out = io.BytesIO()
    document.save(out)
    return rezipped(out.getvalue(), first=("[Content_Types].xml",))


def _paper(document: WordDocument, *, state: bool) -> None:
    """A4 with the margins of state documents (Nghị định 30/2020/NĐ-CP), which are those of the Party's too."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin = section.bottom_margin = section.right_margin = Mm(20)
    section.left_margin = Mm(30)
    section.header_distance = section.footer_distance = Mm(10)
    section.different_first_page_header_footer = False


def _speak_vietnamese(document: WordDocument, size: int) -> None:
    """Set font and language of everything that says nothing else, in each script that Word knows."""
    style = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(size)
    defaults = document.styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
    for properties in (defaults, style.element.get_or_add_rPr()):
        fonts = properties.find(qn("w:rFonts"))
        fonts.attrib.clear()
        for script in ("ascii", "hAnsi", "eastAsia", "cs"):
            fonts.set(qn(f"w:{script}"), FONT)
    language = defaults.find(qn("w:lang"))
    for kind in ("val", "eastAsia"):
        language.set(qn(f"w:{kind}"), LANGUAGE)


def _furniture(document: WordDocument, papers: Papers) -> None:
    """Write the band of a rehearsal above, and below whose record it is, that it is a copy, and the page."""
    section = document.sections[0]
    if papers.outcome.round.rehearsal:
        above = section.header.paragraphs[0]
        above.alignment = WD_ALIGN_PARAGRAPH.CENTER
        above.add_run(say(words.REHEARSAL)).bold = True
    short = " ".join(papers.record_hash[i : i + 4] for i in range(0, 16, 4))
    origin = say(words.FOOTER_RECORD, short=short) if papers.record_hash else say(words.FOOTER_PAPER)
    below = section.footer.paragraphs[0]
    below.style = document.styles["Normal"]
    below.paragraph_format.tab_stops.add_tab_stop(Mm(160), alignment=2)
    below.add_run(f"{origin}. {COPY}\tTrang ")
    _field(below, "PAGE")
    below.add_run("/")
    _field(below, "NUMPAGES")
    for run in below._p.iter(qn("w:r")):
        Run(run, below).font.size = Pt(9.5)


def _field(paragraph: Paragraph, code: str) -> None:
    """Add a number that Word fills in."""
    field, run, text = OxmlElement("w:fldSimple"), OxmlElement("w:r"), OxmlElement("w:t")
    field.set(qn("w:instr"), code)
    text.text = "1"
    run.append(text)
    field.append(run)
    paragraph._p.append(field)


def _properties(document: WordDocument, papers: Papers) -> None:
    """Say whose document it is; the day is that of the round, and what the library's template says of itself goes."""
    facts, properties = papers.outcome.round, document.core_properties
    properties.title = f"{facts.rules.titles.minutes}: {facts.title}"[:255]
    properties.subject, properties.keywords, properties.comments = facts.session[:255], "", ""
    properties.author = properties.last_modified_by = facts.body[:255]
    properties.language, properties.revision = LANGUAGE, 1
    properties.created = properties.modified = datetime.fromisoformat(facts.date)
    for rels in (document.part.package.rels, document.part.rels):
        for key, relation in list(rels.items()):
            if relation.reltype.endswith(LEFT_OUT):
                del rels[key]

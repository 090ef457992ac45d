"""The official documents of a round, each a function of its papers.

Here lives the table of documents and the writing of a whole set. Never here: what a document says.

    write_documents(Papers.of(verified, minutes), folder, family())      # bien-ban-kiem-phieu.pdf, …

Each is the same bytes whenever it is made (SPEC 5.20), and Vietnamese whatever the screen speaks.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tally.report.documents import (
    exempt_list,
    follow_up,
    issuing,
    minutes,
    paper_ballot,
    person_sheet,
    resolution,
    result_report,
    sealing,
)
from tally.report.documents.papers import Papers, in_vietnamese
from tally.report.typeface import Typeface

__all__ = ["DOCUMENTS", "Document", "Papers", "documents_of", "per_person", "write_documents"]

Progress = Callable[[int, int], None]


def always(_papers: Papers) -> bool:
    """Say that every round has this document."""
    return True


@dataclass(frozen=True, slots=True)
class Document:
    """One document: the name of its file without `.pdf`, what it is called, how it is made, whether it is signed.

    `when` says which rounds have it.
    """

    name: str
    title: str
    write: Callable[[Papers, Typeface], bytes]
    signed: bool = False
    when: Callable[[Papers], bool] = always

    def make(self, papers: Papers, face: Typeface) -> bytes:
        """Return the bytes of the file."""
        with in_vietnamese():
            return self.write(papers, face)


DOCUMENTS: tuple[Document, ...] = (
    Document("bien-ban-kiem-phieu", "Biên bản kiểm phiếu", minutes.make, signed=True),
    Document("bao-cao-ket-qua", "Báo cáo kết quả phiếu tín nhiệm", result_report.make, signed=True),
    Document("nghi-quyet", "Nghị quyết xác nhận kết quả (dự thảo)", resolution.make, when=resolution.needed),
    Document("phieu-tin-nhiem", "Phiếu tín nhiệm", paper_ballot.make),
    Document("phieu-tin-nhiem-mau", "Mẫu phiếu tín nhiệm", paper_ballot.make_specimen),
    Document("danh-sach-khong-lay-phieu", exempt_list.NAME, exempt_list.make),
    Document("bang-cap-the", issuing.NAME, issuing.make, when=issuing.needed),
    Document("bien-ban-niem-phong", sealing.NAME, sealing.make),
    Document("danh-sach-theo-doi", follow_up.NAME, follow_up.make),
)


def per_person(papers: Papers) -> tuple[Document, ...]:
    """Return a sheet for each official's file, `phieu-ca-nhan-NN` by the number on the ballot."""
    return tuple(
        Document(f"phieu-ca-nhan-{row.number:02d}", row.official.name, partial(person_sheet.make, number=row.number))
        for row in papers.outcome.officials
    )


def documents_of(papers: Papers) -> tuple[Document, ...]:
    """Return the documents that this round has, in the order of the table, then the sheets per person."""
    return (*(d for d in DOCUMENTS if d.when(papers)), *per_person(papers))


def write_documents(papers: Papers, folder: Path, face: Typeface, *, progress: Progress | None = None) -> list[Path]:
    """Write all documents of a round into `folder` and return their paths: all of them, or none.

    `progress` is told (files done, files in all).
    """
    wanted = documents_of(papers)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix=".documents-") as made:
        for done, document in enumerate(wanted, start=1):
            (Path(made) / f"{document.name}.pdf").write_bytes(document.make(papers, face))
            if progress:
                progress(done, len(wanted))
        return [(Path(made) / f"{d.name}.pdf").replace(folder / f"{d.name}.pdf") for d in wanted]

"""The hand-over sheet as PDF and as a Word file: the sections of the page, nothing else."""

import io
from typing import Any

import docx
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import get_language, get_language_bidi, ngettext
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET
from docx.enum.table import WD_TABLE_DIRECTION
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt

from tiwizi.base import wording
from tiwizi.interop.pdf import pdf_of
from tiwizi.network.handover import Section, Sheet, sheet_of
from tiwizi.network.models import Body
from tiwizi.network.pages import body_view

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@require_GET
@body_view()
def pdf(request: HttpRequest, body: Body) -> HttpResponse:
    """The sheet as PDF."""
    sheet = sheet_of(request.user, body)  # type: ignore[arg-type]
    html = render_to_string("interop/handover_pdf.html", {"sheet": sheet, "title": _title(sheet)}, request)
    return _file(pdf_of(html), "application/pdf", f"{body.slug}-{sheet.day:%Y-%m-%d}.pdf")


@require_GET
@body_view()
def word(request: HttpRequest, body: Body) -> HttpResponse:
    """The sheet as a Word file."""
    sheet = sheet_of(request.user, body)  # type: ignore[arg-type]
    return _file(word_of(sheet), DOCX, f"{body.slug}-{sheet.day:%Y-%m-%d}.docx")


def _title(sheet: Sheet) -> str:
    return _("Hand-over sheet, %(day)s") % {"day": wording.day(sheet.day)}


def _file(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def word_of(sheet: Sheet) -> bytes:
    """The sheet as the bytes of a Word file, from the right in Arabic."""
    document: Any = docx.Document()
    document.core_properties.title = str(sheet.body)
    document.core_properties.language = get_language() or "fr"
    document.styles["Normal"].font.size = Pt(10)
    _directed(document.add_heading(str(sheet.body), 0))
    for line in (_title(sheet), *filter(None, sheet.facts)):
        _directed(document.add_paragraph(line))
    for section in sheet.sections:
        _directed(document.add_heading(section.title, 1))
        if section.rows:
            _table(document, section)
        else:
            _directed(document.add_paragraph(section.empty))
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def _table(document: Any, section: Section) -> None:
    table = document.add_table(rows=1, cols=len(section.columns), style="Light Grid Accent 1")
    if get_language_bidi():
        table.table_direction = WD_TABLE_DIRECTION.RTL
    for cell, text in zip(table.rows[0].cells, section.columns, strict=True):
        cell.text = text
        _directed(cell.paragraphs[0])
    repeat = OxmlElement("w:tblHeader")
    table.rows[0]._tr.get_or_add_trPr().append(repeat)
    for row in section.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
            _directed(cell.paragraphs[0])
    if section.more:
        told = ngettext("and %(count)s more", "and %(count)s more", section.more) % {"count": section.more}
        _directed(document.add_paragraph(told))


def _directed(paragraph: Any) -> Any:
    """From the right in Arabic: the paragraph, and each run so that Word takes the letters' own order."""
    if get_language_bidi():
        paragraph._p.get_or_add_pPr().append(OxmlElement("w:bidi"))
        for run in paragraph.runs:
            mark = OxmlElement("w:rtl")
            mark.set(qn("w:val"), "1")
            run._r.get_or_add_rPr().append(mark)
    return paragraph

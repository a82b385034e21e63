"""The agreed collective plan as a workbook: activities, shares of each partner, savings; sums are formulas."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.utils import translation
from django.utils.translation import gettext as _
from xlsxwriter.utility import xl_rowcol_to_cell

from tiwizi.base import wording
from tiwizi.pooling.queries import Agreed

_WRITTEN = datetime(2017, 1, 1)  # a fixed day: the same agreement gives the same bytes
_HEAD_ROW = 2  # the title stands above, and an empty line
Line = Sequence[str | int | date | None]


def collective_workbook(agreed: Agreed, language: str) -> bytes:
    """What a round agreed on, in one language: three sheets, amounts in the currency of the programme."""
    with translation.override(language):
        target = io.BytesIO()
        book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False})
        book.set_properties({"title": agreed.round.title, "created": _WRITTEN})
        _Sheets(book, agreed, language).write()
        book.close()
        return target.getvalue()


class _Sheets:
    def __init__(self, book: Any, agreed: Agreed, language: str) -> None:
        self.book, self.agreed, self.right_to_left = book, agreed, language == "ar"
        currency = wording.SYMBOLS.get(agreed.currency, agreed.currency)
        looks: dict[str, dict[str, Any]] = {
            "text": {"valign": "top", "text_wrap": True},
            "money": {"valign": "top", "num_format": f'#,##0.00" {currency}"'},
            "date": {"valign": "top", "num_format": "dd/mm/yyyy", "align": "center"},
            "number": {"valign": "top", "num_format": "#,##0"},
            "head": {"bold": True, "text_wrap": True, "bg_color": "#0F4C4A", "font_color": "#FFFFFF", "border": 1},
            "title": {"bold": True, "font_size": 14},
            "sum": {"bold": True, "top": 1, "num_format": f'#,##0.00" {currency}"'},
            "total": {"bold": True, "top": 1},
        }
        self.looks = {name: book.add_format(look) for name, look in looks.items()}

    def write(self) -> None:
        self._activities()
        self._shares()
        self._partners()

    def _activities(self) -> None:
        headers = [_("Reference"), _("Activity"), _("Kind"), _("Place"), _("Week of"), _("Participants"),
                   _("Cost if each did it alone"), _("Cost together"), _("Saving")]  # fmt: skip
        rows: list[Line] = [
            (row.reference, row.title, str(row.kind), str(row.host), row.week, row.participants,
             row.alone_cents, row.cost_cents, row.saving_cents)
            for row in self.agreed.rows
        ]  # fmt: skip
        self._table(_("Activities"), headers, rows, widths=[12, 46, 34, 22, 13, 13, 18, 18, 18], sums=6)

    def _shares(self) -> None:
        headers = [_("Activity"), _("Partner"), _("Own activity that it replaces"), _("Cost if done alone"),
                   _("Agreed share"), _("Saving")]  # fmt: skip
        rows: list[Line] = [
            (row.title, str(share.body), share.activity_title, share.alone_cents, share.share_cents,
             share.saving_cents)
            for row in self.agreed.rows
            for share in row.shares
        ]  # fmt: skip
        self._table(_("Shares"), headers, rows, widths=[46, 30, 46, 18, 18, 18], sums=3)

    def _partners(self) -> None:
        headers = [_("Partner"), _("Cost if done alone"), _("Agreed share"), _("Saving")]
        rows: list[Line] = [
            (str(partner.body), partner.alone_cents, partner.share_cents, partner.saving_cents)
            for partner in self.agreed.partners
        ]
        self._table(_("Partners"), headers, rows, widths=[36, 18, 18, 18], sums=1)

    def _table(self, name: str, headers: list[str], rows: list[Line], *, widths: list[int], sums: int) -> None:
        """A sheet; the columns from `sums` on are amounts: alone, together, and last their difference."""
        sheet = self.book.add_worksheet(name[:31])
        if self.right_to_left:
            sheet.right_to_left()
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.write_string(0, 0, f"{self.agreed.round.title} · {self.agreed.body}", self.looks["title"])
        for column, (header, width) in enumerate(zip(headers, widths, strict=True)):
            sheet.write_string(_HEAD_ROW, column, header, self.looks["head"])
            sheet.set_column(column, column, width)
        for number, row in enumerate(rows, _HEAD_ROW + 1):
            self._line(sheet, number, row, sums)
        self._sums(sheet, rows, len(headers), sums)
        sheet.freeze_panes(_HEAD_ROW + 1, 0)

    def _line(self, sheet: Any, number: int, row: Line, sums: int) -> None:
        for column, value in enumerate(row):
            if column == len(row) - 1 and isinstance(value, int):
                alone, together = xl_rowcol_to_cell(number, column - 2), xl_rowcol_to_cell(number, column - 1)
                sheet.write_formula(number, column, f"={alone}-{together}", self.looks["money"], value / 100)
            elif column >= sums and isinstance(value, int):
                sheet.write_number(number, column, value / 100, self.looks["money"])
            elif isinstance(value, date):
                sheet.write_datetime(number, column, datetime(value.year, value.month, value.day), self.looks["date"])
            elif isinstance(value, int):
                sheet.write_number(number, column, value, self.looks["number"])
            elif value:
                sheet.write_string(number, column, value, self.looks["text"])

    def _sums(self, sheet: Any, rows: list[Line], columns: int, sums: int) -> None:
        total = _HEAD_ROW + 1 + len(rows)
        for column in range(columns):
            sheet.write_blank(total, column, None, self.looks["total"])
        sheet.write_string(total, 0, _("In all"), self.looks["total"])
        if not rows:
            return
        for column in range(sums, columns):
            first, last = xl_rowcol_to_cell(_HEAD_ROW + 1, column), xl_rowcol_to_cell(total - 1, column)
            cents = sum(value for row in rows if isinstance(value := row[column], int))
            sheet.write_formula(total, column, f"=SUM({first}:{last})", self.looks["sum"], cents / 100)

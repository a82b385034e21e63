"""What each fault of a workbook says. The plans' own faults are said by `plans.rules.drafts`."""

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.base import wording
from tiwizi.indicators.rules.checks import SAID
from tiwizi.indicators.rules.entries import FAULTS as INDICATOR_FAULTS
from tiwizi.network.rules.imports import FAULTS as NETWORK_FAULTS
from tiwizi.plans.rules import imports
from tiwizi.plans.rules.drafts import FAULTS as DRAFT_FAULTS
from tiwizi.plans.rules.drafts import fault_sentence

# Of the whole file: nothing can be read.
FILE_FAULTS: dict[str, str | Promise] = {
    "empty-file": _("This file is empty. Choose the workbook once more."),
    "not-a-workbook": _("This is not an Excel workbook (.xlsx). Download the template and fill it in."),
    "other-spreadsheet": _("This is another kind of spreadsheet. Save it as Excel workbook (.xlsx), then import it."),
    "old-format": _("This is an old Excel file (.xls). Open it, save it as Excel workbook (.xlsx), then import it."),
    "password-protected": _("This workbook is protected by a password. Save it without one, then import it."),
    "damaged": _("This workbook is damaged and cannot be opened. Open it in Excel, save it, then import it."),
    "too-large-file": _("This file is too large: %(most)s MB at most."),
    "too-large-inside": _("This workbook unpacks to far more than a plan needs. Keep only the sheet of activities."),
    "too-many-rows": _("This sheet has too many rows: %(most)s activities at most. Share them out over several files."),
    "no-activities-sheet": _("No sheet has the columns of a plan. At least the title of the activities is needed."),
    "no-rows": _("There is no activity below the headers."),
    "duplicate-header": _("The column “%(header)s” stands here and in %(other)s. Keep one."),
    "missing-column": _("The column “%(header)s” is missing. Take it from the template."),
    "other-body": _("This workbook was made for “%(typed)s”, not for this body."),
    "foreign-body": _("This workbook was made for another body, not for this one."),
    "other-schema": _("This workbook follows a later layout than this site knows. Download the template again."),
    "too-many-columns": _("This sheet has cells far to the side: %(most)s columns at most. Delete what is there."),
    "no-figures-sheet": _("No sheet of this file has the columns of a reporting sheet. Download the workbook again."),
    "no-figures-rows": _("There is no figure below the headers."),
    "other-period": _("This workbook was made for the period %(typed)s; this sheet is of %(period)s."),
    "too-many-lines": _("This sheet has too many rows: %(most)s at most. Share them out over several files."),
    "no-network-sheet": _("No sheet has the columns of a network. Download the workbook and fill it in."),
    "no-indicators-sheet": _("No sheet has the columns of indicators or targets. Download the workbook, fill it in."),
    "no-lines": _("There is no row below the headers."),
    "several-sheets": _("Several sheets hold activities: %(sheets)s. Keep one."),
}
# Of one cell or row.
CELL_FAULTS: dict[str, str | Promise] = {
    "formula-without-result": _("This formula has no result yet. Open the workbook in Excel, save it, import again."),
    "formula-error": _("The formula here gives the error %(typed)s."),
    "merged-cells": _("The cells %(typed)s are merged: each activity needs its own. Unmerge them."),
    "merged-lines": _("The cells %(typed)s are merged: each row needs its own. Unmerge them."),
    "ambiguous-number": _("“%(typed)s” can be read in two ways. Write it without separators, or with two decimals."),
    "not-a-number-cell": _("“%(typed)s” is not a number."),
    "too-many-digits": _("“%(typed)s” has more digits than any number of a plan."),
    "not-whole": _("“%(typed)s” is not a whole number."),
    "too-many-decimals": _("“%(typed)s” has parts of a cent. Two decimals at most."),
    "other-currency": _("“%(typed)s” is in another currency. Write the amount in %(currency)s."),
    "not-a-date-cell": _("“%(typed)s” is not a date. Write for example 4/9/2017, 2017-09-04 or September 2017."),
    "many-unknown-names": _("%(count)s names here are not known, “%(typed)s” among them. Choose from the lists."),
    "row-twice": _("This row stands here and at %(other)s. Keep one."),
    "row-of-nothing": _("“%(typed)s” stands in a row that names no figure. Type it into a row of the workbook."),
    "no-longer-asked": _("This figure is not asked in this sheet, or no longer."),
    "choice-unread": _("“%(typed)s” is none of the choices. Take one from the list."),
    "not-yes-or-no-cell": _("“%(typed)s” is neither yes nor no."),
}
# Said, but nothing is stopped by it.
WARNINGS: dict[str, str | Promise] = {
    "day-month-assumed": _("“%(typed)s” was read as day, then month: %(day)s."),
    "unknown-column": _("The column “%(header)s” is not known and was left out."),
    "hidden-sheet": _("The sheet is hidden; it was read all the same."),
    "hidden-row": _("This row is hidden; it was read all the same."),
    "hidden-column": _("The column “%(header)s” is hidden; it was read all the same."),
    "other-sheet": _("The sheet “%(typed)s” holds no activities and was left out."),
    "sheet-left-out": _("The sheet “%(typed)s” is no part of a network and was left out."),
    "sheet-not-measured": _("The sheet “%(typed)s” holds nothing of what is measured and was left out."),
    "other-plan": _("This workbook was made for another plan of this body. Check the dates."),
    "macros": _("The macros of this workbook were left out."),
}
SENTENCES = FILE_FAULTS | CELL_FAULTS | WARNINGS
_ALL = [SENTENCES, INDICATOR_FAULTS, SAID, NETWORK_FAULTS, imports.FAULTS]


def sentence(fault: dict[str, Any]) -> str:
    """A stored fault in the reader's language."""
    code, params = fault["code"], fault.get("params", {})
    if code in DRAFT_FAULTS:
        return fault_sentence(code, params)
    template = next(those[code] for those in _ALL if code in those)
    return str(template) % {name: imports.told(name, value) for name, value in params.items()}


def located(fault: dict[str, Any]) -> str:
    """A stored fault with its place: “Activities, B7: ...”."""
    where = ", ".join(part for part in (fault["sheet"], fault["cell"]) if part)
    return at(where, sentence(fault))


def at(where: str, said: str) -> str:
    """A sentence with the place that it is about, when there is one."""
    return wording.labelled(where, said) if where else said

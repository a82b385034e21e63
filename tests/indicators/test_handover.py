"""Sheets that are owed stand in the hand-over sheet, and in what a closing would leave open."""

from datetime import date

import pytest

from tiwizi.network.handover import sheet_of
from tiwizi.network.hangings import consequences

pytestmark = pytest.mark.django_db


def owed(measured):
    sheet = sheet_of(measured.cast.elected, measured.cast.jette)
    return [row[:1] + row[3:] for section in sheet.sections if section.order == 28 for row in section.rows]


def test_what_is_owed_is_handed_over(measured):
    late = owed(measured)[0][1]
    assert owed(measured) == [["2018-1", late], ["2018-2", late]]
    assert late
    measured.report(measured.cast.jette, measured.first, trained="3")
    assert owed(measured) == [["2018-2", late]]


def test_a_closing_tells_the_sheets_of_its_time(measured):
    told = [str(one.sentence) for one in consequences(measured.cast.jette, date(2018, 5, 1)).open]
    assert [sentence for sentence in told if "2018-1" in sentence]
    assert not [sentence for sentence in told if "2018-2" in sentence]

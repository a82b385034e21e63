"""Tables as CSV and as workbooks: the same cells, text that is never a formula, memory that does not grow."""

import csv
import io
import tracemalloc
from decimal import Decimal

from django.utils import translation
from python_calamine import CalamineWorkbook

from tiwizi.base.tables import csv_answer, plain, workbook_answer, write_workbook

HEADER = ["Titre", "Nombre"]
ROWS = [["=1+1", Decimal("12.50")], ["-x", None], ["a\x07b", 0], ["", Decimal("-3")]]


def body(answer):
    return b"".join(answer.streaming_content)


def test_csv_keeps_texts_texts_and_absence_empty():
    answer = csv_answer("essai", HEADER, ROWS)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="essai.csv"'
    lines = list(csv.reader(io.StringIO(body(answer).decode("utf-8-sig"))))
    assert lines == [HEADER, ["'=1+1", "12.5"], ["'-x", ""], ["a\x07b", "0"], ["", "-3"]]


def test_a_workbook_holds_the_same():
    answer = workbook_answer("essai", "Résultats: [1/2]", HEADER, ROWS)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="essai.xlsx"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(body(answer))).get_sheet_by_index(0)
    assert sheet.name == "Résultats   1 2"
    assert sheet.to_python() == [HEADER, ["=1+1", 12.5], ["-x", ""], ["a b", 0], ["", -3]]


def test_the_reader_s_language_lasts_while_it_is_sent():
    def rows():
        yield [translation.gettext("yes")]

    with translation.override("fr"):
        answers = csv_answer("x", ["x"], rows()), workbook_answer("x", "x", ["x"], rows())
    assert "oui" in body(answers[0]).decode()
    assert CalamineWorkbook.from_filelike(io.BytesIO(body(answers[1]))).get_sheet_by_index(0).to_python()[1] == ["oui"]


def test_an_arabic_sheet_reads_from_the_right():
    with translation.override("ar"):
        file = io.BytesIO()
        write_workbook(file, "x", ["x"], [["y"]])
    file.seek(0)
    assert CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python() == [["x"], ["y"]]


def test_memory_does_not_grow_with_the_rows():
    def most(count: int) -> int:
        tracemalloc.start()
        write_workbook(io.BytesIO(), "x", HEADER, ([f"ligne {k}", Decimal(k)] for k in range(count)))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    assert most(4000) < most(400) + 1_000_000


def test_plain_numbers():
    assert [plain(one) for one in (Decimal("25.00"), Decimal("0E-8"), 1e-7, 100)] == ["25", "0", "0.0000001", "100"]

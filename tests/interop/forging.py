"""Workbooks as people, other programs and attackers make them."""

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import xlsxwriter
from openpyxl import Workbook, load_workbook
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from tiwizi.interop.template import plan_workbook

# The columns of the template, by letter.
COLUMNS = dict(zip(
    ["reference", "title", "result", "main_target", "other_targets", "kind", "commune", "window_start", "window_end",
     "participants", "languages", "cost_cents", "cost_basis", "priority", "mandatory", "poolable", "hosts", "avoid",
     "note"], "ABCDEFGHIJKLMNOPQRS", strict=True,
))  # fmt: skip
ROW = ["N1", "Atelier", "RI 1", "officials", None, "preschool-training", None, date(2017, 9, 4), date(2017, 10, 1)]
HEADERS = ["Référence", "Intitulé", "Résultat intermédiaire", "Groupe cible principal", "Autres groupes cibles",
           "Type d'activité", "Commune", "Du", "Au"]  # fmt: skip
Edit = Callable[[Workbook], None]


def template(cast: Any, language: str = "fr") -> bytes:
    """Jette's plan as a workbook: what two activities stand in rows 2 and 3."""
    return plan_workbook(cast.plan_jette, language)


def edited(data: bytes, change: Edit) -> bytes:
    """A workbook after somebody worked in it with another program."""
    book = load_workbook(io.BytesIO(data))
    change(book)
    return saved(book)


def saved(book: Workbook) -> bytes:
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cells(**values: Any) -> Edit:
    """Write into cells of the first sheet: `cells(B2="")`."""

    def change(book: Workbook) -> None:
        for address, value in values.items():
            book.worksheets[0][address] = value

    return change


def plain(rows: list[list[Any]], headers: list[Any] | None = None, name: str = "Plan") -> bytes:
    """A workbook that no template made."""
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = name
    for row in [headers if headers is not None else HEADERS, *rows]:
        sheet.append(row)
    return saved(book)


def long(rows: int) -> bytes:
    """A workbook with this many activities, written fast."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"constant_memory": True})
    sheet = book.add_worksheet("Plan")
    sheet.write_row(0, 0, HEADERS)
    for number in range(1, rows + 1):
        sheet.write_string(number, 0, f"N{number}")
        sheet.write_string(number, 1, "Atelier")
    book.close()
    return target.getvalue()


def calculated(value: Any, formula: str = "=1+1") -> bytes:
    """A workbook whose cost is a formula with this cached result."""
    target = io.BytesIO()
    book = xlsxwriter.Workbook(target)
    sheet = book.add_worksheet("Plan")
    sheet.write_row(0, 0, [*HEADERS, "Coût estimé seul"])
    days = book.add_format({"num_format": "dd/mm/yyyy"})
    for column, cell in enumerate(ROW):
        if isinstance(cell, date):
            sheet.write_datetime(1, column, cell, days)
        elif cell:
            sheet.write_string(1, column, cell)
    sheet.write_formula(1, len(ROW), formula, None, value)
    book.close()
    return target.getvalue()


def of_1904(rows: list[list[Any]]) -> bytes:
    """A workbook that counts its days from 1904, as old Macintoshes did."""
    book = load_workbook(io.BytesIO(plain([])))
    book.epoch = CALENDAR_MAC_1904
    for row in rows:
        book.worksheets[0].append(row)
    return saved(book)


def zipped(members: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return target.getvalue()


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def remade(data: bytes, **changed: Callable[[bytes], bytes]) -> bytes:
    """The same container with some parts rewritten; a part is named by the end of its path without ".xml"."""
    parts = members(data)
    for suffix, change in changed.items():
        (name,) = [name for name in parts if name.endswith(f"{suffix}.xml")]
        parts[name] = change(parts[name])
    return zipped(parts)


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    return zipped(members(data) | {name: content})


def doubled(data: bytes) -> bytes:
    """A container that holds one part twice: one program reads the first, another the second."""
    target = io.BytesIO(data)
    with zipfile.ZipFile(target, "a") as archive:
        info = zipfile.ZipInfo("xl/workbook.xml")
        archive.filelist = [one for one in archive.filelist if one.filename != info.filename]
        kept = archive.NameToInfo.pop(info.filename)
        archive.writestr(info, b"<workbook/>")
        archive.filelist.append(kept)
    return target.getvalue()


def flagged_encrypted(data: bytes) -> bytes:
    """Every member marked as encrypted, as zip programs with a password do."""
    changed = bytearray(data)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = changed.find(signature)
        while at >= 0:
            (flags,) = struct.unpack_from("<H", changed, at + offset)
            struct.pack_into("<H", changed, at + offset, flags | 1)
            at = changed.find(signature, at + 4)
    return bytes(changed)


def lying(data: bytes, part: str = "sheet1.xml") -> bytes:
    """A container one of whose parts is far larger than it says."""
    parts = members(data)
    name = next(name for name in parts if name.endswith(part))
    parts[name] += b" " * 50_000
    changed = bytearray(zipped(parts))
    for signature, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = changed.find(signature)
        while at >= 0:
            if changed[at + name_at : at + name_at + len(name)] == name.encode():
                struct.pack_into("<I", changed, at + size_at, 100)
            at = changed.find(signature, at + 4)
    return bytes(changed)

"""Network workbooks as people make them, and what is done with them."""

import io
from datetime import date

import pytest
from openpyxl import Workbook

from tiwizi.base.errors import Refusal
from tiwizi.interop.network_reader import read_network_workbook
from tiwizi.interop.network_words import HEADERS, SHEETS
from tiwizi.network import rules


def made(language="en", **parts):
    """A workbook with these rows, by sheet; each a dictionary of fields."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for part, rows in parts.items():
        sheet = book.create_sheet(SHEETS[part][language])
        fields = list(HEADERS[part])
        sheet.append([HEADERS[part][name][language] for name in fields])
        for row in rows:
            sheet.append([row.get(name) for name in fields])
    return saved(book)


def saved(book):
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def check(cast, data, by=None, name="reseau.xlsx"):
    reading = read_network_workbook(data)
    return rules.check_network(
        by=by or cast.programme_coordinator, body=cast.programme, filename=name, entries=reading.rows,
        faults=reading.faults + reading.warnings, sha256="0" * 64,
    )  # fmt: skip


def apply(cast, data, **how):
    return rules.apply_network(by=cast.programme_coordinator, kept=check(cast, data), **how)


def told(kept):
    """Cell and code of each fault."""
    return {(fault["cell"], fault["code"]) for fault in kept.faults if fault["level"] == "error"}


def refused(code, rule, **how):
    with pytest.raises(Refusal) as caught:
        rule(**how)
    assert caught.value.code == code


NEW = {
    "kinds": [{"name_fr": "Coopérative", "name_ar": "تعاونية"}],
    "levels": [{"code": "comite", "name_fr": "Comité d'école", "rank": 4}],
    "organisations": [
        {"kind": "Commune", "name_fr": "Ixelles", "country": "be", "scheme": "NIS", "ref": "21009"},
        {"kind": "Coopérative", "name_ar": "أركان", "name_fr": "ⴰⵔⴳⴰⵏ", "country": "MA", "lat": 30.1, "lon": -9.2},
    ],
    "bodies": [
        {"kind": "partnership", "name_fr": "Ixelles–Belfaa", "start": date(2018, 1, 1), "uncertain": "yes"},
        {"code": "comite-1", "kind": "Comité d’école", "name_fr": "L'école d'Aït Baha"},
    ],
    "groupings": [
        {"body": "Ixelles–Belfaa", "whole": "souss-massa", "start": date(2018, 1, 1)},
        {"body": "comite-1", "whole": "etterbeek-ait-baha"},
    ],
    "seats": [
        {"body": "ixelles-belfaa", "organisation": "Ixelles", "side": "North"},
        {"body": "ixelles-belfaa", "organisation": "belfaa", "side": "south"},
        {"body": "comite-1", "organisation": "أركان", "side": "member", "start": "1/9/2018", "end": "2019-12"},
    ],
}

TOWN = {"kind": "commune", "name_fr": "Sidi Bibi", "country": "MA"}


def large(bodies):
    towns = [TOWN | {"code": f"t{n}", "name_fr": f"Commune {n}"} for n in range(2 * bodies)]
    made_of = [{"code": f"p{n}", "kind": "partnership", "name_fr": f"Partenariat {n}"} for n in range(bodies)]
    ties = [{"body": f"p{n}", "whole": whole} for n in range(bodies) for whole in ("souss-massa", "thematique")]
    seats = [
        {"body": f"p{n}", "organisation": f"t{2 * n + k}", "side": side}
        for n in range(bodies) for k, side in enumerate(("north", "south"))
    ]  # fmt: skip
    return {"organisations": towns, "bodies": made_of, "groupings": ties, "seats": seats}

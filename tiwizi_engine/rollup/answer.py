"""The JSON answer, made from the totals that arrays give."""

from fractions import Fraction
from typing import Any

import numpy as np

from tiwizi_engine.rollup.exact import exact, written
from tiwizi_engine.rollup.facts import CALCULATIONS, LATEST, RATIO, SUM, UNIQUE, Fact, Facts
from tiwizi_engine.rollup.reading import Input, read
from tiwizi_engine.rollup.totals import Totals

Answer = dict[str, Any]


def rollup(source: Any, lenient: bool = False) -> Answer:
    """`totals`, `shares` and `inconsistent` of what a file says: `docs/formats/rollup.md`. Raises `EngineError`."""
    given = read(source, lenient)
    return {"totals": _totals(given), "shares": _shares(given), "inconsistent": _inconsistent(given)}


def totals_of(given: Input) -> Totals:
    """What a file says as totals, to look into or to change."""
    calculations = [CALCULATIONS.index(name) for name in given.calculations]
    return Totals(Facts.of(given.facts, calculations), given.groupings, given.calculations)


def _totals(given: Input) -> list[Answer]:
    totals = totals_of(given)
    rows = totals.rows()
    order = np.lexsort((rows.period, rows.indicator, rows.body))
    columns = (rows.body[order].tolist(), rows.indicator[order].tolist(), rows.period[order].tolist())
    return [_row(given, totals, *place) for place in zip(*columns, strict=True)]


def _row(given: Input, totals: Totals, body: int, indicator: int, period: int) -> Answer:
    figure = totals.figure(body, indicator, period)
    counted, silent = totals.behind(body, indicator, period)
    row = _place(given, (body, indicator, period)) | {
        "value": figure.value,
        "facts": [given.ids.all[at] for at in counted.tolist()],
        "not_reported": [given.ids.all[at] for at in silent.tolist()],
    }
    if totals.calculations[indicator] in (SUM, LATEST):
        by: dict[str, dict[str, int | float]] = {}
        for category, part in figure.parts.items():
            dimension, name = given.categories.all[category]
            by.setdefault(dimension, {})[name] = part
        row["by"] = by
    return row


def _place(given: Input, place: tuple[int, int, int]) -> Answer:
    body, indicator, period = place
    return {
        "body": given.bodies.all[body],
        "indicator": given.indicators.all[indicator],
        "period": given.periods.all[period],
    }


def _shares(given: Input) -> list[Answer]:
    """Each reported sum among its own bodies; exact until the one division at the end."""
    found: dict[tuple[int, int, int], Fraction] = {}
    for fact, shares in zip(given.facts, given.shares, strict=True):
        if fact is None or fact.value is None or given.calculations[fact.indicator] != CALCULATIONS[SUM]:
            continue
        value, equal = exact(fact.value), Fraction(1, len(fact.bodies))
        for body in fact.bodies:
            share = equal if shares is None else exact(shares.get(body, 0.0))
            place = (body, fact.indicator, fact.period)
            found[place] = found.get(place, Fraction(0)) + value * share
    return [
        _place(given, place) | {"value": written(share.numerator, share.denominator)}
        for place, share in sorted(found.items())
    ]


def _inconsistent(given: Input) -> list[Answer]:
    found = []
    for id, fact, details in zip(given.ids.all, given.facts, given.details, strict=True):
        if fact is None or fact.value is None or _has_no_value(given, fact):
            continue
        for dimension, inside in details.items():
            total = sum(map(exact, inside.values()), Fraction(0))
            value = exact(fact.value)
            if total != value:
                said = {"sum": total, "value": value}
                shown = {name: written(one.numerator, one.denominator) for name, one in said.items()}
                found.append({"fact": id, "dimension": dimension} | shown)
    return found


def _has_no_value(given: Input, fact: Fact) -> bool:
    """A ratio has two numbers, a unique has members."""
    return given.calculations[fact.indicator] in (CALCULATIONS[RATIO], CALCULATIONS[UNIQUE])

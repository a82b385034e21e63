"""Totals against a reckoning that walks every path, on thousands of random files; and small ones by hand."""

import json
import random
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.engine import rollup_oracle as oracle
from tiwizi_engine.rollup import read, rollup, totals_of

DATA = Path(__file__).parent / "data"
Json = dict[str, Any]


def by_place(rows: list[Json]) -> dict[tuple[str, str, str], Json]:
    found = {(row["body"], row["indicator"], row["period"]): row for row in rows}
    assert len(found) == len(rows)
    return {
        place: {k: v for k, v in row.items() if k not in ("body", "indicator", "period")}
        for place, row in found.items()
    }


def the_same(data: Json) -> None:
    answer = rollup(data)
    assert by_place(answer["totals"]) == oracle.totals(data)
    assert {place: row["value"] for place, row in by_place(answer["shares"]).items()} == oracle.shares(data)
    assert answer["inconsistent"] == oracle.inconsistent(data)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(10))
def test_thousands_of_random_files_have_the_totals_of_every_path_walked(part: int):
    for seed in range(110):
        the_same(oracle.a_file(random.Random(f"{part}-{seed}")))


@pytest.mark.slow
def test_larger_random_files():
    for seed in range(12):
        the_same(oracle.a_file(random.Random(seed), facts=120))


def a_diamond(*facts: Json, **calculation: str) -> Json:
    """A village in two groups of one programme; a neighbour in one of them."""
    return {
        "groupings": [
            ["village", "region"],
            ["village", "theme"],
            ["region", "all"],
            ["theme", "all"],
            ["near", "region"],
        ],
        "indicators": {name: {"calculation": how} for name, how in (calculation or {"i": "sum"}).items()},
        "periods": ["p1", "p2", "p3"],
        "facts": [
            {"id": f"f{k}", "indicator": "i", "period": "p1", "bodies": ["village"], **f} for k, f in enumerate(facts)
        ],
    }


def values(data: Json, body: str = "all", indicator: str = "i") -> dict[str, Any]:
    rows = by_place(rollup(data)["totals"])
    return {p: row["value"] for (b, i, p), row in rows.items() if (b, i) == (body, indicator)}


def test_two_ways_up_count_once():
    assert values(a_diamond({"value": 40})) == {"p1": 40}


def test_a_shared_fact_counts_once_above_and_whole_in_each_of_its_bodies():
    data = a_diamond({"value": 40, "bodies": ["village", "near"]}, {"value": 2})
    assert values(data) == values(data, "region") == {"p1": 42}
    assert values(data, "near") == {"p1": 40}


def test_cents_are_exact():
    assert values(a_diamond(*({"value": 0.1} for _ in range(3)))) == {"p1": 0.3}
    assert values(a_diamond({"value": 2.0**53}, {"value": 0.25}, {"value": -(2.0**53)})) == {"p1": 0.25}


def test_nothing_reported_is_not_zero_and_not_applicable_is_neither():
    silent = {"value": None, "period": "p2"}
    away = {"value": 3, "period": "p3", "not_applicable": True}
    assert values(a_diamond({"value": 0}, silent, away)) == {"p1": 0, "p2": None}


def test_a_latest_value_stays_until_its_own_bodies_say_another():
    data = a_diamond({"value": 10}, {"value": 4, "bodies": ["near"]}, {"value": 7, "period": "p3"}, i="latest")
    assert values(data) == {"p1": 14, "p2": 14, "p3": 11}


def test_within_a_period_the_later_value_is_the_latest():
    assert values(a_diamond({"value": 10}, {"value": 4}, i="latest"))["p1"] == 4


def test_a_latest_row_stays_when_its_body_has_left():
    data = a_diamond({"value": 10}, i="latest")
    data["groupings"][1].append({"to": "p1"})
    assert values(data, "theme") == {"p1": 10, "p2": None, "p3": None}
    assert values(data) == {"p1": 10, "p2": 10, "p3": 10}


def test_ratios_divide_sums():
    data = a_diamond({"numerator": 1, "denominator": 2}, {"numerator": 2, "denominator": 8}, i="ratio")
    assert values(data) == {"p1": 0.3}
    assert values(a_diamond({"numerator": 1, "denominator": 0}, i="ratio")) == {"p1": None}


def test_members_are_counted_once():
    assert values(a_diamond({"members": ["a", "b"]}, {"members": ["b"], "bodies": ["near"]}, i="unique")) == {"p1": 2}
    assert values(a_diamond({"members": []}, i="unique")) == {"p1": 0}


def test_arrays_say_what_the_answer_says():
    for seed in range(30):
        data = oracle.a_file(random.Random(seed), facts=40)
        given = read(data)
        totals = totals_of(given)
        expected = oracle.totals(data)
        rows = totals.rows()
        assert len(rows.body) == len(expected)
        for b, i, p, value, counted, silent in zip(
            rows.body, rows.indicator, rows.period, rows.value, rows.counted, rows.silent, strict=True
        ):
            row = expected[given.bodies.all[b], given.indicators.all[i], given.periods.all[p]]
            assert (None if np.isnan(value) else float(value)) == (
                None if row["value"] is None else float(row["value"])
            )
            assert (counted, silent) == (len(row["facts"]), len(row["not_reported"]))
        parts = totals.parts()
        shown = {
            (given.bodies.all[b], given.indicators.all[i], given.periods.all[p], *given.categories.all[c]): float(value)
            for b, i, p, c, value in zip(
                parts.body, parts.indicator, parts.period, parts.category, parts.value, strict=True
            )
        }
        assert shown == {
            (*place, dimension, name): float(value)
            for place, row in expected.items()
            for dimension, inside in row.get("by", {}).items()
            for name, value in inside.items()
        }


def test_the_example_file():
    the_same(json.loads((DATA / "rollup-maroc.json").read_text(encoding="utf-8")))


def test_sums_too_long_for_a_float_are_told_with_every_digit():
    figures = [Decimal("99999999999.9999") - k for k in range(200)]
    data = a_diamond(*({"value": float(one), "breakdown": {"sex": {"f": float(one)}}} for one in figures))
    given = read(data)
    totals = totals_of(given)
    top = given.bodies.all.index("all")
    assert totals.added(top, 0, 0) == sum(figures) == totals.added(top, 0, 0, category=0)
    assert Decimal(totals.figure(top, 0, 0).value) != sum(figures)  # a float has no room for them

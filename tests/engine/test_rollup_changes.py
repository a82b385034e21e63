"""A changed fact: the totals are those of a new computation, to the last digit."""

import random
from typing import Any

import numpy as np
import pytest

from tests.engine import rollup_oracle as oracle
from tiwizi_engine.errors import EngineError
from tiwizi_engine.rollup import Fact, Facts, Grouping, Groupings, Totals, read, totals_of
from tiwizi_engine.rollup.facts import CALCULATIONS


def everything(totals: Totals) -> tuple[dict[Any, Any], dict[Any, Any]]:
    rows, parts = totals.rows(), totals.parts()
    shown = {
        place: (repr(value), counted, silent)
        for *place_, value, counted, silent in zip(
            *(one.tolist() for one in (rows.body, rows.indicator, rows.period, rows.value, rows.counted, rows.silent)),
            strict=True,
        )
        for place in [tuple(place_)]
    }
    inside = (parts.body, parts.indicator, parts.period, parts.category, parts.value)
    details = {tuple(one[:4]): repr(one[4]) for one in zip(*(each.tolist() for each in inside), strict=True)}
    return shown, details


def behind(totals: Totals, place: tuple[int, int, int]) -> tuple[list[int], list[int]]:
    counted, silent = totals.behind(*place)
    return counted.tolist(), silent.tolist()


def renewed(totals: Totals, facts: list[Fact | None]) -> Totals:
    codes = totals.calculations.tolist()
    return Totals(Facts.of(facts, codes), totals.groupings, [CALCULATIONS[code] for code in codes])


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_changes_in_any_order_give_what_a_new_computation_gives(part: int):
    for seed in range(16):
        r = random.Random(f"changes-{part}-{seed}")
        given = read(oracle.a_file(r, facts=25))
        given.facts = given.facts or [None]
        totals = totals_of(given)
        facts = list(given.facts)
        for _ in range(8):
            _change_one(r, totals, facts)
            again = renewed(totals, facts)
            assert everything(totals) == everything(again)
        for place in everything(totals)[0]:
            assert behind(totals, place) == behind(again, place)
            assert totals.figure(*place) == again.figure(*place)


def _change_one(r: random.Random, totals: Totals, facts: list[Fact | None]) -> None:
    indicator = r.randrange(len(totals.calculations))
    new = _some_fact(r, totals, indicator)
    act = r.choice(["put", "put", "add", "remove"])
    at = r.randrange(len(facts))
    if act == "add":
        assert totals.add(new) == len(facts)
        facts.append(new)
    elif act == "remove":
        totals.remove(at)
        facts[at] = None
    else:
        totals.put(at, new)
        facts[at] = new


def _some_fact(r: random.Random, totals: Totals, indicator: int) -> Fact:
    bodies = tuple(r.sample(range(totals.groupings.bodies), r.randint(1, min(3, totals.groupings.bodies))))
    how = CALCULATIONS[totals.calculations[indicator]]
    silent = r.random() < 0.2
    number = None if silent else oracle.a_number(r)
    return Fact(
        indicator,
        r.randrange(totals.groupings.periods),
        bodies,
        None if how == "unique" else number,
        r.choice([0.0, 2.0, 0.5]) if how == "ratio" and r.random() < 0.9 else None,
        frozenset(r.choices(range(8), k=3)) if how == "unique" and not silent else None,
        {r.randrange(70): oracle.a_number(r) for _ in range(2)} if how in ("sum", "latest") else {},
    )


def a_chain() -> tuple[Groupings, Totals]:
    groupings = Groupings(3, 2, [Grouping(0, 1), Grouping(1, 2)])
    facts = [Fact(0, 0, (0,), 5.0), Fact(0, 0, (1,), 2.0)]
    return groupings, Totals(Facts.of(facts, [0]), groupings, ["sum"])


def test_a_change_reaches_every_body_above():
    _, totals = a_chain()
    totals.put(0, Fact(0, 0, (0,), 6.0))
    assert [totals.figure(body, 0, 0).value for body in range(3)] == [6, 8, 8]
    totals.remove(1)
    assert [totals.figure(body, 0, 0).value for body in range(3)] == [6, 6, 6]
    totals.remove(0)
    assert not totals.figure(2, 0, 0).there
    assert len(totals.rows().body) == 0


def test_many_decimals_and_many_categories_come_later():
    _, totals = a_chain()
    totals.put(0, Fact(0, 0, (0,), 0.1, breakdown={1: 0.1}))
    totals.put(1, Fact(0, 0, (1,), 1e-12, breakdown=dict.fromkeys(range(100), 1.0)))
    figure = totals.figure(2, 0, 0)
    assert figure.value == 0.100000000001
    assert len(figure.parts) == 100
    assert figure.parts[1] == 1.1


def test_a_cumulative_series_falls_only_by_a_recorded_correction():
    groupings = Groupings(2, 4, [Grouping(0, 1)])
    totals = Totals(Facts.of([Fact(0, 0, (0,), 10.0), Fact(0, 2, (0,), 14.0)], [1]), groupings, ["latest"])
    assert [totals.figure(1, 0, p).value for p in range(4)] == [10, 10, 14, 14]
    totals.add(Fact(0, 3, (0,), 12.0))
    assert [totals.figure(1, 0, p).value for p in range(4)] == [10, 10, 14, 12]


@pytest.mark.parametrize(
    ("fact", "said"),
    [
        (Fact(0, 0, (3,), 1.0), "body"),
        (Fact(1, 0, (0,), 1.0), "indicator"),
        (Fact(0, 2, (0,), 1.0), "period"),
        (Fact(0, 0, (0, 0), 1.0), "twice"),
        (Fact(0, 0, (), 1.0), "a body at least"),
        (Fact(0, 0, (0,), float("inf")), "2\\^53"),
    ],
)
def test_a_fact_that_does_not_fit_changes_nothing(fact: Fact, said: str):
    _, totals = a_chain()
    before = everything(totals)
    for act in (lambda: totals.put(0, fact), lambda: totals.add(fact)):
        with pytest.raises(EngineError, match=said):
            act()
    assert everything(totals) == before


def test_nan_is_not_reported_in_a_change_either():
    _, totals = a_chain()
    totals.put(0, Fact(0, 0, (0,), float("nan")))
    assert behind(totals, (2, 0, 0)) == ([1], [0])
    figure = totals.figure(2, 0, 0)
    assert (figure.value, figure.counted, figure.silent) == (2, 1, 1)


@pytest.mark.parametrize("at", [-1, 2])
def test_there_is_no_fact_at_such_a_position(at: int):
    _, totals = a_chain()
    before = everything(totals)
    for act in (lambda: totals.put(at, Fact(0, 0, (0,), 1.0)), lambda: totals.remove(at), lambda: totals.fact(at)):
        with pytest.raises(EngineError, match="at: expected the position of a fact, from 0 to 1"):
            act()
    assert everything(totals) == before


def test_the_arrays_given_stay_as_they_are():
    facts = Facts.of([Fact(0, 0, (0,), 5.0)], [0])
    totals = Totals(facts, Groupings(1, 1, []), ["sum"])
    totals.remove(0)
    assert facts.indicator.tolist() == [0]
    assert np.array_equal(facts.value, [5.0])

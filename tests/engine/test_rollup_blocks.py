"""Numbers side by side in one word and one block: what is large, many or late gets the same totals as what is not."""

import random
from typing import Any

import pytest

from tests.engine import rollup_oracle as oracle
from tests.engine.test_rollup_changes import everything, renewed
from tiwizi_engine.rollup import Fact, Facts, Grouping, Groupings, Totals, read, rows, summits, totals_of
from tiwizi_engine.rollup.facts import CALCULATIONS

TWO = [Grouping(0, 1)]


def totals(facts: list[Fact], *calculations: str, bodies: int = 2, periods: int = 1, links: Any = TWO) -> Totals:
    codes = [CALCULATIONS.index(name) for name in calculations]
    return Totals(Facts.of(facts, codes), Groupings(bodies, periods, links), calculations)


def shown(found: Totals) -> tuple[dict[Any, Any], dict[Any, Any]]:
    """Values, and parts, by their place, as numbers."""
    lines, parts = everything(found)
    return {place: float(value) for place, (value, _, _) in lines.items()}, {k: float(v) for k, v in parts.items()}


def test_numbers_in_limbs_stand_beside_those_that_are_whole():
    large = 2.0**53
    facts = [
        *(Fact(0, 0, (0,), value, breakdown={0: value, 1: 1.0}) for value in (large, 0.25, -large)),
        *(Fact(1, 0, (0,), value, breakdown={0: value}) for value in (3.0, -5.0)),
        *(Fact(2, 0, (0,), value, 0.5) for value in (large, 1.0, -large)),
        *(Fact(3, 0, (0,), value) for value in (large, 0.5, -large, 0.0)),
        *(Fact(4, 0, (0,), value, 4.0) for value in (1.0, 2.0)),
    ]
    found = totals(facts, "sum", "sum", "ratio", "average", "ratio")
    assert found.units.limbs.tolist() == [3, 1, 3, 3, 1]
    values, parts = shown(found)
    for body in (0, 1):
        assert [values[body, i, 0] for i in range(5)] == [0.25, -2.0, 1 / 1.5, 0.125, 0.375]
        assert [parts[body, i, 0, c] for i, c in ((0, 0), (0, 1), (1, 0))] == [0.25, 3.0, -2.0]
        assert found.figure(body, 0, 0).parts == {0: 0.25, 1: 3}


@pytest.mark.parametrize("size", [2.0**46, 2.0**49, 2.0**51, 2.0**53])
@pytest.mark.parametrize("many", [2, 300])
def test_sums_are_exact_near_the_end_of_a_word(size: float, many: int):
    signs = [1, -1] * (many // 2)
    facts = [Fact(0, 0, (0,), sign * (size - k)) for k, sign in enumerate(signs)]
    found = totals([*facts, Fact(0, 0, (0,), 1.0)], "sum")
    assert found.figure(1, 0, 0).value == shown(found)[0][1, 0, 0] == 1 + many // 2
    assert found.figure(1, 0, 0).counted == many + 1


@pytest.mark.parametrize("how", ["sum", "latest"])
def test_more_categories_than_a_block_holds(how: str):
    breakdown = {k: float(k - 4) for k in range(11)}
    facts = [Fact(0, 0, (0,), 7.0, breakdown=breakdown), Fact(0, 1, (0,), 9.0, breakdown={10: 2.0}), Fact(0, 0, (1,))]
    found = totals(facts, how, "sum", periods=3)
    parts = shown(found)[1]
    assert {c: parts[1, 0, 0, c] for c in range(11)} == breakdown
    assert [place[2] for place in parts if place[0] == 1 and place[3] == 10] == ([0, 1] if how == "sum" else [0, 1, 2])
    found.put(0, Fact(0, 0, (0,), 7.0, breakdown={9: 1.0, 70: 5.0}))
    again = renewed(found, [found.fact(k) for k in range(3)])
    assert everything(found) == everything(again)
    assert found.figure(1, 0, 0) == again.figure(1, 0, 0)


def test_a_category_that_adds_up_to_nothing_is_told():
    facts = [Fact(0, 0, (0,), 1.0, breakdown={0: one, 1: 0.0}) for one in (3.0, -3.0)]
    found = totals(facts, "sum")
    assert shown(found)[1] == {(body, 0, 0, category): 0.0 for body in (0, 1) for category in (0, 1)}
    found.remove(0)
    assert shown(found)[1][1, 0, 0, 0] == -3.0
    found.remove(1)
    assert everything(found) == ({}, {})


def test_more_facts_come_than_a_count_had_room_for():
    found = totals([Fact(0, 0, (0,), 1.0)], "sum")
    bits = found.units.count_bits
    for k in range(2, 12):
        found.add(Fact(0, 0, (0,), 1.0))
        assert (found.figure(1, 0, 0).value, found.figure(1, 0, 0).counted) == (k, k)
    assert found.units.count_bits > bits


def test_cells_that_changes_add_stay_with_their_bodies():
    found = totals([Fact(0, 0, (0,), 1.0)], "sum", "sum", bodies=3, links=[])
    for body in (2, 1, 0):
        found.add(Fact(1, 0, (body,), 10.0 + body))
    assert shown(found)[0] == {(0, 0, 0): 1.0, **{(body, 1, 0): 10.0 + body for body in range(3)}}


@pytest.mark.slow
def test_whatever_is_made_in_several_tables_is_as_from_one(monkeypatch: pytest.MonkeyPatch):
    for seed in range(20):
        given = read(oracle.a_file(random.Random(f"tables-{seed}"), facts=40))
        expected = everything(totals_of(given))
        with monkeypatch.context() as small:
            small.setattr(summits, "AT_ONCE", 1)
            small.setattr(rows, "AT_ONCE", 3)
            small.setattr(rows, "TABLE", 1)
            assert everything(totals_of(given)) == expected


def test_periods_without_groupings_in_common_keep_each_latest_row():
    links = [Grouping(0, 2, 0, 0), Grouping(1, 2, 1, 1)]
    facts = [Fact(0, 0, (0,), 5.0), Fact(1, 1, (1,), 6.0)]
    lines = everything(totals(facts, "latest", "latest", bodies=3, periods=3, links=links))[0]
    assert {place: line for place, line in lines.items() if place[0] == 2} == {
        (2, 0, 0): ("5.0", 1, 0),
        (2, 0, 1): ("nan", 0, 0),
        (2, 0, 2): ("nan", 0, 0),
        (2, 1, 1): ("6.0", 1, 0),
        (2, 1, 2): ("nan", 0, 0),
    }


@pytest.mark.parametrize("periods", [0, 1, 3])
def test_without_indicators_there_are_no_totals(periods: int):
    assert everything(totals([], periods=periods)) == ({}, {})


def test_a_latest_value_that_stands_long_needs_no_more_room():
    large = 2.0**50
    facts = [Fact(0, 0, (0,), large), Fact(0, 3, (0,), large - 1), Fact(0, 0, (1,), 1 - large)]
    found = totals(facts, "latest", periods=100)
    assert found.units.limbs.tolist() == [1]
    assert [found.figure(1, 0, period).value for period in (0, 2, 3, 99)] == [1, 1, 0, 0]
    found.put(0, Fact(0, 0, (0,), 3.5))
    assert [found.figure(1, 0, period).value for period in (0, 99)] == [4.5 - large, 0]

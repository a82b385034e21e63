"""What holds for any facts and groupings."""

import random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.engine import rollup_oracle as oracle
from tests.engine.test_rollup import by_place
from tiwizi_engine.rollup import rollup

pytestmark = pytest.mark.slow
seeds = st.integers(0, 10**9)
few = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def numbers(data: dict[str, Any]) -> dict[Any, Any]:
    """Totals without the order in which facts are listed."""
    return {
        place: {k: sorted(v) if isinstance(v, list) else v for k, v in row.items()}
        for place, row in by_place(rollup(data)["totals"]).items()
    }


@few
@given(seeds)
def test_order_never_matters(seed: int):
    r = random.Random(seed)
    data = oracle.a_file(r, facts=30)
    # But for two values of one set of bodies in one period, of which the later one stands.
    seen, kept = set(), []
    for fact in data["facts"]:
        place = (fact["indicator"], fact["period"], frozenset(fact["bodies"]))
        if fact["indicator"] != "i1" or place not in seen:
            kept.append(fact)
        seen.add(place)
    shuffled = [fact | {"bodies": r.sample(fact["bodies"], len(fact["bodies"]))} for fact in r.sample(kept, len(kept))]
    pairs = r.sample(data["groupings"], len(data["groupings"]))
    assert numbers(data | {"facts": kept}) == numbers(data | {"facts": shuffled, "groupings": pairs})


@few
@given(seeds)
def test_a_grouping_above_changes_nothing_below(seed: int):
    r = random.Random(seed)
    data = oracle.a_file(r, facts=20)
    bodies = sorted({body for fact in data["facts"] for body in fact["bodies"]}) or ["b0"]
    under = r.sample(bodies, min(2, len(bodies)))
    above = [[body, "new", *oracle.dates(r, data["periods"])] for body in under]
    before, after = numbers(data), numbers(data | {"groupings": data["groupings"] + above})
    assert {place: row for place, row in after.items() if place[0] != "new"} == before


@few
@given(seeds)
def test_at_the_top_the_total_is_the_sum_over_all_facts(seed: int):
    data = oracle.a_file(random.Random(seed), facts=20)
    everyone = {body for fact in data["facts"] for body in fact["bodies"]} | {
        x for g in data["groupings"] for x in g[:2]
    }
    data["groupings"] += [[body, "top"] for body in sorted(everyone)]
    for (body, indicator, period), row in numbers(data).items():
        if (body, indicator) == ("top", "i0"):
            its = [f for f in data["facts"] if (f["indicator"], f["period"]) == (indicator, period)]
            told = [oracle.number(f["value"]) for f in its if f["value"] is not None and not f.get("not_applicable")]
            assert row["value"] == (oracle.plain(sum(told[1:], told[0])) if told else None)


@few
@given(seeds)
def test_a_latest_total_falls_only_where_a_lower_value_was_reported(seed: int):
    data = oracle.a_file(random.Random(seed), facts=25)
    data["groupings"] = [pair[:2] for pair in data["groupings"]]
    highest: dict[frozenset[str], float] = {}
    kept = []
    for fact in sorted(data["facts"], key=lambda fact: data["periods"].index(fact["period"])):
        own = frozenset(fact["bodies"])
        if fact["indicator"] == "i1" and fact["value"] is not None and fact["value"] >= highest.get(own, 0):
            highest[own] = fact["value"]
            kept.append(fact)
    rows = numbers(data | {"facts": kept})
    for (body, indicator, period), row in rows.items():
        at = data["periods"].index(period)
        if at:
            earlier = rows.get((body, indicator, data["periods"][at - 1]))
            assert earlier is None or row["value"] >= earlier["value"]


@few
@given(seeds)
def test_shares_add_up_to_the_sums(seed: int):
    data = oracle.a_file(random.Random(seed), facts=15)
    split = sum(row["value"] for row in rollup(data)["shares"])
    told = [f for f in data["facts"] if f["indicator"] == "i0" and not f.get("not_applicable")]
    assert split == pytest.approx(sum(f["value"] for f in told if f["value"] is not None), rel=1e-9, abs=1e-6)

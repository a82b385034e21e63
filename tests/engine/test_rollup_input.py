"""Files of facts that do not fit: each fault with its place, all at once."""

import copy
import json
import math
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tiwizi_engine.errors import EngineError
from tiwizi_engine.rollup import Fact, Facts, Grouping, Groupings, Totals, rollup

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "tests/engine/data/rollup-maroc.json"
GOOD = json.loads(EXAMPLE.read_text(encoding="utf-8"))


def changed(change: dict[str, Any], at: int = 0) -> dict[str, Any]:
    data = copy.deepcopy(GOOD)
    data["facts"][at] |= change
    return data


FACTS = [
    ({"value": "40"}, "facts[0].value: expected a number, got a text ('40')"),
    ({"value": True}, "facts[0].value: expected a number, got true or false"),
    ({"value": math.nan}, "facts[0].value: expected a number"),
    ({"value": math.inf}, "facts[0].value: expected a number"),
    ({"value": 1e17}, "facts[0].value: expected a number of at most 2^53"),
    ({"indicator": "i9"}, "facts[0].indicator: there is no indicator 'i9'"),
    ({"period": "1999"}, "facts[0].period: there is no period '1999'"),
    ({"bodies": []}, "facts[0].bodies: expected a body at least"),
    ({"bodies": ["a", "a"], "shares": None}, "facts[0].bodies[1]: 'a' stands twice"),
    ({"bodies": "jette-belfaa", "shares": None}, "facts[0].bodies: expected a list"),
    ({"shares": {"jette-belfaa": 0.5}}, "facts[0].shares: expected shares that add up to 1, got 0.5"),
    ({"shares": {"jette-belfaa": 0.5, "maroc": 0.5}}, "facts[0].shares.maroc: is not a body of this fact"),
    ({"shares": {"jette-belfaa": 1.5, "etterbeek-aitbaha": -0.5}}, "expected a share of 0 or more, got -0.5"),
    ({"shares": [0.5, 0.5]}, "facts[0].shares: expected an object"),
    ({"breakdown": {"sex": 40}}, "facts[0].breakdown.sex: expected an object of categories"),
    ({"breakdown": [1]}, "facts[0].breakdown: expected an object of dimensions"),
    ({"breakdown": {"sex": {"f": None}}}, "facts[0].breakdown.sex.f: expected a number, got nothing"),
    ({"not_applicable": 1}, "facts[0].not_applicable: expected true or false"),
    ({"id": "f2"}, "facts[1].id: 'f2' is the id of facts[0] too"),
    ({"id": 3}, "facts[0].id: expected a text"),
    ({"colour": 1}, "facts[0].colour: is not a field of this format"),
]


@pytest.mark.parametrize(("change", "said"), FACTS, ids=[said for _, said in FACTS])
def test_a_fact_that_does_not_fit_is_named(change: dict[str, Any], said: str):
    with pytest.raises(EngineError) as caught:
        rollup(changed(change))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("at", "change", "said"),
    [
        (1, {"numerator": "12"}, "facts[1].numerator: expected a number"),
        (1, {"value": 3}, "facts[1].value: expected numerator and denominator for a ratio, got a value"),
        (3, {"members": "k1"}, "facts[3].members: expected a list"),
        (3, {"members": [1.5]}, "facts[3].members[0]: expected a text"),
        (0, {"members": ["k1"]}, "facts[0].members: is not a field of this format"),
    ],
)
def test_what_belongs_to_another_calculation_is_named(at: int, change: dict[str, Any], said: str):
    with pytest.raises(EngineError) as caught:
        rollup(changed(change, at))
    assert said in str(caught.value)


@pytest.mark.parametrize(
    ("field", "given", "said"),
    [
        ("groupings", [["a", "b"], ["b", "c"], ["c", "a"]], "groupings: go round in a circle: a -> b -> c -> a"),
        ("groupings", [["a", "a"]], "groupings: go round in a circle: a -> a"),
        ("groupings", [["a"]], "groupings[0]: expected [body, grouping]"),
        ("groupings", [["a", 3]], "groupings[0][1]: expected a text"),
        ("groupings", [["a", "b", {"from": "1999"}]], "groupings[0][2].from: there is no period '1999'"),
        ("groupings", [["a", "b", {"from": "2018-2", "to": "2018-1"}]], "groupings[0]: ends (2018-1) before it begins"),
        ("groupings", [["a", "b", {"until": "2018-1"}]], "groupings[0][2].until: is not a field"),
        ("periods", ["2018-1", "2018-1", "2018-2"], "periods[1]: '2018-1' stands twice"),
        ("periods", [2018], "periods[0]: expected a text"),
        ("indicators", [], "indicators: expected an object"),
        ("indicators", {"i1": {"calculation": "median"}}, "indicators.i1.calculation: expected one of sum, latest"),
        ("facts", {}, "facts: expected a list"),
        ("facts", ["f1"], "facts[0]: expected an object"),
        ("more", 1, "more: is not a field of this format"),
    ],
)
def test_the_rest_of_a_file_is_looked_at_too(field: str, given: Any, said: str):
    with pytest.raises(EngineError) as caught:
        rollup({**GOOD, field: given})
    assert said in str(caught.value)


def test_a_circle_that_is_never_closed_at_once_is_none():
    pairs = [["a", "b", {"to": "2018-1"}], ["b", "a", {"from": "2018-2"}]]
    assert rollup({**GOOD, "groupings": pairs})["totals"]


def test_every_fault_is_told_at_once():
    data = changed({"value": "x", "period": "1999", "breakdown": {"sex": 1}})
    data["groupings"].append(["programme", "maroc"])
    data["facts"][1]["bodies"] = []
    with pytest.raises(EngineError) as caught:
        rollup(data)
    told = str(caught.value).splitlines()
    assert len(told) == 5
    assert [line.partition(":")[0] for line in told] == [
        "facts[0].period",
        "facts[0].breakdown.sex",
        "facts[0].value",
        "facts[1].bodies",
        "groupings",
    ]


def test_more_than_a_hundred_faults_are_counted():
    with pytest.raises(EngineError, match="and 50 more"):
        rollup({**GOOD, "facts": [None] * 150})


def test_lenient_passes_over_fields_it_does_not_know():
    assert rollup(changed({"colour": 1}), lenient=True) == rollup(GOOD)


def test_a_value_left_out_is_not_reported():
    data = changed({"shares": None, "breakdown": None})
    del data["facts"][0]["value"]
    row = next(row for row in rollup(data)["totals"] if row["body"] == "programme")
    assert (row["value"], row["not_reported"]) == (None, ["f1"])


def test_an_empty_file_has_no_totals():
    assert rollup({"groupings": [], "indicators": {}, "periods": [], "facts": []})["totals"] == []


@pytest.mark.slow
def test_the_command_line(tmp_path: Path):
    def engine(file: Path) -> "subprocess.CompletedProcess[str]":
        command = [sys.executable, "-m", "tiwizi_engine", "rollup", str(file)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)

    good = engine(EXAMPLE)
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout) == rollup(GOOD)
    bad = tmp_path / "bad.json"
    bad.write_text(json.dumps(changed({"value": "x", "period": "1999"})))
    refused = engine(bad)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert len(refused.stderr.splitlines()) == 2


# Arrays


@pytest.mark.parametrize(
    ("link", "said"),
    [
        (Grouping(0, 5), "expected bodies from 0 to 2"),
        (Grouping(0, 1, 0, 9), "expected periods from 0 to 1"),
        (Grouping(0, 1, 1, 0), "ends before it begins"),
    ],
)
def test_groupings_of_what_does_not_exist(link: Grouping, said: str):
    with pytest.raises(EngineError, match=said):
        Groupings(3, 2, [link])


def test_arrays_that_do_not_fit():
    good = Facts.of([Fact(0, 0, (0,), 1.0), Fact(0, 1, (0, 1), None)], [0])
    pieces = vars(good)
    with pytest.raises(EngineError, match="period: expected 2 entries, got 1"):
        Facts(**{**pieces, "period": good.period[:1]})
    with pytest.raises(EngineError, match="body_start"):
        Facts(**{**pieces, "body_start": good.body_start * 0})
    with pytest.raises(EngineError, match="part_fact: expected positions of facts"):
        Facts(**{**pieces, "part_fact": good.indicator + 2, "part_category": good.indicator, "part_value": good.value})
    two = {"part_fact": np.array([0, 0, 0]), "part_value": np.array([1.0, 2.0, 3.0])}
    for categories, wrong in (([4, 1, 4], "fact 0 has category 4 twice"), ([4, -1, 2], "expected positions from 0")):
        with pytest.raises(EngineError, match=f"part_category: {wrong}"):
            Facts(**{**pieces, **two, "part_category": np.array(categories)})
    with pytest.raises(EngineError, match=r"value\[0\]: expected a number of at most 2\^53"):
        Facts(**{**pieces, "value": good.value * math.inf})
    with pytest.raises(EngineError, match=r"calculations\[0\]: expected one of sum"):
        Totals(good, Groupings(2, 2, []), ["median"])
    with pytest.raises(EngineError, match=r"body\[2\]: expected a position from 0 to 0"):
        Totals(good, Groupings(1, 2, []), ["sum"])

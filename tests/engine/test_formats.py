"""The pages of `docs/formats` say what the engine reads, writes and refuses."""

import copy
import json
import re
from dataclasses import fields
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tiwizi_engine.errors import EngineError
from tiwizi_engine.pooling import Fault, Plan, Problem, check, solve
from tiwizi_engine.pooling.plan import Order
from tiwizi_engine.pooling.problem import (
    Commune,
    Event,
    Intervention,
    Kind,
    Meta,
    MustJoin,
    Partnership,
    Refused,
    Reuse,
    Stability,
    Volume,
)
from tiwizi_engine.rollup import CALCULATIONS, rollup
from tiwizi_engine.sharing import METHODS, Game, share

PAGES = Path(__file__).resolve().parents[2] / "docs" / "formats"
LISTS = [Refused, MustJoin, Reuse, Volume, Stability]
OF_A_PROBLEM = [Meta, Commune, Partnership, Kind, Intervention, Event, *LISTS, Problem]
# What the reader takes for granted when it is absent, apart from what only informs.
OPTIONAL = {"min_members", "min_saving", "home", "pin_week", "poolable", "direct_at", "agreed", "refused"}
OPTIONAL |= {"must_join", "reuse", "volume", "stability"}
WHOLE = {"stability"}  # an object that is one optional field


@cache
def text(page: str) -> str:
    return (PAGES / page).read_text(encoding="utf-8")


def blocks(page: str, mark: str) -> list[Any]:
    """The JSON blocks of a page that carry a mark."""
    found = re.findall(rf"^```json {mark}\n(.*?)^```$", text(page), re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no block marked {mark}"
    return [json.loads(block) for block in found]


def with_change(change: dict[str, Any]) -> dict[str, Any]:
    """The page's problem with an optional field: `interventions[1]`, `meta` or a list of its own."""
    problem: dict[str, Any] = copy.deepcopy(blocks("pooling.md", "problem")[0])
    for place, given in change.items():
        if found := re.fullmatch(r"(\w+)\[(\d+)\]", place):
            problem[found[1]][int(found[2])] |= given
        elif isinstance(given, dict) and place not in WHOLE:
            problem[place] |= given
        else:
            assert place not in problem
            problem[place] = given
    return problem


def named_by(change: dict[str, Any]) -> set[str]:
    inner = {place: isinstance(given, dict) and place not in WHOLE for place, given in change.items()}
    return {name for place, given in change.items() for name in (given if inner[place] else [place])}


CHANGES = blocks("pooling.md", "with")


def test_every_block_has_a_mark():
    for page in PAGES.glob("*.md"):
        marks = set(re.findall(r"^```(\S.*)$", page.read_text(encoding="utf-8"), re.MULTILINE))
        assert marks <= {
            f"json {m}" for m in ("problem", "plan", "report", "with", "game", "shares", "facts", "totals")
        } | {"python"}, page.name


def test_the_problem_has_the_plan_and_the_report_that_the_page_shows():
    source, shown, report = (blocks("pooling.md", mark)[0] for mark in ("problem", "plan", "report"))
    problem = Problem.from_dict(source)
    found = solve(problem)
    assert {**found.to_dict(), "seconds": 0, "version": 0} == {**shown, "seconds": 0, "version": 0}
    assert check(problem, Plan.from_dict(shown)).to_dict() == report


def test_the_worked_travel_of_the_page():
    # Ten participants, 26 km, both ways, 15 for 100 km: nothing else in the band's lower edge.
    problem = Problem.from_dict(blocks("pooling.md", "problem")[0])
    plan = Plan.from_dict(blocks("pooling.md", "plan")[0])
    event = plan.events[0]
    cheaper = Event(event.host, event.week, event.language, event.members, (sum(event.shares) - 37799, 37799))
    faults = check(problem, plan.with_events((cheaper,))).errors
    assert any(fault.rule == "band" and "between 378 and" in fault.sentence for fault in faults)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: "-".join(sorted(named_by(change))))
def test_every_optional_field_is_read_and_makes_a_difference(change: dict[str, Any]):
    plain, changed = Problem.from_dict(with_change({})), Problem.from_dict(with_change(change))
    assert changed != plain
    assert Problem.from_dict(changed.to_dict()) == changed
    assert check(changed, solve(changed)).errors == ()


def test_every_optional_field_has_an_example():
    assert {name for change in CHANGES for name in named_by(change)} == OPTIONAL
    assert {name for name in OPTIONAL if f"### `{name}`" not in text("pooling.md")} == set()


def test_a_field_is_optional_exactly_where_the_page_says_so():
    """Left out one by one: the reader misses it, or the page calls it optional."""
    source = blocks("pooling.md", "problem")[0]
    for section in ("meta", "communes", "partnerships", "kinds", "interventions"):
        row = source[section] if section == "meta" else source[section][0]
        table = text("pooling.md").partition(f"### `{section}`")[2].partition("###")[0]
        for name in row:
            short = copy.deepcopy(source)
            del (short[section] if section == "meta" else short[section][0])[name]
            said = re.search(rf"^\| [^|]*`{name}`[^|]*\| optional", table, re.MULTILINE)
            if said:
                assert Problem.from_dict(short), name
            else:
                with pytest.raises(EngineError, match=f"{name}: is missing"):
                    Problem.from_dict(short)


def test_every_field_of_a_problem_and_a_plan_is_named():
    names = {field.name for one in (*OF_A_PROBLEM, Fault) for field in fields(one)}
    plan = Plan.from_dict(blocks("pooling.md", "plan")[0])
    report = blocks("pooling.md", "report")[0]
    names |= {field.name for field in fields(Plan)} - {"value"} | {field.name for field in fields(Order)}
    names |= {*plan.to_dict(), *plan.to_dict()["bound"], *report}
    named = set(re.findall(r"`(\w+)`", text("pooling.md")))
    assert sorted(names - named) == []


def test_every_rule_of_a_report_is_named():
    source = (Path(__file__).resolve().parents[2] / "tiwizi_engine/pooling/check.py").read_text(encoding="utf-8")
    rules = set(re.findall(r"Fault\(\s*\"([\w ]+)\"", source)) | set(re.findall(r"yield \"([\w ]+)\",", source))
    assert len(rules) > 20
    section = text("pooling.md").partition("### Rules")[2].partition("\n## ")[0]
    in_brackets = {
        rule for inside in re.findall(r"\(([^()]*)\)", section) for rule in re.findall(r"`([\w ]+)`", inside)
    }
    assert sorted(rules - in_brackets) == []


def test_every_game_is_read():
    for source in blocks("games.md", "game"):
        assert share(Game.from_dict(source)).to_dict()["core"]["nonempty"] is True


def test_the_first_game_has_the_shares_that_the_page_shows():
    answer = share(Game.from_dict(blocks("games.md", "game")[0])).to_dict()
    shown = blocks("games.md", "shares")[0]
    assert _rounded(answer) == _rounded(shown)


def test_the_python_of_the_games_runs(capsys: pytest.CaptureFixture[str]):
    (block,) = re.findall(r"^```python\n(.*?)^```$", text("games.md"), re.MULTILINE | re.DOTALL)
    exec(block, {})
    assert capsys.readouterr().out.split() == ["60", "60", "True"]


def _rounded(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _rounded(one) for key, one in value.items()}
    return round(value, 5) if isinstance(value, float | int) and not isinstance(value, bool) else value


def test_every_field_of_a_game_and_every_method_is_named():
    named = set(re.findall(r"`(\w+)`", text("games.md")))
    # A table is written as `function`.
    asked = {field.name for field in fields(Game)} - {"table"} | {"function", *METHODS}
    answer = share(Game.from_dict(blocks("games.md", "game")[0])).to_dict()
    inner = {"nonempty", "least_excess", "coalition", "would_save", "parent", "cost"}
    assert sorted((asked | set(answer) | inner) - named) == []


def test_the_facts_have_the_totals_that_the_page_shows():
    answer, shown = rollup(blocks("rollup.md", "facts")[0]), blocks("rollup.md", "totals")[0]
    assert [row for row in shown["totals"] if row not in answer["totals"]] == []
    assert {**answer, "totals": 0} == {**shown, "totals": 0}


def test_every_field_of_facts_and_totals_is_named():
    source = blocks("rollup.md", "facts")[0]
    answer = rollup(source)
    names = {*source, *answer, *CALCULATIONS, *(name for row in answer["totals"] for name in row)}
    names |= {name for fact in source["facts"] for name in fact} - {"body"}
    named = set(re.findall(r"`(\w+)`", text("rollup.md"))) | {"body"}
    assert sorted(names - named) == []


def test_the_index_names_every_page_and_command():
    index = text("README.md")
    assert {page.name for page in PAGES.glob("*.md")} - {"README.md"} == set(re.findall(r"\]\((\w+\.md)\)", index))

"""Shares that a budget bends: exact, within every limit, and spread over the events of who cannot pay."""

from tests.engine.instances import tiny
from tiwizi_engine.pooling import Event, Plan, Problem, check, settle
from tiwizi_engine.pooling.plan import Bound


def _two_events(budget: int) -> Problem:
    """Partner 0 shares two like events with partner 1, each of cost 1,200: alone 1,000 each, 100 of it its own."""
    source = tiny(1)
    commune = {"x": 0, "y": 0, "region": 0, "venue": 60, "host_factor": 100, "blocked": [], "hosts": True}
    partner = {"commune": 0, "region": 0, "language": "fr", "period_cap": [9000, 9000], "no_pool": []}
    wish = {
        "languages": ["fr"], "target": "youth", "n": 10, "cost": 1000, "value": 1, "start": 0, "end": 5,
        "mandatory": False, "alone_ok": True, "hosts": [0], "pin_host": None, "prefer": [], "bonus": 0,
    }  # fmt: skip
    source |= {
        "communes": [commune],
        "partnerships": [partner | {"budget": budget}, partner | {"budget": 9000}],
        "kinds": [{"fixed": 1000, "per_head": 10, "min_pool": 0, "max_pool": 40, "rate": 0}] * 2,
        "interventions": [wish | {"partnership": p, "kind": k} for k in (0, 1) for p in (0, 1)],
    }
    source.pop("refused", None)
    source["meta"] |= {"min_saving": 0, "max_members": 4}
    return Problem.from_dict(source)


def _settled(budget: int) -> list[tuple[int, ...]]:
    problem = _two_events(budget)
    events = (Event(0, 1, "fr", (0, 1), (0, 0)), Event(0, 2, "fr", (2, 3), (0, 0)))
    plan = settle(problem, Plan((), events, Bound(0, 4, None), 4), "nucleolus")
    assert check(problem, plan).ok
    return [event.shares for event in plan.events]


def test_shares_of_the_method_stand_when_the_budget_allows_them():
    assert _settled(9000) == [(60_000, 60_000), (60_000, 60_000)]


def test_what_a_budget_lacks_is_spread_over_its_events():
    """With 800 in place of 1,200, each event gives way by about 200; none is bent by the whole 400."""
    shares = _settled(800)
    assert sum(mine for mine, _other in shares) == 80_000
    assert all(abs(mine - 40_000) <= 4_000 for mine, _other in shares), shares
    assert all(sum(pair) == 120_000 for pair in shares)

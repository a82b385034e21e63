"""Exchanges: against trying everything, by properties, by the check; why a request is left; what is refused."""

import random
import sys
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
import scipy.sparse  # noqa: F401 (loaded here, not in the time of the first test)
from hypothesis import given, settings
from hypothesis import strategies as st

from tiwizi_engine.errors import EngineError
from tiwizi_engine.matching import WHY, Limits, Matching, Offer, Request, check, match

FRENCH, ARABIC = frozenset({"fr"}), frozenset({"ar"})
LIMITS = Limits(km=45)


def request(id: Any = "r", **facts: Any) -> Request:
    return Request(**{"id": id, "partner": "A", "kind": "k", "languages": FRENCH, "x": 0.0, "y": 0.0, **facts})


def offer(id: Any = "o", **facts: Any) -> Offer:
    return Offer(**{"id": id, "partner": "B", "kind": "k", "languages": FRENCH, "x": 10.0, "y": 0.0, **facts})


def instance(seed: int, asked: int = 4, offered: int = 3) -> tuple[list[Request], list[Offer]]:
    """In which every rule has a chance to bind."""
    r = random.Random(seed)

    def facts(names: list[str]) -> dict[str, Any]:
        start = r.choice([None, 0, 4])
        return {
            "partner": r.choice("ABCD"),
            "kind": r.choice(["k", "k", "l"]),
            "languages": frozenset(r.sample(["fr", "ar"], r.randint(1, 2))),
            "x": float(r.randint(0, 60)),
            "y": float(r.randint(0, 20)),
            "start": start,
            "end": None if start is None else start + r.randint(0, 5),
            "declines": frozenset(r.sample(names, 1)) if r.random() < 0.2 else frozenset(),
        }

    their, our = [f"r{k}" for k in range(asked)], [f"o{k}" for k in range(offered)]
    requests = [request(one, visits=r.randint(1, 2), priority=r.randint(0, 3), **facts(our)) for one in their]
    return requests, [offer(one, capacity=r.randint(0, 3), **facts(their)) for one in our]


def best(requests: list[Request], offers: list[Offer]) -> tuple[int, int, int]:
    """By trying everything: visits, priority, least cost."""
    costs = {
        (r.id, o.id): found.pairs[0].cost
        for r in requests
        for o in offers
        if (found := match([replace(r, visits=1)], [replace(o, capacity=1)], LIMITS)).pairs
    }
    places = list(costs)
    rooms = {o.id: o.capacity for o in offers}
    wants = {r.id: r for r in requests}
    tried = []
    for visits in product(*(range(min(wants[r].visits, rooms[o]) + 1) for r, o in places)):
        flow = dict(zip(places, visits, strict=True))
        got = {one: sum(n for (r, _), n in flow.items() if r == one) for one in wants}
        given_ = {one: sum(n for (_, o), n in flow.items() if o == one) for one in rooms}
        if all(got[r] <= wants[r].visits for r in wants) and all(given_[o] <= rooms[o] for o in rooms):
            value = sum(n * wants[r].priority for r, n in got.items())
            tried.append((sum(visits), value, -sum(n * costs[pair] for pair, n in flow.items())))
    return max(tried)


def figures(found: Matching) -> tuple[int, int, int]:
    return found.visits, found.value, -found.cost


@pytest.mark.slow
def test_the_best_of_everything():
    seen = set()
    for seed in range(60):
        requests, offers = instance(seed)
        found = match(requests, offers, LIMITS)
        assert figures(found) == best(requests, offers), seed
        assert check(requests, offers, found, LIMITS) == (), seed
        seen |= {one.why for one in found.unserved}
    assert seen == set(WHY)


def test_three_by_hand():
    """Only one can go to the near offer; most visits first, so the one with another choice gives way."""
    requests = [request("a"), request("b", declines=frozenset({"far"}))]
    offers = [offer("near"), offer("far", x=100.0)]
    found = match(requests, offers)
    assert [(p.request, p.offer, p.cost) for p in found.pairs] == [("a", "far", 130), ("b", "near", 13)]
    assert (found.visits, found.value, found.cost, found.unserved) == (2, 2, 143, ())
    pair = found.pairs[0]
    assert (pair.same_kind, pair.likeness, pair.km, pair.weeks, pair.languages) == (True, 1.0, 130.0, None, ("fr",))


def test_priority_before_cost_and_then_who_came_first():
    both = [request("a"), request("b", x=9.0)]
    assert match(both, [offer()]).pairs[0].request == "b", "nearer"
    assert match([replace(both[0], priority=2), both[1]], [offer()]).pairs[0].request == "a", "more priority"
    same = [request("b"), request("a")]
    assert match(same, [offer()]).pairs[0].request == "b", "the first"
    assert match(same[::-1], [offer()]).pairs[0].request == "a", "the first"


def test_several_visits_from_several_offers():
    found = match([request(visits=4)], [offer("o", capacity=3), offer("p", capacity=2, x=20.0)])
    assert [(p.offer, p.visits) for p in found.pairs] == [("o", 3), ("p", 1)]


def test_titles_join_what_kinds_do_not():
    asked = request(kind=None, title="Tri des déchets")
    offers = [
        offer("waste", kind=None, title="فرز النفايات"),
        offer("l", kind="l"),
        offer("m", kind="m", title="Sport"),
    ]
    found = match([asked], offers)
    (pair,) = found.pairs
    assert (pair.offer, pair.same_kind) == ("waste", False)
    assert 0.5 <= pair.likeness < 1
    assert pair.cost == round(13 + 100 * (1 - pair.likeness))
    assert check([asked], offers, found) == ()


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"kind": "l"}, "topic"),
        ({"partner": "A"}, "own"),
        ({"languages": ARABIC}, "language"),
        ({"start": 4, "end": 5}, "weeks"),
        ({"x": 36.0}, "distance"),
        ({"declines": frozenset({"r"})}, "declined"),
        ({"capacity": 0}, "full"),
    ],
)
def test_why_a_request_is_left(facts: dict[str, Any], why: str):
    """The other offer is of no use from the first question on, so it is not named after that."""
    asked = request(start=0, end=3)
    offers = [offer("other", kind="m"), offer(**facts)]
    (left,) = match([asked], offers, LIMITS).unserved
    assert (left.request, left.visits, left.why) == ("r", 1, why)
    assert set(left.offers) == ({"o", "other"} if why == "topic" else {"o"})
    assert left.count == len(left.offers)


def test_full_names_the_offers_that_are_taken():
    found = match([request("a"), request("b")], [offer("far", x=20.0, capacity=0), offer("o")])
    assert [(one.request, one.why, one.count, one.offers) for one in found.unserved] == [("b", "full", 2, ("o", "far"))]


def test_nothing_to_match():
    assert match([], []) == Matching((), (), 0, 0, 0)
    assert match([], [offer()]) == Matching((), (), 0, 0, 0)
    (left,) = match([request(visits=2)], []).unserved
    assert (left.visits, left.why, left.count, left.offers) == (2, "topic", 0, ())


@pytest.mark.slow
@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=15, deadline=None)
def test_the_order_of_the_input_changes_no_figure(seed: int, shuffle: random.Random):
    requests, offers = instance(seed, 7, 5)
    found = match(requests, offers, LIMITS)
    assert match(requests, offers, LIMITS) == found
    shuffle.shuffle(requests)
    shuffle.shuffle(offers)
    assert figures(match(requests, offers, LIMITS)) == figures(found)


@pytest.mark.slow
@given(st.integers(0, 10_000), st.integers(0, 4))
@settings(max_examples=15, deadline=None)
def test_more_capacity_never_serves_fewer(seed: int, which: int):
    requests, offers = instance(seed, 7, 5)
    found = match(requests, offers, LIMITS)
    offers[which] = replace(offers[which], capacity=offers[which].capacity + 1)
    assert figures(match(requests, offers, LIMITS)) >= figures(found)


def test_a_larger_one_is_proven():
    requests, offers = instance(5, 60, 20)
    found = match(requests, offers, LIMITS)
    assert found.visits > 20
    assert check(requests, offers, found, LIMITS) == ()


TWO = [request("a"), request("b", x=9.0)]


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (lambda m: replace(m, pairs=(replace(m.pairs[0], offer="x"),)), "unknown"),
        (lambda m: replace(m, pairs=m.pairs * 2), "twice"),
        (lambda m: replace(m, pairs=(replace(m.pairs[0], visits=0),)), "visits"),
        (lambda m: replace(m, pairs=(replace(m.pairs[0], visits=2),)), "capacity"),
        (lambda m: replace(m, pairs=(replace(m.pairs[0], cost=0),)), "cost"),
        (lambda m: replace(m, pairs=(replace(m.pairs[0], offer="own"),)), "not admissible"),
        (lambda m: replace(m, unserved=()), "unserved"),
        (lambda m: replace(m, cost=0), "totals"),
    ],
)
def test_the_check_finds_what_is_wrong(change: Any, rule: str):
    offers = [offer(), offer("own", partner="A")]
    found = match(TWO, offers)
    assert check(TWO, offers, found) == ()
    assert rule in {fault.rule for fault in check(TWO, offers, change(found))}


def test_the_check_finds_what_could_be_better():
    found = match([TWO[0]], [offer()])
    (left,) = match([request("b")], [offer(capacity=0)]).unserved
    worse = replace(found, unserved=(left,))
    assert [fault.rule for fault in check(TWO, [offer()], worse)] == ["not the best"]
    nothing = Matching((), match([TWO[0]], [offer(capacity=0)]).unserved, 0, 0, 0)
    assert [fault.rule for fault in check([TWO[0]], [offer()], nothing)] == ["not the best"]


@pytest.mark.parametrize(
    ("made", "field"),
    [
        (lambda: request(kind=None), "request r.kind"),
        (lambda: request(x=None, y=None), "request r.x"),
        (lambda: request(x=float("nan")), "request r.x"),
        (lambda: request(languages=frozenset()), "request r.languages"),
        (lambda: request(start=3, end=2), "request r.end"),
        (lambda: request(visits=0), "request r.visits"),
        (lambda: request(priority=-1), "request r.priority"),
        (lambda: request(priority=1.5), "request r.priority"),
        (lambda: offer(capacity=-1), "offer o.capacity"),
        (lambda: offer(title=" "), "offer o.title"),
        (lambda: Limits(km=-1), "limits.km"),
        (lambda: Limits(alike=0), "limits.alike"),
        (lambda: Limits(weeks=0), "limits.weeks"),
        (lambda: match([request(), request()], []), "requests[1].id"),
        (lambda: match([], [offer(), offer()]), "offers[1].id"),
    ],
)
def test_what_does_not_fit_is_refused_naming_the_field(made: Any, field: str):
    with pytest.raises(EngineError) as refused:
        made()
    assert refused.value.field == field


def test_too_many_pairs_are_refused(monkeypatch: pytest.MonkeyPatch):
    # By its module: the package's `match` is the function.
    monkeypatch.setattr(sys.modules["tiwizi_engine.matching.match"], "MOST_PAIRS", 1)
    with pytest.raises(EngineError, match="more than 1 pairs are admissible"):
        match(TWO, [offer()])

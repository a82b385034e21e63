"""An independent check of a matching: each rule again, pair by pair, and a proof that no other is better.

It shares the comparison of titles with `match`, nothing else. The proof is not the solver's: a flow is of least cost
exactly when no cycle of what could still be changed has a negative cost (Klein 1967); such a cycle is sought by
Bellman and Ford's method (Ford and Fulkerson 1962).
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tiwizi_engine.matching.exchange import Limits, Matching, Offer, Pair, Request
from tiwizi_engine.matching.facts import Id
from tiwizi_engine.matching.glossary import Glossary
from tiwizi_engine.matching.match import NO_LIMITS, title_index
from tiwizi_engine.matching.titles import SLACK, Titles

Arc = tuple[object, object, int]  # from, to, what one more visit along it costs


@dataclass(frozen=True)
class Fault:
    """A rule that a matching breaks: its code, and the ids that it is about."""

    rule: str
    request: Id | None = None
    offer: Id | None = None


def check(
    requests: Sequence[Request],
    offers: Sequence[Offer],
    matching: Matching,
    limits: Limits = NO_LIMITS,
    glossary: Glossary | None = None,
) -> tuple[Fault, ...]:
    """Every broken rule; nothing when the matching is sound and the best. Meant for some hundreds of requests.

    Codes: `unknown`, `twice`, `not admissible`, `cost`, `visits`, `capacity`, `unserved`, `totals`, `not the best`.
    """
    asked, offered = {one.id: one for one in requests}, {one.id: one for one in offers}
    unknown = [
        Fault("unknown", p.request, p.offer) for p in matching.pairs if p.request not in asked or p.offer not in offered
    ]
    if unknown:
        return tuple(unknown)
    costs = _Costs(requests, offers, limits, glossary)
    faults = [*_pair_faults(asked, offered, matching, costs), *_sum_faults(asked, offered, matching)]
    if not faults and _could_be_better(requests, offers, matching, costs):
        faults.append(Fault("not the best"))
    return tuple(faults)


class _Costs:
    """What a visit costs between two, or `None` where it may not be. Written again on purpose."""

    def __init__(
        self, requests: Sequence[Request], offers: Sequence[Offer], limits: Limits, glossary: Glossary | None
    ) -> None:
        self._limits = limits
        self._titles: Titles | None = title_index(requests, offers, glossary)
        titled = [one.id for one in offers if one.title is not None]
        self._row = dict(zip(titled, self._titles.row_of.tolist(), strict=False)) if self._titles else {}
        self._scores: dict[str, list[float]] = {}

    def of(self, r: Request, o: Offer) -> int | None:
        likeness = 1.0 if r.kind and r.kind == o.kind else self._likeness(r, o)
        km = 1.3 * math.dist((r.x or 0, r.y or 0), (o.x or 0, o.y or 0))
        if (
            likeness < self._limits.alike - SLACK
            or r.partner == o.partner
            or not set(r.languages) & set(o.languages)
            or not self._in_time(r, o)
            or (self._limits.km is not None and km > self._limits.km)
            or o.id in r.declines
            or r.id in o.declines
        ):
            return None
        return round(km + 100 * (1 - likeness))

    def _likeness(self, r: Request, o: Offer) -> float:
        if not self._titles or not r.title or not o.title:
            return 0.0
        if r.title not in self._scores:
            self._scores[r.title] = self._titles.scores(r.title).tolist()
        return float(self._scores[r.title][self._row[o.id]])

    def _in_time(self, r: Request, o: Offer) -> bool:
        if r.start is None or r.end is None or o.start is None or o.end is None:
            return True
        return len({*range(r.start, r.end + 1)} & {*range(o.start, o.end + 1)}) >= self._limits.weeks


def _pair_faults(
    asked: dict[Id, Request], offered: dict[Id, Offer], matching: Matching, costs: _Costs
) -> Iterator[Fault]:
    seen: set[tuple[Id, Id]] = set()
    for pair in matching.pairs:
        between = (pair.request, pair.offer)
        if between in seen or pair.visits < 1:
            yield Fault("twice" if between in seen else "visits", *between)
        seen.add(between)
        cost = costs.of(asked[pair.request], offered[pair.offer])
        if cost is None:
            yield Fault("not admissible", *between)
        elif cost != pair.cost:
            yield Fault("cost", *between)


def _sum_faults(asked: dict[Id, Request], offered: dict[Id, Offer], matching: Matching) -> Iterator[Fault]:
    got, given = _by(matching.pairs, "request"), _by(matching.pairs, "offer")
    lacking = {one.request: one.visits for one in matching.unserved}
    for id, request in asked.items():
        if got[id] > request.visits:
            yield Fault("visits", request=id)
        if lacking.get(id, 0) != request.visits - got[id]:
            yield Fault("unserved", request=id)
    for id, offer in offered.items():
        if given[id] > offer.capacity:
            yield Fault("capacity", offer=id)
    totals = (
        sum(p.visits for p in matching.pairs),
        sum(p.visits * asked[p.request].priority for p in matching.pairs),
        sum(p.visits * p.cost for p in matching.pairs),
    )
    if totals != (matching.visits, matching.value, matching.cost):
        yield Fault("totals")


def _by(pairs: Sequence[Pair], side: str) -> Counter[Id]:
    found: Counter[Id] = Counter()
    for pair in pairs:
        found[getattr(pair, side)] += pair.visits
    return found


def _could_be_better(requests: Sequence[Request], offers: Sequence[Offer], matching: Matching, costs: _Costs) -> bool:
    """Is there a cycle of changes that brings more visits, or more priority, or less cost, in this order?"""
    used = {(p.request, p.offer): p.visits for p in matching.pairs}
    got, given = _by(matching.pairs, "request"), _by(matching.pairs, "offer")
    admitted = [(r, o, cost) for r in requests for o in offers if (cost := costs.of(r, o)) is not None]
    # One visit outweighs all priorities, one point of priority all costs: exact, these are whole numbers of any size.
    point = 1 + sum(2 * cost for _, _, cost in admitted)
    visit = 1 + point * (1 + 2 * sum(r.priority for r in requests))
    arcs: list[Arc] = []
    for r in requests:
        gain = visit + point * r.priority
        arcs += [("pool", ("r", r.id), -gain)] if got[r.id] < r.visits else []
        arcs += [(("r", r.id), "pool", gain)] if got[r.id] else []
    for r, o, cost in admitted:
        flow = used.get((r.id, o.id), 0)
        arcs += [(("r", r.id), ("o", o.id), cost)] if flow < min(r.visits, o.capacity) else []
        arcs += [(("o", o.id), ("r", r.id), -cost)] if flow else []
    for o in offers:
        arcs += [(("o", o.id), "pool", 0)] if given[o.id] < o.capacity else []
        arcs += [("pool", ("o", o.id), 0)] if given[o.id] else []
    return _negative_cycle(arcs)


def _negative_cycle(arcs: Sequence[Arc]) -> bool:
    """Distances from everywhere at once; after as many rounds as there are nodes only a cycle still lowers them."""
    far: dict[object, int] = defaultdict(int)
    nodes = {end for arc in arcs for end in arc[:2]}
    for _ in range(len(nodes) + 1):
        lowered = False
        for start, end, cost in arcs:
            if far[start] + cost < far[end]:
                far[end] = far[start] + cost
                lowered = True
        if not lowered:
            return False
    return True

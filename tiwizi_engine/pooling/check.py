"""An independent check of a plan: every rule of the format, recomputed without the solver's code."""

import math
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tiwizi_engine.money import to_units
from tiwizi_engine.pooling.plan import Order, Plan
from tiwizi_engine.pooling.problem import Event, Intervention, Problem


@dataclass(frozen=True)
class Fault:
    """A rule that the plan breaks: its code, where, and a sentence."""

    rule: str
    sentence: str
    event: int | None = None
    intervention: int | None = None


@dataclass(frozen=True)
class Report:
    """The plan as recomputed; money in cents."""

    errors: tuple[Fault, ...]
    mandatory_missed: int
    value: int
    cost: int
    done: int
    pooled: int
    spread: float

    @property
    def ok(self) -> bool:
        return not self.errors

    def to_dict(self) -> dict[str, Any]:
        return {
            "errors": [vars(e) for e in self.errors],
            "mandatory_missed": self.mandatory_missed,
            "value": self.value,
            "cost": to_units(self.cost),
            "done": self.done,
            "pooled": self.pooled,
            "spread": self.spread,
        }


def check(problem: Problem, plan: Plan) -> Report:
    """Every broken rule, and the figures recomputed. Knows nothing of how the plan was found."""
    faults = [
        *_alone_faults(problem, plan),
        *_reuse_faults(problem, plan),
        *(fault for k, order in enumerate(plan.orders) for fault in _order_faults(problem, k, order)),
        *_once_faults(problem, plan),
        *_agreed_faults(problem, plan),
        *(fault for k, event in enumerate(plan.events) for fault in _event_faults(problem, k, event)),
        *_host_faults(problem, plan),
        *_money_faults(problem, plan),
        *_bound_faults(problem, plan),
    ]
    return Report(tuple(faults), *_figures(problem, plan))


# Costs, written again on purpose: a mistake in the solver's costs must not hide here.


def _direct(p: Problem, i: int, host: int) -> int:
    one = p.interventions[i]
    if host in one.direct_at:
        return one.direct_at[host]
    kind = p.kinds[one.kind]
    home = one.home if one.home is not None else p.partnerships[one.partnership].commune
    heads = kind.per_head * one.n
    if home == host:
        return heads * 100
    here, there = p.communes[home], p.communes[host]
    km = 1.3 * math.hypot(here.x - there.x, here.y - there.y)
    return (heads + round(2 * km * one.n * kind.rate / 100)) * 100


def _cost(p: Problem, event: Event) -> int:
    kind = p.kinds[p.interventions[event.members[0]].kind]
    fixed = kind.fixed * p.communes[event.host].host_factor // 100 * 100
    return fixed + sum(_direct(p, i, event.host) for i in event.members)


def _alone_faults(p: Problem, plan: Plan) -> Iterator[Fault]:
    for i, week in plan.alone:
        if not 0 <= i < len(p.interventions):
            yield Fault("unknown", f"there is no intervention {i}", intervention=i)
            continue
        one = p.interventions[i]
        if not one.alone_ok:
            yield Fault("alone", f"intervention {i} may not be done alone", intervention=i)
        if not one.start <= week <= one.end:
            yield Fault(
                "window", f"intervention {i} is done in week {week}, outside {one.start}-{one.end}", intervention=i
            )


def _reuse_faults(p: Problem, plan: Plan) -> Iterator[Fault]:
    for i, what, period in plan.reused:
        if not 0 <= what < len(p.reuse) or i not in p.reuse[what].users:
            yield Fault("reuse", f"intervention {i} reuses {what}, which is not offered to it", intervention=i)
            continue
        if p.reuse[what].users[i] > p.interventions[i].cost:
            yield Fault("reuse", f"intervention {i} pays more for reusing {what} than alone", intervention=i)
        yield from _apart_faults(p, i, period)


def _order_faults(p: Problem, k: int, order: Order) -> Iterator[Fault]:
    if not 0 <= order.volume < len(p.volume) or not set(order.buyers) <= set(p.volume[order.volume].buyers):
        yield Fault("order", f"order {k} names a volume that does not exist, or buyers that do not need it")
        return
    price = _unit_price(p, order)
    if price is None:
        yield Fault("order", f"order {k} is below the least quantity")
    partners = {p.interventions[i].partnership for i in order.buyers}
    if any(b in p.partnerships[a].no_pool for a in partners for b in partners):
        yield Fault("no_pool", f"order {k} joins partners that exclude each other")
    for i in order.buyers:
        if price is not None and price * p.volume[order.volume].buyers[i] > p.interventions[i].cost:
            yield Fault("order", f"order {k}: intervention {i} pays more than alone", intervention=i)
        yield from _apart_faults(p, i, order.period)


def _apart_faults(p: Problem, i: int, period: int) -> Iterator[Fault]:
    """Of what is done with others, but at no place and in no week."""
    one, length = p.interventions[i], p.meta.period_weeks
    if not one.poolable:
        yield Fault("poolable", f"intervention {i} may not be pooled", intervention=i)
    if not one.start // length <= period <= one.end // length:
        yield Fault("window", f"intervention {i} is done in period {period}, which its window misses", intervention=i)


def _unit_price(p: Problem, order: Order) -> int | None:
    units = sum(p.volume[order.volume].buyers[i] for i in order.buyers)
    return min((price for least, price in p.volume[order.volume].prices if least <= units), default=None)


def _done(plan: Plan) -> list[int]:
    """Every intervention that is done, as often as it is."""
    apart = [i for i, _ in plan.alone] + [i for i, _, _ in plan.reused] + [i for o in plan.orders for i in o.buyers]
    return apart + [i for e in plan.events for i in e.members]


def _once_faults(p: Problem, plan: Plan) -> Iterator[Fault]:
    times = Counter(_done(plan))
    for i, count in times.items():
        if count > 1:
            yield Fault("once", f"intervention {i} is done {count} times", intervention=i)


def _agreed_faults(p: Problem, plan: Plan) -> Iterator[Fault]:
    for k, event in enumerate(p.agreed):
        if event not in plan.events:
            yield Fault("agreed", f"agreed event {k} is not kept as it was agreed")


def _event_faults(p: Problem, k: int, event: Event) -> Iterator[Fault]:
    if event in p.agreed:
        return  # people agreed it, under the rules of their day
    if not event.members or not all(0 <= i < len(p.interventions) for i in event.members):
        yield Fault("unknown", f"event {k} names an intervention that does not exist", event=k)
        return
    if not 0 <= event.host < len(p.communes):
        yield Fault("unknown", f"event {k} has no such host: {event.host}", event=k)
        return
    ones = [p.interventions[i] for i in event.members]
    for rule, good, sentence in _group_rules(p, event, ones):
        if not good:
            yield Fault(rule, f"event {k}: {sentence}", event=k)
    for i, one in zip(event.members, ones, strict=True):
        for rule, good, sentence in _member_rules(p, event, i, one):
            if not good:
                yield Fault(rule, f"event {k}, intervention {i}: {sentence}", event=k, intervention=i)
    yield from _share_faults(p, k, event)


def _group_rules(p: Problem, event: Event, ones: list[Intervention]) -> Iterator[tuple[str, bool, str]]:
    meta, host = p.meta, p.communes[event.host]
    partners = {one.partnership for one in ones}
    heads = sum(one.n for one in ones)
    kind = p.kinds[ones[0].kind]
    homes = {p.partnerships[q].commune for q in partners} | {one.home for one in ones}
    yield "members", meta.min_members <= len(ones) <= meta.max_members, f"has {len(ones)} members"
    yield "partners", meta.min_members == 1 or len(partners) >= 2, "has one partnership only"
    yield "kind", len({one.kind for one in ones}) == 1, "mixes kinds"
    yield "target", len({one.target for one in ones}) == 1, "mixes target groups"
    yield "language", all(event.language in one.languages for one in ones), f"{event.language} is not everybody's"
    yield "size", kind.min_pool <= heads <= min(kind.max_pool, host.venue), f"has {heads} participants"
    yield "host", host.hosts or event.host in homes, "its host accepts no shared event"
    yield "blocked", event.week not in host.blocked, f"its host cannot in week {event.week}"
    yield "horizon", 0 <= event.week < meta.weeks, f"week {event.week} is outside the horizon"
    quarrel = any(b in p.partnerships[a].no_pool for a in partners for b in partners)
    yield "no_pool", not quarrel, "joins partners that exclude each other"
    group = set(event.members)
    refused = any(r.intervention in group and r.members <= group for r in p.refused)
    yield "refused", not refused, "was refused by a member"
    joined = all(r.members <= group for r in p.must_join if r.intervention in group)
    yield "must_join", joined, "lacks somebody whom a member must join"
    saving = sum(one.cost for one in ones) - _cost(p, event)
    yield "saving", saving >= meta.min_saving, f"saves {to_units(saving)} only"


def _member_rules(p: Problem, event: Event, i: int, one: Intervention) -> Iterator[tuple[str, bool, str]]:
    yield "window", one.start <= event.week <= one.end, f"week {event.week} is outside {one.start}-{one.end}"
    yield "hosts", event.host in one.hosts, "does not accept this host"
    yield "pin_host", one.pin_host in (None, event.host), f"is pinned to host {one.pin_host}"
    yield "pin_week", one.pin_week in (None, event.week), f"is fixed to week {one.pin_week}"
    yield "poolable", one.poolable, "may not be pooled"
    yield "direct", _direct(p, i, event.host) < one.cost, "costs no less here than alone"


def _share_faults(p: Problem, k: int, event: Event) -> Iterator[Fault]:
    cost = _cost(p, event)
    if len(event.shares) != len(event.members) or sum(event.shares) != cost:
        yield Fault(
            "shares", f"event {k}: shares add up to {to_units(sum(event.shares))}, not {to_units(cost)}", event=k
        )
        return
    for i, share in zip(event.members, event.shares, strict=True):
        direct, alone = _direct(p, i, event.host), p.interventions[i].cost
        if not direct <= share <= alone:
            between = f"is not between {to_units(direct)} and {to_units(alone)}"
            sentence = f"event {k}, intervention {i}: share {to_units(share)} {between}"
            yield Fault("band", sentence, event=k, intervention=i)


def _host_faults(p: Problem, plan: Plan) -> Iterator[Fault]:
    for (host, week), count in Counter((e.host, e.week) for e in plan.events).items():
        if count > 1:
            yield Fault("one event a week", f"host {host} holds {count} events in week {week}")


def _paid(p: Problem, plan: Plan) -> dict[tuple[int, int], int]:
    """Cents by (partnership, period)."""
    paid: dict[tuple[int, int], int] = defaultdict(int)
    for i, week in plan.alone:
        paid[p.interventions[i].partnership, week // p.meta.period_weeks] += p.interventions[i].cost
    for i, period, cents in _paid_apart(p, plan):
        paid[p.interventions[i].partnership, period] += cents
    for event in plan.events:
        for i, share in zip(event.members, event.shares, strict=False):
            paid[p.interventions[i].partnership, event.week // p.meta.period_weeks] += share
    return paid


def _paid_apart(p: Problem, plan: Plan) -> Iterator[tuple[int, int, int]]:
    """(intervention, period, cents) of reuse and orders; only of those that exist."""
    for i, what, period in plan.reused:
        if 0 <= what < len(p.reuse) and i in p.reuse[what].users:
            yield i, period, p.reuse[what].users[i]
    for order in plan.orders:
        if 0 <= order.volume < len(p.volume) and set(order.buyers) <= set(p.volume[order.volume].buyers):
            price = _unit_price(p, order) or 0
            yield from ((i, order.period, price * p.volume[order.volume].buyers[i]) for i in order.buyers)


def _money_faults(p: Problem, plan: Plan) -> Iterator[Fault]:
    if _names_unknown(p, plan):
        return
    paid = _paid(p, plan)
    for q, one in enumerate(p.partnerships):
        whole = sum(cents for (partner, _), cents in paid.items() if partner == q)
        if whole > one.budget:
            yield Fault("budget", f"partnership {q} pays {to_units(whole)}, more than its {to_units(one.budget)}")
    for (q, period), cents in paid.items():
        cap = p.partnerships[q].period_cap[period] if period < p.meta.periods else 0
        if cents > cap:
            yield Fault(
                "period_cap", f"partnership {q} pays {to_units(cents)} in period {period}, more than {to_units(cap)}"
            )


def _names_unknown(p: Problem, plan: Plan) -> bool:
    return any(not 0 <= i < len(p.interventions) for i in _done(plan))


def _bound_faults(p: Problem, plan: Plan) -> Iterator[Fault]:
    if _names_unknown(p, plan):
        return
    missed, value, cost, *_ = _figures(p, plan)
    if p.stability:
        earlier = {(frozenset(e.members), e.host, e.week) for e in p.stability.events}
        cost -= p.stability.worth * sum((frozenset(e.members), e.host, e.week) in earlier for e in plan.events)
    if missed < plan.bound.mandatory_missed:
        yield Fault("bound", f"misses {missed} mandatory, fewer than the bound {plan.bound.mandatory_missed}")
    if missed == plan.bound.mandatory_missed and value > plan.bound.value:
        yield Fault("bound", f"has value {value}, more than the bound {plan.bound.value}")
    if plan.bound.cost is not None and value == plan.bound.value and cost < plan.bound.cost:
        yield Fault("bound", f"costs {to_units(cost)}, less than the bound {to_units(plan.bound.cost)}")


def _figures(p: Problem, plan: Plan) -> tuple[int, int, int, int, int, float]:
    """Mandatory missed, value, cost, done, pooled, spread."""
    known = range(len(p.interventions))
    alone = [i for i, _ in plan.alone if i in known]
    pooled = [(i, e.host) for e in plan.events for i in e.members if 0 <= i < len(p.interventions)]
    done = {i for i in _done(plan) if i in known}
    missed = sum(1 for i, one in enumerate(p.interventions) if one.mandatory and i not in done)
    value = sum(p.interventions[i].value for i in done)
    value += sum(p.interventions[i].bonus for i, host in pooled if host in p.interventions[i].prefer)
    cost = sum(p.interventions[i].cost for i in alone) + sum(sum(e.shares) for e in plan.events)
    cost += sum(cents for _, _, cents in _paid_apart(p, plan))
    return missed, value, cost, len(done), len(pooled), _spread(p, plan)


def _spread(p: Problem, plan: Plan) -> float:
    """Largest minus smallest ratio of what a partnership pays to what the same would cost it alone."""
    pays: dict[int, int] = defaultdict(int)
    alone: dict[int, int] = defaultdict(int)
    for i, _ in plan.alone:
        if 0 <= i < len(p.interventions):
            pays[p.interventions[i].partnership] += p.interventions[i].cost
            alone[p.interventions[i].partnership] += p.interventions[i].cost
    for i, _, cents in _paid_apart(p, plan):
        pays[p.interventions[i].partnership] += cents
        alone[p.interventions[i].partnership] += p.interventions[i].cost
    for event in plan.events:
        for i, share in zip(event.members, event.shares, strict=False):
            if 0 <= i < len(p.interventions):
                pays[p.interventions[i].partnership] += share
                alone[p.interventions[i].partnership] += p.interventions[i].cost
    ratios = [pays[q] / alone[q] for q in pays if alone[q]]
    return max(ratios) - min(ratios) if ratios else 0.0

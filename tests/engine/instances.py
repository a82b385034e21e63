"""Small random problems, and the best plan of each by trying everything."""

import random
from itertools import combinations
from typing import Any

Best = tuple[int, int, int]  # mandatory missed, value, cost in cents
Way = tuple[int, int, int, tuple[int, int] | None]  # intervention, period, cents, and which order of which volume


def tiny(seed: int) -> dict[str, Any]:
    """A problem of three to five interventions in which every rule has a chance to bind."""
    r = random.Random(seed)
    communes = [
        {
            "x": r.randint(0, 60),
            "y": r.randint(0, 60),
            "region": 0,
            "venue": r.choice([15, 25, 60]),
            "host_factor": r.choice([80, 100, 125]),
            "blocked": sorted(r.sample(range(6), r.randint(0, 2))),
            "hosts": r.random() < 0.8,
        }
        for _ in range(3)
    ]
    count = r.randint(3, 5)
    interventions = [_intervention(r) for _ in range(count)]
    partnerships = [
        {
            "commune": k,
            "region": 0,
            "language": "fr",
            "budget": r.choice([900, 1500, 2500, 6000]),
            "period_cap": [r.choice([700, 1200, 5000]) for _ in range(2)],
            "no_pool": [(k + 1) % 3] if r.random() < 0.2 else [],
        }
        for k in range(3)
    ]
    kinds = [
        {
            "fixed": r.choice([300, 800, 1201]),
            "per_head": r.choice([5, 20]),
            "min_pool": r.choice([0, 12]),
            "max_pool": 40,
            "rate": r.choice([5, 30]),
        }
        for _ in range(2)
    ]  # fmt: skip
    problem: dict[str, Any] = {
        "meta": {"weeks": 6, "period_weeks": 3, "periods": 2, "max_members": r.choice([2, 3, 4])},
        "communes": communes,
        "partnerships": partnerships,
        "kinds": kinds,
        "interventions": interventions,
    }
    if r.random() < 0.3:
        problem["meta"]["min_saving"] = r.choice([50, 300])
    if r.random() < 0.2:
        problem["meta"]["min_members"] = 1
    if r.random() < 0.2:
        problem["refused"] = [{"intervention": 0, "members": [0, 1]}]
    return problem


def with_options(seed: int) -> dict[str, Any]:
    """A tiny problem with the optional lists: what exists already, what is bought together, who must join whom, and an
    earlier plan worth keeping. Indices are drawn at random, so many of them say nothing or contradict each other."""
    problem, r = tiny(seed), random.Random(-1 - seed)
    ids = range(len(problem["interventions"]))
    if r.random() < 0.4:
        problem["reuse"] = [{"users": {str(i): r.choice([0, 150.25, 400, 1200]) for i in r.sample(ids, 2)}}]
    if r.random() < 0.5:
        buyers = {str(i): r.randint(2, 9) for i in r.sample(ids, r.randint(2, len(ids)))}
        prices = [{"from": r.choice([1, 4]), "price": 150.5}, {"from": r.choice([9, 12]), "price": 90}]
        problem["volume"] = [{"prices": prices[: r.randint(1, 2)], "buyers": buyers}]
    if r.random() < 0.4:
        problem["must_join"] = [{"intervention": i, "members": r.sample(ids, 1)} for i in r.sample(ids, 2)]
    if r.random() < 0.6 and (events := _events(problem)):
        chosen = r.sample(events, min(2, len(events)))
        problem["stability"] = {
            "worth": r.choice([40, 300]),
            "events": [
                {"host": e["host"], "week": e["week"], "language": "fr", "members": list(e["members"]),
                 "shares": [0] * len(e["members"])}
                for e in chosen
            ],
        }  # fmt: skip
    return problem


def _intervention(r: random.Random) -> dict[str, Any]:
    start = r.randint(0, 2)
    row = {
        "partnership": r.randrange(3),
        "kind": r.choice([0, 0, 0, 1]),
        "languages": r.choice([["fr"], ["fr", "ar"], ["ar", "fr"], ["ar"]]),
        "target": r.choice(["youth", "youth", "youth", "youth", "staff"]),
        "n": r.randint(4, 14),
        "cost": r.choice([600, 900, 1100.5, 1500, 1999.99]),
        "value": r.randint(1, 9),
        "start": start,
        "end": r.randint(start + 1, 5),
        "mandatory": r.random() < 0.25,
        "alone_ok": r.random() < 0.85,
        "hosts": sorted(r.sample(range(3), r.randint(1, 3))),
        "pin_host": r.randrange(3) if r.random() < 0.1 else None,
        "prefer": [r.randrange(3)] if r.random() < 0.3 else [],
        "bonus": r.choice([0, 2]),
    }
    if r.random() < 0.15:
        row["pin_week"] = r.randint(0, 5)
    if r.random() < 0.1:
        row["poolable"] = False
    if r.random() < 0.1:
        row["direct_at"] = {"1": 250}
    return row


def brute_force(p: dict[str, Any]) -> Best:
    """Every set of events with every week, every choice of what is done alone in which period, and whether the money
    can be shared within bands, budgets and caps (a maximum flow on whole cents)."""
    events = _events(p)
    best: Best | None = None

    def grow(chosen: list[dict[str, Any]], start: int) -> None:
        nonlocal best
        best = _best_with(p, chosen, best)
        held = {i for e in chosen for i in e["members"]}
        for k in range(start, len(events)):
            one = events[k]
            booked = {(e["host"], e["week"]) for e in chosen}
            if not held & set(one["members"]) and (one["host"], one["week"]) not in booked:
                grow([*chosen, one], k + 1)

    grow([], 0)
    assert best is not None
    return best


def _cents(x: float) -> int:
    return round(100 * x)


def _direct(p: dict[str, Any], i: int, h: int) -> int:
    one = p["interventions"][i]
    if str(h) in one.get("direct_at", {}):
        return _cents(one["direct_at"][str(h)])
    kind, home = p["kinds"][one["kind"]], p["partnerships"][one["partnership"]]["commune"]
    a, b = p["communes"][home], p["communes"][h]
    km = 1.3 * ((a["x"] - b["x"]) ** 2 + (a["y"] - b["y"]) ** 2) ** 0.5
    travel = 0 if home == h else round(2 * km * one["n"] * kind["rate"] / 100)
    return 100 * (kind["per_head"] * one["n"] + travel)


def _events(p: dict[str, Any]) -> list[dict[str, Any]]:
    meta, found = p["meta"], []
    least = meta.get("min_members", 2)
    for size in range(least, meta["max_members"] + 1):
        for members in combinations(range(len(p["interventions"])), size):
            for h in range(3):
                for w in range(6):
                    if _allowed(p, members, h, w):
                        direct = [_direct(p, i, h) for i in members]
                        fixed = 100 * (
                            p["kinds"][p["interventions"][members[0]]["kind"]]["fixed"]
                            * p["communes"][h]["host_factor"]
                            // 100
                        )
                        alone = sum(_cents(p["interventions"][i]["cost"]) for i in members)
                        if (
                            alone - sum(direct) - fixed >= _cents(meta.get("min_saving", 0))
                            and alone >= sum(direct) + fixed
                        ):
                            found.append(
                                {
                                    "members": members,
                                    "host": h,
                                    "week": w,
                                    "cost": sum(direct) + fixed,
                                    "direct": direct,
                                }
                            )
    return found


def _allowed(p: dict[str, Any], members: tuple[int, ...], h: int, w: int) -> bool:
    ones = [p["interventions"][i] for i in members]
    partners = {o["partnership"] for o in ones}
    host, kind = p["communes"][h], p["kinds"][ones[0]["kind"]]
    heads = sum(o["n"] for o in ones)
    common = set.intersection(*(set(o["languages"]) for o in ones))
    vetoed = any(b in p["partnerships"][a]["no_pool"] for a in partners for b in partners)
    refused = any(r["intervention"] in members and set(r["members"]) <= set(members) for r in p.get("refused", []))
    lonely = any(r["intervention"] in members and not set(r["members"]) <= set(members) for r in p.get("must_join", []))
    return (
        (p["meta"].get("min_members", 2) == 1 or len(partners) >= 2)
        and len({(o["kind"], o["target"]) for o in ones}) == 1
        and bool(common)
        and kind["min_pool"] <= heads <= min(kind["max_pool"], host["venue"])
        and (host["hosts"] or h in {p["partnerships"][q]["commune"] for q in partners})
        and w not in host["blocked"]
        and not vetoed
        and not refused
        and not lonely
        and all(o.get("poolable", True) and h in o["hosts"] and o["pin_host"] in (None, h) for o in ones)
        and all(o.get("pin_week") in (None, w) and o["start"] <= w <= o["end"] for o in ones)
        and all(_direct(p, i, h) < _cents(o["cost"]) for i, o in zip(members, ones, strict=True))
    )


def _best_with(p: dict[str, Any], chosen: list[dict[str, Any]], best: Best | None) -> Best | None:
    """`Best` of the plans that hold just these events; cost less what is kept is worth."""
    held = {i for e in chosen for i in e["members"]}
    rest = [i for i in range(len(p["interventions"])) if i not in held]
    value = sum(_worth(p, i, e["host"]) for e in chosen for i in e["members"])
    cost = sum(e["cost"] for e in chosen) - _kept(p, chosen)
    choices = [[None, *_apart(p, i)] for i in rest]

    def pick(k: int, apart: list[Way]) -> None:
        nonlocal best
        if k < len(rest):
            for way in choices[k]:
                pick(k + 1, apart if way is None else [*apart, way])
            return
        done = held | {way[0] for way in apart}
        missed = sum(1 for i, o in enumerate(p["interventions"]) if o["mandatory"] and i not in done)
        worth = value + sum(p["interventions"][way[0]]["value"] for way in apart)
        paid = _bought(p, apart)
        if paid is None:
            return
        spent = cost + sum(cents for _, _, cents in paid)
        if best is not None and (-missed, worth, -spent) <= (-best[0], best[1], -best[2]):
            return
        if _payable(p, chosen, paid):
            best = (missed, worth, spent)

    pick(0, [])
    return best


def _apart(p: dict[str, Any], i: int) -> list[Way]:
    """Every way to do it without an event. A volume has up to three orders a period: there are three partnerships."""
    one = p["interventions"][i]
    periods = sorted({w // 3 for w in range(one["start"], one["end"] + 1)})
    ways: list[Way] = [(i, t, _cents(one["cost"]), None) for t in periods] if one["alone_ok"] else []
    if not one.get("poolable", True):
        return ways
    for what in p.get("reuse", []):
        cents = _cents(what["users"].get(str(i), 10**6))
        ways += [(i, t, cents, None) for t in periods if cents <= _cents(one["cost"])]
    for v, volume in enumerate(p.get("volume", [])):
        if str(i) in volume["buyers"]:
            ways += [(i, t, 0, (v, n)) for t in periods for n in (0, 1, 2)]
    return ways


def _bought(p: dict[str, Any], apart: list[Way]) -> list[tuple[int, int, int]] | None:
    """(intervention, period, cents) with the prices of orders; None when an order breaks a rule."""
    orders: dict[tuple[int, tuple[int, int]], list[int]] = {}
    for i, t, _, order in apart:
        if order is not None:
            orders.setdefault((t, order), []).append(i)
    paid = [(i, t, cents) for i, t, cents, order in apart if order is None]
    for (t, (v, _)), ids in orders.items():
        need = p["volume"][v]["buyers"]
        units = sum(need[str(i)] for i in ids)
        prices = [row["price"] for row in p["volume"][v]["prices"] if row["from"] <= units]
        partners = {p["interventions"][i]["partnership"] for i in ids}
        vetoed = any(b in p["partnerships"][a]["no_pool"] for a in partners for b in partners)
        bills = [(i, t, need[str(i)] * _cents(min(prices, default=10**6))) for i in ids]
        if vetoed or any(cents > _cents(p["interventions"][i]["cost"]) for i, _, cents in bills):
            return None
        paid += bills
    return paid


def _kept(p: dict[str, Any], chosen: list[dict[str, Any]]) -> int:
    stability = p.get("stability", {"worth": 0, "events": []})
    earlier = {(tuple(sorted(e["members"])), e["host"], e["week"]) for e in stability["events"]}
    return _cents(stability["worth"]) * sum((e["members"], e["host"], e["week"]) in earlier for e in chosen)


def _worth(p: dict[str, Any], i: int, host: int) -> int:
    one = p["interventions"][i]
    return int(one["value"] + (one["bonus"] if host in one["prefer"] else 0))


def _payable(p: dict[str, Any], chosen: list[dict[str, Any]], paid: list[tuple[int, int, int]]) -> bool:
    """Can the fixed costs be shared? Augmenting paths from events through (partner, period) to partners."""
    period = {(q, t): _cents(c) for q, o in enumerate(p["partnerships"]) for t, c in enumerate(o["period_cap"])}
    budget = {q: _cents(o["budget"]) for q, o in enumerate(p["partnerships"])}
    for i, t, cents in paid:
        q = p["interventions"][i]["partnership"]
        period[q, t] -= cents
        budget[q] -= cents
    capacity: dict[tuple[Any, Any], int] = {}
    need = 0
    for k, e in enumerate(chosen):
        fixed = e["cost"] - sum(e["direct"])
        need += fixed
        capacity["s", ("e", k)] = fixed
        for i, direct in zip(e["members"], e["direct"], strict=True):
            q, t = p["interventions"][i]["partnership"], e["week"] // 3
            period[q, t] -= direct
            budget[q] -= direct
            edge = ("e", k), ("p", q, t)
            capacity[edge] = capacity.get(edge, 0) + _cents(p["interventions"][i]["cost"]) - direct
    if min([*period.values(), *budget.values()]) < 0:
        return False
    for (q, t), left in period.items():
        capacity[("p", q, t), ("q", q)] = left
        capacity[("q", q), "t"] = budget[q]
    return _max_flow(capacity) == need


def _max_flow(capacity: dict[tuple[Any, Any], int]) -> int:
    flow = 0
    while True:
        parent: dict[Any, Any] = {"s": None}
        queue = ["s"]
        for node in queue:
            for (a, b), left in capacity.items():
                if a == node and left > 0 and b not in parent:
                    parent[b] = a
                    queue.append(b)
        if "t" not in parent:
            return flow
        path, node = [], "t"
        while parent[node] is not None:
            path.append((parent[node], node))
            node = parent[node]
        push = min(capacity[edge] for edge in path)
        for a, b in path:
            capacity[a, b] -= push
            capacity[b, a] = capacity.get((b, a), 0) + push
        flow += push

"""Totals written straight from `docs/formats/rollup.md`, and random files: every path is walked, nothing is shared with
the engine. Slow on purpose.
"""

import random
from fractions import Fraction
from typing import Any

Json = dict[str, Any]
CALCULATIONS = ["sum", "latest", "ratio", "average", "maximum", "unique"]


def paths_up(data: Json, body: str, period: int) -> list[list[str]]:
    """Every way up from a body along the pairs valid in a period, itself first."""
    found = [[body]]
    for pair in data["groupings"]:
        dates = pair[2] if len(pair) == 3 else {}
        first = data["periods"].index(dates["from"]) if "from" in dates else 0
        last = data["periods"].index(dates["to"]) if "to" in dates else len(data["periods"])
        if pair[0] == body and first <= period <= last:
            found += [[body, *path] for path in paths_up(data, pair[1], period)]
    return found


def reached(data: Json, bodies: list[str], period: int) -> set[str]:
    return {path[-1] for body in bodies for path in paths_up(data, body, period)}


def number(value: Any) -> Fraction:
    return Fraction(str(value))


def plain(value: Fraction | None) -> Any:
    if value is None:
        return None
    return int(value) if value.denominator == 1 else value.numerator / value.denominator


def says_something(fact: Json, calculation: str) -> bool:
    needed = {"ratio": ["numerator", "denominator"], "unique": ["members"]}.get(calculation, ["value"])
    return all(fact[name] is not None for name in needed)


def added(facts: list[Json]) -> Json:
    by: dict[str, dict[str, Fraction]] = {}
    for fact in facts:
        for dimension, categories in fact.get("breakdown", {}).items():
            for name, part in categories.items():
                inside = by.setdefault(dimension, {})
                inside[name] = inside.get(name, Fraction(0)) + number(part)
    return {d: {name: plain(part) for name, part in inside.items()} for d, inside in by.items()}


def value_of(facts: list[Json], calculation: str) -> Fraction | None:
    if not facts:
        return None
    if calculation == "ratio":
        above, below = (sum(number(f[name]) for f in facts) for name in ("numerator", "denominator"))
        return Fraction(above) / Fraction(below) if below else None
    if calculation == "unique":
        return Fraction(len({member for f in facts for member in f["members"]}))
    values = [number(f["value"]) for f in facts]
    if calculation == "maximum":
        return max(values)
    return sum(values, Fraction(0)) / (len(values) if calculation == "average" else 1)


def totals(data: Json) -> dict[tuple[str, str, str], Json]:
    found = {}
    facts = [fact for fact in data["facts"] if not fact.get("not_applicable")]
    for name, about in data["indicators"].items():
        its = [fact for fact in facts if fact["indicator"] == name]
        make = latest_rows if about["calculation"] == "latest" else plain_rows
        found |= make(data, name, about["calculation"], its)
    return found


def row(taken: list[Json], silent: list[Json], calculation: str) -> Json:
    one = {
        "value": plain(value_of(taken, calculation)),
        "facts": [f["id"] for f in taken],
        "not_reported": [f["id"] for f in silent],
    }
    return one | ({"by": added(taken)} if calculation in ("sum", "latest") else {})


def plain_rows(data: Json, name: str, calculation: str, facts: list[Json]) -> dict[tuple[str, str, str], Json]:
    found = {}
    for at, period in enumerate(data["periods"]):
        now = [(fact, reached(data, fact["bodies"], at)) for fact in facts if fact["period"] == period]
        for body in {body for _, bodies in now for body in bodies}:
            its = [fact for fact, bodies in now if body in bodies]
            taken = [fact for fact in its if says_something(fact, calculation)]
            silent = [fact for fact in its if not says_something(fact, calculation)]
            found[body, name, period] = row(taken, silent, calculation)
    return found


def latest_rows(data: Json, name: str, calculation: str, facts: list[Json]) -> dict[tuple[str, str, str], Json]:
    found = {}
    begun: set[str] = set()
    for at, period in enumerate(data["periods"]):
        past = [fact for fact in facts if data["periods"].index(fact["period"]) <= at]
        where = {fact["id"]: reached(data, fact["bodies"], at) for fact in past}
        begun |= {body for bodies in where.values() for body in bodies}
        for body in begun:
            its = [fact for fact in past if body in where[fact["id"]]]
            last: dict[frozenset[str], Json] = {}
            for when in data["periods"][: at + 1]:
                for fact in its:
                    if fact["period"] == when and fact["value"] is not None:
                        last[frozenset(fact["bodies"])] = fact
            taken = [fact for fact in its if any(fact is one for one in last.values())]
            silent = [fact for fact in its if fact["value"] is None and fact["period"] == period]
            found[body, name, period] = row(taken, silent, calculation)
    return found


def shares(data: Json) -> dict[tuple[str, str, str], Any]:
    found: dict[tuple[str, str, str], Fraction] = {}
    for fact in data["facts"]:
        if data["indicators"][fact["indicator"]]["calculation"] != "sum" or fact.get("not_applicable"):
            continue
        if fact["value"] is not None:
            for body in fact["bodies"]:
                part = number(fact["shares"][body]) if "shares" in fact else Fraction(1, len(fact["bodies"]))
                place = (body, fact["indicator"], fact["period"])
                found[place] = found.get(place, Fraction(0)) + part * number(fact["value"])
    return {place: plain(value) for place, value in found.items()}


def inconsistent(data: Json) -> list[Json]:
    found = []
    for fact in data["facts"]:
        if fact.get("not_applicable") or fact.get("value") is None:
            continue
        for dimension, categories in fact.get("breakdown", {}).items():
            total = sum((number(part) for part in categories.values()), Fraction(0))
            if total != number(fact["value"]):
                shown = {"sum": plain(total), "value": plain(number(fact["value"]))}
                found.append({"fact": fact["id"], "dimension": dimension, **shown})
    return found


# Random files


def a_file(r: random.Random, facts: int = 12) -> Json:
    """Few bodies in up to six levels with crossing and dated groupings, and facts of every calculation."""
    bodies = [f"b{k}" for k in range(r.randint(1, 9))]
    periods = [f"p{k}" for k in range(r.randint(1, 5))]
    groupings: list[list[Any]] = []
    for k, body in enumerate(bodies[1:], start=1):
        for above in r.sample(bodies[:k], r.choice([0, 1, 1, 2, 2, min(3, k)]) if k > 1 else 1):
            groupings.append([body, above, *dates(r, periods)])
    indicators = {f"i{k}": {"calculation": name} for k, name in enumerate(CALCULATIONS)}
    names = list(indicators)
    made = [a_fact(r, f"f{k}", bodies, periods, r.choice(names), indicators) for k in range(r.randint(0, facts))]
    return {"groupings": groupings, "indicators": indicators, "periods": periods, "facts": made}


def dates(r: random.Random, periods: list[str]) -> list[Json]:
    if r.random() < 0.6:
        return []
    first, last = sorted(r.choices(range(len(periods)), k=2))
    return [dict(r.sample([("from", periods[first]), ("to", periods[last])], r.randint(0, 2)))]


def a_number(r: random.Random) -> float:
    kind = r.random()
    if kind < 0.5:
        return r.randint(-3, 40)
    if kind < 0.8:
        return r.randint(-500, 5000) / 100
    return r.uniform(-1, 1) if kind < 0.9 else r.choice([0, 1 / 3, 1e-9, 2.0**53, 0.1, 123456789.25])


def a_fact(r: random.Random, id: str, bodies: list[str], periods: list[str], indicator: str, indicators: Json) -> Json:
    own = r.sample(bodies, min(len(bodies), r.choice([1, 1, 1, 2, 3])))
    fact: Json = {"id": id, "indicator": indicator, "period": r.choice(periods), "bodies": own}
    calculation = indicators[indicator]["calculation"]

    def maybe(value: Any) -> Any:
        return None if r.random() < 0.15 else value

    if calculation == "ratio":
        fact |= {"numerator": maybe(a_number(r)), "denominator": maybe(r.choice([0, 1, 2.5, 7]))}
    elif calculation == "unique":
        fact["members"] = maybe([f"m{r.randrange(6)}" for _ in range(r.randint(0, 4))])
    else:
        fact["value"] = maybe(a_number(r))
    if r.random() < 0.1:
        fact["not_applicable"] = True
    if calculation in ("sum", "latest", "average") and r.random() < 0.5:
        f = r.randint(0, 9)
        rest = fact["value"] - f if isinstance(fact["value"], int) and r.random() < 0.7 else a_number(r)
        fact["breakdown"] = {"sex": {"f": f, "m": rest}, **({"age": {"-25": 1}} if r.random() < 0.2 else {})}
    if r.random() < 0.3 and len(own) > 1:
        fact["shares"] = dict(zip(own, [0.5, 0.5] if len(own) == 2 else [0.25, 0.25, 0.5], strict=True))
    return fact

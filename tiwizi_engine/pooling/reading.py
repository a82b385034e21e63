"""From the pooling format to `Problem` and back."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise
from typing import Any, TypeVar

from tiwizi_engine.errors import EngineError
from tiwizi_engine.money import to_cents, to_units
from tiwizi_engine.pooling.problem import (
    Commune,
    Event,
    Intervention,
    Kind,
    Meta,
    MustJoin,
    Partnership,
    Problem,
    Refused,
    Reuse,
    Stability,
    Volume,
)
from tiwizi_engine.reading import Reader

Row = TypeVar("Row")


def read_problem(source: Any, lenient: bool) -> Problem:
    """Every field checked on its own, then the references between them."""
    read = Reader(source, "", lenient)
    meta = _meta(Reader(read.get("meta"), "meta", lenient))
    problem = Problem(
        meta,
        _rows(read, "communes", _commune, lenient),
        _rows(read, "partnerships", _partnership, lenient),
        _rows(read, "kinds", _kind, lenient),
        _rows(read, "interventions", _intervention, lenient),
        tuple(Event.from_dict(row, f"agreed[{k}]", lenient) for k, row in enumerate(read.items("agreed", []))),
        _rows(read, "refused", _refused, lenient, []),
        _rows(read, "must_join", _must_join, lenient, []),
        _rows(read, "reuse", _reuse, lenient, []),
        _rows(read, "volume", _volume, lenient, []),
        _stability(read, lenient),
    )
    read.done()
    _check_references(problem)
    return problem


def _rows(
    read: Reader, name: str, make: Callable[[Reader], Row], lenient: bool, default: Any = None
) -> tuple[Row, ...]:
    source = read.items(name) if default is None else read.items(name, default)
    rows = []
    for k, row in enumerate(source):
        reader = Reader(row, f"{name}[{k}]", lenient)
        rows.append(make(reader))
        reader.done()
    return tuple(rows)


def _meta(read: Reader) -> Meta:
    meta = Meta(
        weeks=read.integer("weeks", least=1),
        period_weeks=read.integer("period_weeks", least=1),
        periods=read.integer("periods", least=1),
        max_members=read.integer("max_members", least=1),
        min_members=read.integer("min_members", 2, least=1),
        min_saving=read.money("min_saving", 0),
        seed=read.optional_integer("seed"),
        n=read.optional_integer("n"),
        version=read.integer("version", 1),
    )
    read.done()
    return meta


def _commune(read: Reader) -> Commune:
    return Commune(
        read.number("x"),
        read.number("y"),
        read.integer("region"),
        read.integer("venue", least=0),
        read.integer("host_factor", least=0),
        frozenset(read.integers("blocked")),
        read.truth("hosts"),
    )


def _partnership(read: Reader) -> Partnership:
    caps = [to_cents(c, f"{read.where}.period_cap") for c in read.items("period_cap")]
    return Partnership(
        read.integer("commune", least=0),
        read.integer("region"),
        read.text("language"),
        read.money("budget"),
        tuple(caps),
        frozenset(read.integers("no_pool")),
    )


def _kind(read: Reader) -> Kind:
    kind = Kind(
        read.integer("fixed", least=0),
        read.integer("per_head", least=0),
        read.integer("min_pool", least=0),
        read.integer("max_pool", least=0),
        read.integer("rate", least=0),
        read.optional_integer("radius"),
    )
    if kind.max_pool < kind.min_pool:
        raise EngineError(read.name("max_pool"), f"expected at least min_pool ({kind.min_pool}), got {kind.max_pool}")
    return kind


def _intervention(read: Reader) -> Intervention:
    return Intervention(
        partnership=read.integer("partnership", least=0),
        kind=read.integer("kind", least=0),
        languages=tuple(str(word) for word in read.items("languages")),
        target=read.text("target"),
        n=read.integer("n", least=1),
        cost=read.money("cost"),
        value=read.integer("value", least=0),
        start=read.integer("start", least=0),
        end=read.integer("end", least=0),
        mandatory=read.truth("mandatory"),
        alone_ok=read.truth("alone_ok"),
        hosts=tuple(read.integers("hosts")),
        pin_host=read.optional_integer("pin_host"),
        prefer=frozenset(read.integers("prefer")),
        bonus=read.integer("bonus", least=0),
        home=read.optional_integer("home"),
        pin_week=read.optional_integer("pin_week"),
        poolable=read.truth("poolable", True),
        direct_at=_by_position(read, "direct_at", Reader.money, {}),
    )


def _by_position(read: Reader, name: str, of: Callable[[Reader, str], int], default: Any = None) -> Mapping[int, int]:
    """An object whose keys are positions, written as texts."""
    source = read.get(name) if default is None else read.get(name, default)
    row = Reader(source, read.name(name))
    wrong = next((key for key in row.source if not (key.isascii() and key.isdigit())), None)
    if wrong is not None:
        raise EngineError(read.name(name), f"expected positions as keys, got {wrong!r}")
    return {int(key): of(row, key) for key in row.source}


def _refused(read: Reader) -> Refused:
    return Refused(read.integer("intervention", least=0), frozenset(read.integers("members")))


def _must_join(read: Reader) -> MustJoin:
    return MustJoin(read.integer("intervention", least=0), frozenset(read.integers("members")))


def _reuse(read: Reader) -> Reuse:
    return Reuse(_by_position(read, "users", Reader.money))


def _volume(read: Reader) -> Volume:
    rows = [Reader(row, f"{read.name('prices')}[{k}]") for k, row in enumerate(read.items("prices"))]
    prices = []
    for row in rows:
        prices.append((row.integer("from", least=1), row.money("price")))
        row.done()
    if not prices:
        raise EngineError(read.name("prices"), "expected at least one price")
    for k, ((few, dear), (many, cheap)) in enumerate(pairwise(prices), 1):
        if few >= many or dear < cheap:
            raise EngineError(f"{read.name('prices')}[{k}]", "expected more units than before, at no higher a price")
    buyers = _by_position(read, "buyers", lambda row, key: row.integer(key, least=1))
    return Volume(tuple(prices), buyers)


def _stability(read: Reader, lenient: bool) -> Stability | None:
    if read.get("stability", None) is None:
        return None
    row = Reader(read.get("stability"), "stability", lenient)
    events = [Event.from_dict(e, f"stability.events[{k}]", lenient) for k, e in enumerate(row.items("events"))]
    kept = Stability(row.money("worth"), tuple(events))
    row.done()
    return kept


def _within(values: Iterable[int | None], size: int, where: str, what: str) -> None:
    for value in values:
        if value is not None and not 0 <= value < size:
            raise EngineError(where, f"expected the position of a {what} (0 to {size - 1}), got {value}")


def _check_references(p: Problem) -> None:
    for k, c in enumerate(p.communes):
        _within(c.blocked, p.meta.weeks, f"communes[{k}].blocked", "week")
    for k, partner in enumerate(p.partnerships):
        where = f"partnerships[{k}]"
        _within([partner.commune], len(p.communes), f"{where}.commune", "commune")
        _within(partner.no_pool, len(p.partnerships), f"{where}.no_pool", "partnership")
        if len(partner.period_cap) != p.meta.periods or min(partner.period_cap, default=0) < 0:
            raise EngineError(f"{where}.period_cap", f"expected {p.meta.periods} amounts of 0 or more, one a period")
    for k, i in enumerate(p.interventions):
        _check_intervention(p, k, i)
    for k, event in enumerate(p.agreed):
        _check_event(p, f"agreed[{k}]", event)
    held = [i for event in p.agreed for i in event.members]
    if len(held) != len(set(held)):
        raise EngineError("agreed", "an intervention stands in two agreed events")
    _check_options(p)


def _check_options(p: Problem) -> None:
    """The lists that name interventions."""
    named = {f"refused[{k}]": [r.intervention, *r.members] for k, r in enumerate(p.refused)}
    named |= {f"must_join[{k}]": [r.intervention, *r.members] for k, r in enumerate(p.must_join)}
    named |= {f"reuse[{k}].users": list(what.users) for k, what in enumerate(p.reuse)}
    named |= {f"volume[{k}].buyers": list(lot.buyers) for k, lot in enumerate(p.volume)}
    for where, ids in named.items():
        _within(ids, len(p.interventions), where, "intervention")
    for k, event in enumerate(p.stability.events if p.stability else ()):
        _check_event(p, f"stability.events[{k}]", event)


def _check_event(p: Problem, where: str, event: Event) -> None:
    _within([event.host], len(p.communes), f"{where}.host", "commune")
    _within([event.week], p.meta.weeks, f"{where}.week", "week")
    _within(event.members, len(p.interventions), f"{where}.members", "intervention")


def _check_intervention(p: Problem, k: int, i: Intervention) -> None:
    where = f"interventions[{k}]"
    _within([i.partnership], len(p.partnerships), f"{where}.partnership", "partnership")
    _within([i.kind], len(p.kinds), f"{where}.kind", "kind")
    _within([*i.hosts, i.pin_host, i.home, *i.prefer, *i.direct_at], len(p.communes), f"{where}.hosts", "commune")
    _within([i.start, i.end, i.pin_week], p.meta.weeks, f"{where}.start", "week")
    if i.end < i.start:
        raise EngineError(f"{where}.end", f"expected a week from start ({i.start}) on, got {i.end}")


def write_problem(p: Problem) -> dict[str, Any]:
    """The format, with optional fields only where they say something."""
    meta = {key: value for key, value in vars(p.meta).items() if value is not None}
    meta["min_saving"] = to_units(p.meta.min_saving)
    out: dict[str, Any] = {
        "meta": meta,
        "communes": [vars(c) | {"blocked": sorted(c.blocked)} for c in p.communes],
        "partnerships": [
            vars(q)
            | {
                "budget": to_units(q.budget),
                "period_cap": [to_units(c) for c in q.period_cap],
                "no_pool": sorted(q.no_pool),
            }
            for q in p.partnerships
        ],
        "kinds": [{k: v for k, v in vars(kind).items() if v is not None} for kind in p.kinds],
        "interventions": [_write_intervention(i) for i in p.interventions],
    }
    if p.agreed:
        out["agreed"] = [event.to_dict() for event in p.agreed]
    for name, rows in (("refused", p.refused), ("must_join", p.must_join)):
        if rows:
            out[name] = [{"intervention": r.intervention, "members": sorted(r.members)} for r in rows]
    if p.reuse:
        out["reuse"] = [{"users": {str(i): to_units(cents) for i, cents in what.users.items()}} for what in p.reuse]
    if p.volume:
        out["volume"] = [_write_volume(lot) for lot in p.volume]
    if p.stability:
        events = [event.to_dict() for event in p.stability.events]
        out["stability"] = {"worth": to_units(p.stability.worth), "events": events}
    return out


def _write_volume(lot: Volume) -> dict[str, Any]:
    prices = [{"from": least, "price": to_units(price)} for least, price in lot.prices]
    return {"prices": prices, "buyers": {str(i): units for i, units in lot.buyers.items()}}


def _write_intervention(i: Intervention) -> dict[str, Any]:
    row = vars(i) | {
        "cost": to_units(i.cost),
        "languages": list(i.languages),
        "hosts": list(i.hosts),
        "prefer": sorted(i.prefer),
    }
    row["direct_at"] = {str(host): to_units(cost) for host, cost in i.direct_at.items()}
    for name, default in (("home", None), ("pin_week", None), ("poolable", True), ("direct_at", {})):
        if row[name] == default:
            del row[name]
    return row

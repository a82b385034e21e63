"""Two people change the same thing: what of both can stand by itself, and what somebody has to choose.

Pure functions over named values. Why three-way, and why the form carries what was seen: `docs/adr/0011-merging.md`.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.core import signing
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Conflict

Values = Mapping[str, Any]
MINE, THEIRS = "mine", "theirs"


def plain(value: Any) -> Any:
    """A value as it is kept in JSON, so that what was seen, what stands and what is typed compare alike."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    # A browser sends the ends of lines in another way than it was given them.
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


@dataclass(frozen=True)
class Seen:
    """What a person had in front of them when they began: its version, and its values (None: we no longer know)."""

    version: int | None
    values: Values | None = None

    def sealed(self, about: object) -> str:
        """As text for a form. Signed, so that nobody merges against something that never stood there."""
        told = {name: plain(value) for name, value in (self.values or {}).items()}
        said = {"version": self.version, "values": None if self.values is None else told}
        return signing.dumps(said, salt=_salt(about), compress=True)

    @classmethod
    def read(cls, text: str, about: object) -> "Seen":
        """What a form sends back; of a text that is not ours nothing is believed, so everything is asked."""
        try:
            said = signing.loads(text, salt=_salt(about))
        except signing.BadSignature:
            return cls(None)
        return cls(said["version"], said["values"])


def _salt(about: object) -> str:
    return f"tiwizi.seen:{about}"


@dataclass(frozen=True)
class Answers:
    """What a person chose for each clash (`MINE` or `THEIRS`, by the clash's name), looking at one version."""

    version: int | None
    sides: Mapping[str, str]


@dataclass(frozen=True)
class Clash:
    """Fields that both changed, each in another way: one field, or several that only make sense together."""

    names: tuple[str, ...]
    mine: Values
    theirs: Values
    was: Values | None  # None: not known

    @property
    def name(self) -> str:
        """How the choice for it is called in a form."""
        return self.names[0]


@dataclass(frozen=True)
class Merge:
    """What can stand of both (`values`), and what cannot (`clashes`)."""

    values: dict[str, Any]
    clashes: list[Clash] = field(default_factory=list)
    taken: dict[str, tuple[Any, Any]] = field(default_factory=dict)  # changed by others alone, and kept: was, is

    def settled(self, answers: Answers | None, version: int | None) -> "Merge":
        """With the clashes decided that were answered for this very version; the others still stand."""
        if answers is None or answers.version != version:
            return self
        values, left = dict(self.values), []
        for clash in self.clashes:
            side = answers.sides.get(clash.name)
            if side in (MINE, THEIRS):
                values |= clash.mine if side == MINE else clash.theirs
            else:
                left.append(clash)
        return replace(self, values=values, clashes=left)


def merge(
    was: Values | None,
    mine: Values,
    theirs: Values,
    *,
    sets: Collection[str] = (),
    together: Iterable[Sequence[str]] = (),
) -> Merge:
    """Merge what is typed (`mine`, which may name some fields only) with what stands (`theirs`), knowing what was.

    A field that one side alone changed is that side's. `sets` are lists without order: what either added is in, what
    either took out is out. `together` are fields of which neither side's half may be mixed with the other's.
    """
    found = Merge({})
    for names in _units(mine, together):
        _decide(found, names, was, mine, theirs, names[0] in sets)
    return found


def _units(mine: Values, together: Iterable[Sequence[str]]) -> list[tuple[str, ...]]:
    groups = [tuple(name for name in names if name in mine) for names in together]
    grouped = {name for names in groups for name in names}
    return [(name,) for name in mine if name not in grouped] + [names for names in groups if names]


def _decide(found: Merge, names: tuple[str, ...], was: Values | None, mine: Values, theirs: Values, many: bool) -> None:
    ours, other = {n: mine[n] for n in names}, {n: theirs[n] for n in names}
    before = {n: was[n] for n in names} if was is not None and all(n in was for n in names) else None
    if _same(ours, other, many) or _same(other, before, many):
        found.values.update(ours if not _same(ours, other, many) else other)
    elif _same(ours, before, many):
        found.values.update(other)
        found.taken.update({n: (before[n], other[n]) for n in names if before and plain(before[n]) != plain(other[n])})
    elif many and before is not None:
        (name,) = names
        found.values[name] = _joined(before[name], ours[name], other[name])
        if set(found.values[name]) != set(ours[name]):
            found.taken[name] = (before[name], other[name])
    else:
        found.clashes.append(Clash(names, ours, other, before))


def _same(one: Values, other: Values | None, many: bool) -> bool:
    if other is None:
        return False
    pairs = [(plain(one[name]), plain(other[name])) for name in one]
    return all(set(a) == set(b) if many else a == b for a, b in pairs)


def _joined(was: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """What stood and nobody took out, in its order, then what either added, sorted: the same whoever came first."""
    kept = [one for one in was if one in mine and one in theirs]
    return kept + sorted((set(mine) | set(theirs)) - set(was))


def reconcile(
    seen: Seen,
    mine: Values,
    theirs: Values,
    *,
    version: int,
    answers: Answers | None = None,
    sets: Collection[str] = (),
    together: Iterable[Sequence[str]] = (),
) -> Merge:
    """What a rule is to write, the row locked and read as `theirs`; raises `Conflict` when a person must choose."""
    was = theirs if seen.version == version else seen.values
    merged = merge(was, mine, theirs, sets=sets, together=together)
    settled = merged.settled(answers, version)
    if settled.clashes:  # all are asked again, those with an answer too: the page keeps it
        raise Conflict(
            _("Somebody else changed this while you were writing. Nothing of either is lost."),
            _("For each field that both of you changed, choose what is to stand."),
            merged,
            version,
        )
    return settled

"""Which event takes place in which week: a matching of a host's events to its weeks (Kuhn, 1955)."""

from collections.abc import Sequence


def book(choices: Sequence[Sequence[int]], taken: frozenset[int]) -> tuple[list[int], frozenset[int]]:
    """A different week for each event, the earliest that works, none of those taken.

    Returns (weeks, empty set), or ([], the set of weeks that too many events compete for): by Hall's theorem some
    events have, together, fewer weeks than they are.
    """
    owner: dict[int, int] = {}
    for event in range(len(choices)):
        seen: set[int] = set()
        if not _place(event, choices, taken, owner, seen):
            return [], frozenset(seen)
    weeks = {event: week for week, event in owner.items()}
    return [weeks[event] for event in range(len(choices))], frozenset()


def _place(
    event: int, choices: Sequence[Sequence[int]], taken: frozenset[int], owner: dict[int, int], seen: set[int]
) -> bool:
    for week in choices[event]:
        if week in taken or week in seen:
            continue
        seen.add(week)
        if week not in owner or _place(owner[week], choices, taken, owner, seen):
            owner[week] = event
            return True
    return False

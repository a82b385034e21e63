"""Writing the audit trail. Called inside the transaction of the act: if the record fails, the act fails.

How entries become a chain: `base/chain.py`; why so: `docs/adr/0008-audit-chain.md`.
"""

import secrets
from collections import defaultdict
from collections.abc import Callable
from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction

from tiwizi.base import chain
from tiwizi.base.models import AuditEntry, AuditWords


class Actor(Protocol):
    """Who acts: anything with an id. `None` stands for the system itself."""

    @property
    def pk(self) -> Any: ...


Reaction = Callable[[AuditEntry], None]
_reactions: dict[str, list[Reaction]] = defaultdict(list)


def upon(*object_types: str) -> Callable[[Reaction], Reaction]:
    """Register what a room above does in the same transaction whenever an act on such an object is recorded: the way
    to follow a change below without the room below knowing (`@upon("network.grouping")`)."""

    def register(reaction: Reaction) -> Reaction:
        for name in object_types:
            _reactions[name].append(reaction)
        return reaction

    return register


def record(
    act: str,
    obj: models.Model,
    *,
    by: Actor | None,
    on_behalf: UUID | None = None,
    body: UUID | None = None,
    reason: str = "",
    before: dict[str, Any] | None = None,
    after: dict[str, Any] | None = None,
) -> AuditEntry:
    """Append one entry. Raises `TransactionManagementError` outside a transaction.

    `act` is a verb with its noun ("accept-part"); `before`/`after` hold only what changed. People stand in them as
    ids; in whose name `by` acts is `on_behalf`, or the actor says it itself, in `acting_for`. What is written in words
    can be erased later.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an act and its record share one transaction")
    wordless = not reason and before is None and after is None
    salt, text = ("", "") if wordless else (secrets.token_hex(16), chain.words_text(reason, before, after))
    entry = AuditEntry.objects.create(
        act=act,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        actor=by.pk if by is not None else None,
        on_behalf=on_behalf or getattr(by, "acting_for", None),
        body=body,
        words_digest="" if wordless else chain.words_digest(salt, text),
    )
    if not wordless:
        AuditWords.objects.create(entry=entry, salt=salt, text=text)
    for reaction in _reactions[entry.object_type]:
        reaction(entry)
    return entry


def forget(entry: AuditEntry, *, by: Actor | None, reason: str) -> AuditEntry:
    """Erase the words of one entry (names, free text) and record that; the chain stays whole.

    The permission is asked by the rule that calls this. `reason` must not repeat what is erased.
    """
    told = record("forget-words", entry, by=by, body=entry.body, reason=reason)
    AuditWords.objects.filter(entry=entry).delete()
    return told


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two dictionaries reduced to the keys whose values differ."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}

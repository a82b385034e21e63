"""Writing the audit trail. Called inside the transaction of the act: if the record fails, the act fails."""

from typing import Any, Protocol
from uuid import UUID

from django.db import models, transaction

from tiwizi.base.models import AuditEntry


class Actor(Protocol):
    """Who acts: anything with an id. `None` stands for the system itself."""

    @property
    def pk(self) -> Any: ...


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

    `act` is a verb with its noun ("accept-part"); `before`/`after` hold only what changed. In whose name it was done
    the actor says itself, in `acting_for`.
    """
    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError("an act and its record share one transaction")
    return AuditEntry.objects.create(
        act=act,
        object_type=obj._meta.label_lower,
        object_id=str(obj.pk),
        actor=by.pk if by is not None else None,
        on_behalf=on_behalf or getattr(by, "acting_for", None),
        body=body,
        reason=reason,
        before=before,
        after=after,
    )


def changed(before: dict[str, Any], after: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """The two dictionaries reduced to the keys whose values differ."""
    keys = [key for key in after if before.get(key) != after[key]]
    return {key: before.get(key) for key in keys}, {key: after[key] for key in keys}

"""The one business error of Tiwizi."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.utils.functional import Promise

if TYPE_CHECKING:
    from tiwizi.base.merging import Merge


class Refusal(Exception):
    """An act that may not or cannot be done, told to the person who tried it.

    `code` is stable and documented; `sentence` says what is wrong in the reader's language;
    `hint` says what to do next; `field` names the form field it belongs to, when there is one; `details` finds, when
    the refusal is shown, which roles would be needed and who holds them.
    """

    def __init__(
        self,
        code: str,
        sentence: str | Promise,
        hint: str | Promise = "",
        *,
        field: str | None = None,
        status: int = 409,
        details: Callable[[], list[Any]] | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.hint = hint
        self.field = field
        self.status = status
        self.details = details

    def __str__(self) -> str:
        return f"{self.sentence} {self.hint}".strip()


class Conflict(Refusal):
    """Somebody else changed the object since it was read, and a person has to choose; nothing of either is lost.

    `merge` holds what clashes and what can stand of both (`base/merging.py`), as of `version`; both are None for a
    refusal that has nothing to choose from.
    """

    def __init__(
        self,
        sentence: str | Promise,
        hint: str | Promise = "",
        merge: "Merge | None" = None,
        version: int | None = None,
    ) -> None:
        super().__init__("changed-meanwhile", sentence, hint)
        self.merge = merge
        self.version = version

"""Short names that are taken once on a whole site, also when two programmes take one at the same instant."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal

Made = TypeVar("Made")
_TRIES = 5


def taken() -> Refusal:
    """What is said of a short name that another thing has."""
    return Refusal("slug-taken", _("This short name is taken."), _("Choose another one."), field="slug")


def plant(model: Any, field: str, typed: str, free: Callable[[], str], make: Callable[[str], Made]) -> Made:
    """Make a thing under the short name that was typed, else under a free one. Whoever adds to one programme waits for
    the others there; of two programmes the database lets one have the name. Then the second takes another one, or,
    when it was typed, is told. Refused: `slug-taken`."""
    for _try in range(_TRIES):
        chosen = typed or free()
        try:
            with transaction.atomic():
                return make(chosen)
        except IntegrityError:
            if not model._default_manager.filter(**{field: chosen}).exists():
                raise  # something else is wrong with it
            if typed:
                break
        except Refusal as refusal:  # of a rule within, for the same reason
            if typed or refusal.code != "slug-taken":
                raise
    raise taken()

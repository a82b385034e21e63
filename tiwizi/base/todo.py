"""What a person has to do: each room answers for its own, the home page shows them together."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise


@dataclass(frozen=True)
class ToDo:
    """One thing to do now: a sentence, the address where it is done, the body concerned, and since when it waits."""

    sentence: str | Promise
    href: str
    body: Any
    since: datetime | None

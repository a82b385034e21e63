"""The search of a place beside the form of an organisation: what was typed stays, what the list knows is filled in."""

from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict

from tiwizi.network import places
from tiwizi.network.places import Place

SEARCH, ASKED, FIND, CHOSEN, ENTER = "place-search", "place-asked", "place-find", "place", "enter"


@dataclass
class Finding:
    """What was looked for, and what was found. `asked`: somebody looked, perhaps in vain."""

    text: str = ""
    found: list[Place] = field(default_factory=list)
    asked: bool = False
    chosen: Place | None = None
    initial: dict[str, Any] = field(default_factory=dict)  # what the form shows: as it was typed, and the place's facts

    @property
    def shown(self) -> list[Place]:
        return self.found[: places.MOST]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.found) - len(self.shown)


def looked_for(text: str) -> Finding:
    """The places of a text."""
    text = text.strip()[:80]
    return Finding(text, places.search(text), bool(text))


def finding(data: QueryDict) -> Finding | None:
    """What a posted form asks of the lists; None when it is to be kept. The Enter key in the search looks, anywhere
    else it keeps."""
    if key := data.get(CHOSEN):
        return _filled(data, places.place_of(key))
    text = data.get(SEARCH, "").strip()
    enter = ENTER in data and text and text != data.get(ASKED, "").strip()
    if FIND not in data and not enter:
        return None
    names = (data.get(f"name_{language}", "") for language in ("fr", "nl", "ar", "en"))
    made = looked_for(text or next((name for name in names if name.strip()), ""))
    made.asked, made.initial = True, data.dict()
    return made


def _filled(data: QueryDict, place: Place | None) -> Finding:
    """The form with a place's facts. Names that were typed stay, unless they were those of the place before it."""
    typed: dict[str, Any] = data.dict()
    if place is None:
        return Finding(initial=typed)
    before = places.place(typed.get("scheme", ""), typed.get("ref", ""))
    for name, value in place.facts.items():
        said = str(typed.get(name, "")).strip()
        if not name.startswith("name_") or not said or (before and said == before.facts.get(name)):
            typed[name] = "" if value is None else value
    return Finding(chosen=place, initial=typed)

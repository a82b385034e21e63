"""Reads a network workbook. What the rows mean in the network is the matter of `network.rules.imports`."""

from collections.abc import Mapping
from typing import Any

from tiwizi.interop import values
from tiwizi.interop.network_words import LAYOUTS, SCHEMA, SIDES
from tiwizi.interop.parts import Parts, Way
from tiwizi.interop.reader import Reading
from tiwizi.interop.values import Unreadable
from tiwizi.interop.words import plain

_SIDES = {plain(word): side for side, words in SIDES.items() for word in (side, *words.values())}


def read_network_workbook(data: bytes) -> Reading:
    """Read a workbook. Never raises for what a file holds: everything wrong is a fault of the reading."""
    return _NETWORK.read(data)


def _ways(epoch_1904: bool) -> Mapping[str, Way]:
    return {
        "rank": values.whole,
        "population": values.whole,
        "population_year": values.whole,
        "lat": values.real,
        "lon": values.real,
        "uncertain": values.yes_or_no,
        "side": _side,
        "start": lambda cell: values.days(cell, epoch_1904=epoch_1904).first.isoformat(),
        "end": lambda cell: values.days(cell, epoch_1904=epoch_1904).last.isoformat(),
    }


def _side(cell: Any) -> str:
    typed = values.text(cell)
    if plain(typed) not in _SIDES:
        raise Unreadable("side-unread", typed=typed)
    return _SIDES[plain(typed)]


_NETWORK = Parts(
    SCHEMA,
    LAYOUTS,
    _ways,
    none="no-network-sheet",
    left_out="sheet-left-out",
    blank={"uncertain": False} | dict.fromkeys(["rank", "lat", "lon", "population", "population_year", "start", "end"]),
)

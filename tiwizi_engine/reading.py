"""Reading JSON objects with clear faults: the field, what was expected, what came."""

import math
from typing import Any

from tiwizi_engine.errors import EngineError
from tiwizi_engine.money import to_cents

_MISSING = object()


class Reader:
    """Takes fields out of one object; `done` refuses those that nobody took (unless lenient)."""

    def __init__(self, source: Any, where: str, lenient: bool = False) -> None:
        if not isinstance(source, dict):
            raise EngineError(where, f"expected an object, got {kind_of(source)}")
        self.source = source
        self.where = where
        self.lenient = lenient
        self.taken: set[str] = set()

    def name(self, field: str) -> str:
        return f"{self.where}.{field}" if self.where else field

    def get(self, field: str, default: Any = _MISSING) -> Any:
        self.taken.add(field)
        if field in self.source:
            return self.source[field]
        if default is _MISSING:
            raise EngineError(self.name(field), "is missing")
        return default

    def integer(self, field: str, default: Any = _MISSING, least: int | None = None) -> int:
        value = self.get(field, default)
        if isinstance(value, bool) or not isinstance(value, int):
            raise EngineError(self.name(field), f"expected a whole number, got {kind_of(value)}")
        if least is not None and value < least:
            raise EngineError(self.name(field), f"expected at least {least}, got {value}")
        return value

    def optional_integer(self, field: str) -> int | None:
        return None if self.get(field, None) is None else self.integer(field)

    def number(self, field: str) -> float:
        value = self.get(field)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            raise EngineError(self.name(field), f"expected a number, got {kind_of(value)}")
        return float(value)

    def text(self, field: str) -> str:
        value = self.get(field)
        if not isinstance(value, str) or not value:
            raise EngineError(self.name(field), f"expected a text, got {kind_of(value)}")
        return value

    def truth(self, field: str, default: Any = _MISSING) -> bool:
        value = self.get(field, default)
        if not isinstance(value, bool):
            raise EngineError(self.name(field), f"expected true or false, got {kind_of(value)}")
        return value

    def items(self, field: str, default: Any = _MISSING) -> list[Any]:
        value = self.get(field, default)
        if not isinstance(value, list):
            raise EngineError(self.name(field), f"expected a list, got {kind_of(value)}")
        return value

    def integers(self, field: str, default: Any = _MISSING) -> list[int]:
        values = self.items(field, default)
        for k, value in enumerate(values):
            if isinstance(value, bool) or not isinstance(value, int):
                raise EngineError(f"{self.name(field)}[{k}]", f"expected a whole number, got {kind_of(value)}")
        return values

    def money(self, field: str, default: Any = _MISSING) -> int:
        cents = to_cents(self.get(field, default), self.name(field))
        if cents < 0:
            raise EngineError(self.name(field), f"expected an amount of 0 or more, got {cents / 100}")
        return cents

    def done(self) -> None:
        unknown = sorted(set(self.source) - self.taken)
        if unknown and not self.lenient:
            raise EngineError(self.name(unknown[0]), "is not a field of this format (use --lenient to ignore it)")


def kind_of(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "nothing"}
    return f"{names.get(type(value), 'a number')} ({value!r})"[:80]

"""Columns of our own: a text in several languages, and decimals with more digits than SQLite keeps."""

from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute
from django.utils.translation import get_language


class Spoken(dict[str, str]):
    """A text in some of our languages; as a string, the reader's one, else the default one, else any."""

    @property
    def language(self) -> str:
        """The language that `str()` will use, so that a page can mark a fallback."""
        wanted = (get_language() or settings.LANGUAGE_CODE).split("-")[0]
        for code in (wanted, settings.LANGUAGE_CODE, *self):
            if self.get(code):
                return code
        return wanted

    def __str__(self) -> str:
        return self.get(self.language, "")

    def __html__(self) -> str:
        from django.utils.html import escape

        return str(escape(str(self)))

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(tuple(sorted(self.items())))


class _SpokenAttribute(DeferredAttribute):
    """Whatever is assigned reads back as `Spoken`, also before the row was saved and read again."""

    def __set__(self, instance: models.Model, value: Any) -> None:
        plain = isinstance(value, dict) and not isinstance(value, Spoken)
        instance.__dict__[self.field.attname] = Spoken(value) if plain else value


class TranslatedField(models.JSONField):
    """A JSON column `{"fr": ..., "nl": ...}` read as `Spoken`."""

    descriptor_class = _SpokenAttribute

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("default", dict)
        super().__init__(*args, **kwargs)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Any:
        found = super().from_db_value(value, expression, connection)
        return Spoken(found) if isinstance(found, dict) else found

    def get_prep_value(self, value: Any) -> Any:
        return super().get_prep_value({"fr": value} if isinstance(value, str) else dict(value or {}))


class WideDecimalField(models.DecimalField):
    """A decimal whose every digit is kept. SQLite has no decimals: it takes them for floats and gives 15 digits back;
    there these are texts. So they are written and read, and nothing else: no query compares, sorts or adds them."""

    def get_internal_type(self) -> str:
        return "WideDecimalField"

    def db_type(self, connection: Any) -> str:
        if connection.vendor == "sqlite":
            return "text"
        return f"numeric({self.max_digits}, {self.decimal_places})"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> Decimal | None:
        return None if value is None else Decimal(value)

    def get_lookup(self, lookup_name: str) -> Any:
        return super().get_lookup(lookup_name) if lookup_name == "isnull" else None

"""Many rows at once: several times faster than `bulk_create` and `bulk_update`, for tables that a computation or a
loader fills."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db import connections, models
from django.db.utils import DEFAULT_DB_ALIAS

AT_ONCE = 5000
AS_THEY_ARE = (models.CharField, models.TextField, models.IntegerField, models.BooleanField, models.AutoField)


def insert_many(model: type[models.Model], rows: Iterable[models.Model]) -> int:
    """Insert new objects of a model, and return how many; keys that the database makes are not read back. Part of a
    rule.

    PostgreSQL takes them by COPY; SQLite by one prepared statement. Constraints hold as for any row.
    """
    # The connection itself: its stand-in `django.db.connection` is looked up again for each value.
    database: Any = connections[DEFAULT_DB_ALIAS]
    fields: list[Any] = [one for one in model._meta.concrete_fields if not isinstance(one, models.AutoField)]
    values = [_value(field, database) for field in fields]
    quote = database.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    into = f"{quote(model._meta.db_table)} ({columns})"
    write = _copy if database.vendor == "postgresql" else _execute
    made, waiting = 0, iter(rows)
    while part := list(islice(waiting, AT_ONCE)):
        write(database, into, len(fields), ([value(one) for value in values] for one in part))
        made += len(part)
    return made


def update_many(model: type[models.Model], rows: Iterable[models.Model], names: list[str]) -> int:
    """Write some fields of objects that stand, and return how many. Part of a rule.

    One short statement for each, sent together: `bulk_update` makes one whose text grows with rows times fields.
    """
    database: Any = connections[DEFAULT_DB_ALIAS]
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    values = [_value(field, database) for field in [*fields, model._meta.pk]]
    quote = database.ops.quote_name
    told = ", ".join(f"{quote(field.column)} = %s" for field in fields)
    key = quote(model._meta.pk.column)
    changed = [[value(one) for value in values] for one in rows]
    if changed:
        with database.cursor() as cursor:
            statement = f"UPDATE {quote(model._meta.db_table)} SET {told} WHERE {key} = %s"  # noqa: S608 (names of ours)
            cursor.executemany(statement, changed)
    return len(changed)


def _value(field: Any, database: Any) -> Callable[[Any], Any]:
    """What gives a field's value of an object as the database takes it."""
    name, target = field.attname, field
    while isinstance(target, models.ForeignKey):
        target = target.target_field
    if isinstance(target, models.UUIDField):
        if database.features.has_native_uuid_field:
            return lambda one: getattr(one, name)
        return lambda one: None if (found := getattr(one, name)) is None else found.hex
    if isinstance(target, AS_THEY_ARE):
        return lambda one: getattr(one, name)
    return lambda one: field.get_db_prep_save(field.pre_save(one, True), database)


def _copy(database: Any, into: str, width: int, rows: Iterator[list[Any]]) -> None:
    copying = f"COPY {into} FROM STDIN"
    with database.cursor() as cursor, database.wrap_database_errors, cursor.copy(copying) as copy:
        for row in rows:
            copy.write_row(row)


def _execute(database: Any, into: str, width: int, rows: Iterator[list[Any]]) -> None:
    places = ", ".join(["%s"] * width)
    with database.cursor() as cursor:
        cursor.executemany(f"INSERT INTO {into} VALUES ({places})", rows)  # noqa: S608 (names of ours)

"""Triggers that keep the audit trail append-only, whoever speaks to the database. SQLite and PostgreSQL.

A migration that rebuilds one of these tables on SQLite loses them, so it ends with `install`; `doctor` looks for them.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

ENTRY, WORDS, HEAD = "base_auditentry", "base_auditwords", "base_audithead"
# What an act said of itself; only `number` and `seal` are added later, once.
SAID = ["id", "at", "actor", "on_behalf", "act", "object_type", "object_id", "body", "words_digest"]

# Trigger: its table, what it stops, and when ({same} compares OLD and NEW).
_GUARDS = {
    "audit_entry_unchanged": (ENTRY, "UPDATE", "NOT (OLD.number IS NULL AND NEW.number IS NOT NULL AND {same})"),
    "audit_entry_kept": (ENTRY, "DELETE", ""),
    # Words are erased whole (`audit.forget`), never rewritten.
    "audit_words_unchanged": (WORDS, "UPDATE", ""),
    "audit_head_forward": (HEAD, "UPDATE", "NEW.number <= OLD.number"),
    "audit_head_kept": (HEAD, "DELETE", ""),
}
_EMPTYING = {"audit_entry_not_emptied": ENTRY, "audit_words_not_emptied": WORDS, "audit_head_not_emptied": HEAD}
_REFUSE = """
CREATE OR REPLACE FUNCTION audit_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION 'the audit trail is append-only' USING ERRCODE = 'integrity_constraint_violation'; END $$
"""


def install(connection: BaseDatabaseWrapper) -> None:
    """Create the triggers, those that stand already included."""
    remove(connection)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(_REFUSE)
        for statement in _statements(connection.vendor):
            cursor.execute(statement)


def remove(connection: BaseDatabaseWrapper) -> None:
    """Drop the triggers: for a migration of these tables, and for tests that empty the database."""
    with connection.cursor() as cursor:
        for name, table in _tables(connection.vendor).items():
            place = f" ON {table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}{place}")


def missing(connection: BaseDatabaseWrapper) -> list[str]:
    """The triggers that are not there, or are switched off."""
    wanted = _tables(connection.vendor)
    query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    if connection.vendor == "postgresql":
        query = "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgenabled IN ('O', 'A')"
    with connection.cursor() as cursor:
        cursor.execute(query)
        standing = {name for (name,) in cursor.fetchall()}
    return sorted(set(wanted) - standing)


def _tables(vendor: str) -> dict[str, str]:
    guards = {name: table for name, (table, _, _) in _GUARDS.items()}
    return guards | _EMPTYING if vendor == "postgresql" else guards


def _statements(vendor: str) -> list[str]:
    equal = "IS NOT DISTINCT FROM" if vendor == "postgresql" else "IS"
    same = " AND ".join(f"NEW.{column} {equal} OLD.{column}" for column in SAID)
    found = []
    for name, (table, act, condition) in _GUARDS.items():
        when = f"WHEN ({condition.format(same=same)})" if condition else ""
        if vendor == "postgresql":
            end = "EXECUTE FUNCTION audit_refuse()"
        else:
            end = "BEGIN SELECT RAISE(ABORT, 'the audit trail is append-only'); END"
        found.append(f"CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW {when} {end}")
    if vendor == "postgresql":
        found += [
            f"CREATE TRIGGER {name} BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse()"
            for name, table in _EMPTYING.items()
        ]
    return found


def migrate(apps: Any, schema_editor: Any) -> None:
    """For `RunPython`."""
    install(schema_editor.connection)


def unmigrate(apps: Any, schema_editor: Any) -> None:
    """For `RunPython`, backwards."""
    remove(schema_editor.connection)

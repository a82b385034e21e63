"""Each entry's words get their row and their digest, and all entries are chained in the order of their ids."""

import secrets

from django.db import migrations

from tiwizi.base import chain

BATCH = 500


def chain_entries(apps, schema_editor):
    entries, words = apps.get_model("base", "AuditEntry").objects, apps.get_model("base", "AuditWords").objects
    number, seal, last = 0, chain.BEGINNING, 0
    while page := list(entries.filter(pk__gt=last).order_by("pk")[:BATCH]):
        said = []
        for entry in page:
            if entry.reason or entry.before is not None or entry.after is not None:
                salt, text = secrets.token_hex(16), chain.words_text(entry.reason, entry.before, entry.after)
                entry.words_digest = chain.words_digest(salt, text)
                said.append(words.model(entry=entry, salt=salt, text=text))
            number += 1
            seal = chain.seal_of(seal, number, entry)
            entry.number, entry.seal = number, seal
        words.bulk_create(said)
        entries.bulk_update(page, ["words_digest", "number", "seal"])
        last = page[-1].pk
    if number:
        apps.get_model("base", "AuditHead").objects.create(pk=1, number=number, seal=seal)


def put_words_back(apps, schema_editor):
    import json

    words = apps.get_model("base", "AuditWords").objects
    for one in words.select_related("entry").iterator(chunk_size=BATCH):
        told = json.loads(one.text)
        one.entry.reason, one.entry.before, one.entry.after = told["reason"], told["before"], told["after"]
        one.entry.save(update_fields=["reason", "before", "after"])


class Migration(migrations.Migration):
    dependencies = [("base", "0004_audit_chain")]

    operations = [migrations.RunPython(chain_entries, put_words_back)]

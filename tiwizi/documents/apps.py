from django.apps import AppConfig
from django.db.models.signals import post_migrate


class DocumentsConfig(AppConfig):
    name = "tiwizi.documents"
    label = "documents"

    def ready(self) -> None:
        post_migrate.connect(_define_kinds, sender=self)


def _define_kinds(**_told: object) -> None:
    """An installation can file documents from its first day, and a database that was emptied can again."""
    from django.db import connection

    from tiwizi.documents import rules
    from tiwizi.documents.models import DocumentKind

    if DocumentKind._meta.db_table in connection.introspection.table_names():
        rules.define_standard_kinds()

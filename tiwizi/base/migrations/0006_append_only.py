"""The words' old columns go; from here on the database itself refuses to change the trail."""

from django.db import migrations, models
from django.db.models import Q

from tiwizi.base import guards


class Migration(migrations.Migration):
    dependencies = [("base", "0005_chain_what_stands")]

    operations = [
        migrations.RemoveField("auditentry", "reason"),
        migrations.RemoveField("auditentry", "before"),
        migrations.RemoveField("auditentry", "after"),
        migrations.AddIndex(
            "auditentry", models.Index(condition=Q(("number__isnull", True)), fields=["id"], name="audit_waiting")
        ),
        migrations.AddConstraint(
            "auditentry",
            models.CheckConstraint(
                condition=Q(("number__isnull", True), ("seal__isnull", True))
                | Q(("number__gte", 1), ("seal__isnull", False)),
                name="audit_sealed_whole",
            ),
        ),
        migrations.RunPython(guards.migrate, guards.unmigrate),
    ]

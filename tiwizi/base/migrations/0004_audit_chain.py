"""Words move to a table of their own; entries get a place in the chain. The data follow in 0005, guards in 0006."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("base", "0003_job_not_before")]

    operations = [
        migrations.AlterField("auditentry", "at", models.DateTimeField(default=django.utils.timezone.now)),
        migrations.AddField("auditentry", "words_digest", models.CharField(blank=True, default="", max_length=64), preserve_default=False),
        migrations.AddField("auditentry", "number", models.BigIntegerField(null=True, unique=True)),
        migrations.AddField("auditentry", "seal", models.CharField(max_length=64, null=True)),
        migrations.CreateModel(
            name="AuditWords",
            fields=[
                (
                    "entry",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="words",
                        serialize=False,
                        to="base.auditentry",
                    ),
                ),
                ("salt", models.CharField(max_length=32)),
                ("text", models.TextField()),
            ],
        ),
        migrations.CreateModel(
            name="AuditHead",
            fields=[
                ("id", models.PositiveSmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("number", models.BigIntegerField(default=0)),
                ("seal", models.CharField(max_length=64)),
            ],
            options={"constraints": [models.CheckConstraint(condition=models.Q(("id", 1)), name="audit_one_head")]},
        ),
    ]

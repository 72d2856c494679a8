from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("workers", "0007_exam_time_checked")]

    operations = [
        AddIndexConcurrently(
            "credential",
            models.Index(
                fields=["worker", "kind", "valid_to"],
                include=["valid_from", "conclusion", "verified_at", "withdrawn_at"],
                name="workers_credential_judged",
            ),
        ),
        RemoveIndexConcurrently("credential", "workers_credential_worker"),
    ]

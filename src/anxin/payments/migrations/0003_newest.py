from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("payments", "0002_compensation")]

    operations = [
        AddIndexConcurrently("bill", models.Index(fields=["-created_at"], name="payments_bill_newest")),
    ]

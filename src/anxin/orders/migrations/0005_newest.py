from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("orders", "0004_entry_place")]

    operations = [
        AddIndexConcurrently("order", models.Index(fields=["-created_at"], name="orders_order_newest")),
    ]

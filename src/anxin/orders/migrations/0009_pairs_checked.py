from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ('orders', '0008_pairs'),
    ]

    operations = [
        ValidateConstraint(model_name="order", name="orders_order_pair"),
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY orders_order_halves ON orders_order (party, part)"
                    " WHERE party IS NOT NULL",
                    "DROP INDEX CONCURRENTLY orders_order_halves",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "order",
                    models.UniqueConstraint(
                        condition=models.Q(("party__isnull", False)),
                        fields=("party", "part"),
                        name="orders_order_halves",
                    ),
                ),
            ],
        ),
    ]

from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0007_time_with_worker'),
    ]

    operations = [
        migrations.AddField("order", "party", models.UUIDField(null=True)),
        migrations.AddField("order", "part", models.SmallIntegerField(db_default=0, default=0)),
        AddConstraintNotValid(
            model_name="order",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("part", 0), ("party__isnull", True)),
                    models.Q(("part__in", (1, 2)), ("party__isnull", False)),
                    _connector="OR",
                ),
                name="orders_order_pair",
            ),
        ),
    ]

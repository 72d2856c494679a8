from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0010_note_told'),
    ]

    operations = [
        migrations.RemoveConstraint("extra", "orders_extra_state"),
        AddConstraintNotValid(
            model_name="extra",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["proposed", "agreed", "refused", "withdrawn"])),
                name="orders_extra_state",
            ),
        ),
    ]

import django.db.models.deletion
from django.db import migrations, models

# The column first and the key after, so that both tables are locked for a moment only.
KEY = """
ALTER TABLE orders_assignment ADD CONSTRAINT orders_assignment_change FOREIGN KEY (change_id)
REFERENCES orders_change (id) DEFERRABLE INITIALLY DEFERRED NOT VALID
"""


def change(*, key: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=key, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT,
        related_name="assignments", to="orders.change",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0006_credit'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.AddField("assignment", "change", change(key=False)),
                migrations.RunSQL(KEY, "ALTER TABLE orders_assignment DROP CONSTRAINT orders_assignment_change"),
            ],
            [migrations.AddField("assignment", "change", change(key=True))],
        )
    ]

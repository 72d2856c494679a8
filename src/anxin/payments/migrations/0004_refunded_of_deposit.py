from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0003_newest'),
    ]

    operations = [
        migrations.RemoveConstraint("bill", "payments_bill_refunded"),
        AddConstraintNotValid(
            model_name="bill",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("refunded_fen__gte", 0),
                    ("refunded_fen__lte", models.F("paid_fen") + models.F("deposit_fen")),
                ),
                name="payments_bill_refunded",
            ),
        ),
    ]

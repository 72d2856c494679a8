from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('payments', '0004_refunded_of_deposit'),
    ]

    operations = [
        ValidateConstraint(model_name="bill", name="payments_bill_refunded"),
    ]

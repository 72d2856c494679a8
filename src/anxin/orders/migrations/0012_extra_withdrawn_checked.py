from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('orders', '0011_extra_withdrawn'),
    ]

    operations = [
        ValidateConstraint(model_name="extra", name="orders_extra_state"),
    ]

from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0003_credit'),
    ]

    operations = [
        ValidateConstraint(model_name='agencystanding', name='agencies_standing_credit'),
    ]

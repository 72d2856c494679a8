from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('safetycode', '0013_entrusted_tasks'),
    ]

    operations = [
        ValidateConstraint(model_name='delegation', name='safetycode_delegation_task'),
    ]

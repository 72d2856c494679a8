from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_exams_and_insurers'),
    ]

    operations = [
        ValidateConstraint(model_name='appointment', name='accounts_appointment_post'),
        ValidateConstraint(model_name='organisation', name='accounts_organisation_kind'),
    ]

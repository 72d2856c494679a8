from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0011_credit_agencies'),
    ]

    operations = [
        ValidateConstraint(model_name='appointment', name='accounts_appointment_post'),
        ValidateConstraint(model_name='organisation', name='accounts_organisation_kind'),
        ValidateConstraint(model_name='organisation', name='accounts_organisation_region'),
    ]

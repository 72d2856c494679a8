from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_authorisation_code")]
    operations = [ValidateConstraint(model_name="code", name="accounts_code_purpose")]

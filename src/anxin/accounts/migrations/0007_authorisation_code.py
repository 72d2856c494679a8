from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0006_consent")]
    operations = [
        migrations.RemoveConstraint(model_name="code", name="accounts_code_purpose"),
        AddConstraintNotValid(
            model_name="code",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "purpose__in",
                        ["sign_in", "contract", "phone_change", "password", "step_up", "authorisation"],
                    )
                ),
                name="accounts_code_purpose",
            ),
        ),
    ]

from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("safetycode", "0003_slot")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(
                    "CREATE UNIQUE INDEX CONCURRENTLY safetycode_code_slot ON safetycode_safetycode (slot)",
                    "DROP INDEX CONCURRENTLY safetycode_code_slot",
                ),
                migrations.RunSQL(
                    "ALTER TABLE safetycode_safetycode"
                    " ADD CONSTRAINT safetycode_code_slot UNIQUE USING INDEX safetycode_code_slot",
                    "ALTER TABLE safetycode_safetycode DROP CONSTRAINT safetycode_code_slot",
                ),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "safetycode", models.UniqueConstraint(fields=["slot"], name="safetycode_code_slot")
                ),
            ],
        ),
    ]

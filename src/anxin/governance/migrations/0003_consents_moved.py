from django.db import migrations

COLUMNS = "id, person_id, purpose, version, text_hash, given_at, channel, withdrawn_at, withdrawn_channel"


class Migration(migrations.Migration):
    """Consents are asked for where data arises, below governance; accounts keeps them now."""

    dependencies = [("accounts", "0006_consent"), ("governance", "0002_sweep")]

    operations = [
        migrations.RunSQL(
            f"INSERT INTO accounts_consent ({COLUMNS}) SELECT {COLUMNS} FROM governance_consent ON CONFLICT DO NOTHING",  # nosec B608  # only our own columns
            f"INSERT INTO governance_consent ({COLUMNS}) SELECT {COLUMNS} FROM accounts_consent",  # nosec B608  # only our own columns
        ),
        migrations.DeleteModel(name="Consent"),
    ]

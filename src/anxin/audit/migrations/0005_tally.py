from django.db import migrations, models

# Written on many requests and worth nothing after a crash: no log, no backup, and room on each page to update in place.
UNLOGGED = "ALTER TABLE audit_tally SET UNLOGGED; ALTER TABLE audit_tally SET (fillfactor = 50);"


class Migration(migrations.Migration):
    """Tallies of who asks how often, shared by all processes."""

    dependencies = [("audit", "0004_reseal")]
    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                ("key", models.BinaryField(max_length=16, primary_key=True, serialize=False)),
                ("whole_at", models.FloatField()),
                ("room", models.FloatField()),
            ],
        ),
        migrations.RunSQL(UNLOGGED, migrations.RunSQL.noop),
    ]

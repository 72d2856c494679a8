from django.db import migrations, models


class Migration(migrations.Migration):
    """From when to when the acts of an archive are, so that a search opens only the files it needs."""

    dependencies = [("audit", "0006_anchored")]
    operations = [
        migrations.AddField(model_name="archive", name="first_at", field=models.DateTimeField(null=True)),
        migrations.AddField(model_name="archive", name="last_at", field=models.DateTimeField(null=True)),
    ]

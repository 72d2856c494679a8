from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("safetycode", "0002_colours")]

    operations = [
        migrations.AddField("safetycode", "slot", models.IntegerField(null=True)),
    ]

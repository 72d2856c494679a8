import anxin.kit.fields
from django.db import migrations


class Migration(migrations.Migration):
    """The column stays as it is; the field now tells the rotation of keys what it is a hash of."""

    dependencies = [("workers", "0002_colour")]
    operations = [
        migrations.AlterField(
            model_name="worker",
            name="name_hash",
            field=anxin.kit.fields.BlindIndexField(editable=False, max_length=32, of="person.name"),
        ),
    ]

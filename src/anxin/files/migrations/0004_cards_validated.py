from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0003_cards'),
    ]

    operations = [
        ValidateConstraint('storedfile', 'files_kind'),
    ]

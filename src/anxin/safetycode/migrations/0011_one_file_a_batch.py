import django.db.models.deletion
from django.db import migrations, models

# The column first and the key after, so that both tables are locked for a moment only.
KEY = """
ALTER TABLE safetycode_cardbatch ADD CONSTRAINT safetycode_batch_file FOREIGN KEY (file_id)
REFERENCES files_storedfile (id) DEFERRABLE INITIALLY DEFERRED NOT VALID
"""


def file(*, key: bool) -> models.ForeignKey:
    return models.ForeignKey(
        db_constraint=key, db_index=False, null=True, on_delete=django.db.models.deletion.SET_NULL,
        related_name="+", to="files.storedfile",
    )


class Migration(migrations.Migration):

    dependencies = [
        ('files', '0004_cards_validated'),
        ('safetycode', '0010_card_form'),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            [
                migrations.AddField("cardbatch", "file", file(key=False)),
                migrations.RunSQL(KEY, "ALTER TABLE safetycode_cardbatch DROP CONSTRAINT safetycode_batch_file"),
            ],
            [migrations.AddField("cardbatch", "file", file(key=True))],
        )
    ]

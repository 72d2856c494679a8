import django.db.models.deletion
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('catalogue', '0003_first_edition'),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='category',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='categories', to='catalogue.catalogueversion'),
        ),
        WithoutOwnIndex(
            model_name='item',
            name='version',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='items', to='catalogue.catalogueversion'),
        ),
    ]

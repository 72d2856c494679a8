import django.db.models.deletion
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0013_one_index_each'),
        ('workers', '0009_block'),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='authorisation',
            name='worker',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='authorisations', to='workers.worker'),
        ),
        WithoutOwnIndex(
            model_name='block',
            name='organisation',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        WithoutOwnIndex(
            model_name='workermoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='workers.worker'),
        ),
    ]

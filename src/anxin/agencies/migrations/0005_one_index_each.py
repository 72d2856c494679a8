import django.db.models.deletion
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('agencies', '0004_credit_checked'),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='agencyhistory',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='history', to='agencies.agency'),
        ),
        WithoutOwnIndex(
            model_name='document',
            name='agency',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='documents', to='agencies.agency'),
        ),
        WithoutOwnIndex(
            model_name='serviceitem',
            name='agency',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='services', to='agencies.agency'),
        ),
        WithoutOwnIndex(
            model_name='serviceitemhistory',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='history', to='agencies.serviceitem'),
        ),
        WithoutOwnIndex(
            model_name='serviceversion',
            name='service',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='versions', to='agencies.serviceitem'),
        ),
    ]

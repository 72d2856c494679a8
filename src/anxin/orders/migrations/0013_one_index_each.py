import django.db.models.deletion
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0013_one_index_each'),
        ('customers', '0002_one_index_each'),
        ('orders', '0012_extra_withdrawn_checked'),
        ('workers', '0010_one_index_each'),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='assignment',
            name='worker',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='workers.worker'),
        ),
        WithoutOwnIndex(
            model_name='note',
            name='order',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='notes', to='orders.order'),
        ),
        WithoutOwnIndex(
            model_name='offer',
            name='organisation',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        WithoutOwnIndex(
            model_name='order',
            name='customer',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='customers.customer'),
        ),
        WithoutOwnIndex(
            model_name='order',
            name='provider',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        WithoutOwnIndex(
            model_name='step',
            name='visit',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='steps', to='orders.visit'),
        ),
        WithoutOwnIndex(
            model_name='visit',
            name='order',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='visits', to='orders.order'),
        ),
        WithoutOwnIndex(
            model_name='warning',
            name='order',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='warnings', to='orders.order'),
        ),
    ]

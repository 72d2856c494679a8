import django.db.models.deletion
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('orders', '0013_one_index_each'),
        ('reviews', '0001_initial'),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='review',
            name='order',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='orders.order'),
        ),
    ]

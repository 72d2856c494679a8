import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('files', '0004_cards_validated'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='storedfile',
            name='person',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
    ]

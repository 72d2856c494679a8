import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0012_credit_agencies_checked'),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='appointment',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='appointments', to='accounts.organisation'),
        ),
        WithoutOwnIndex(
            model_name='consent',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        WithoutOwnIndex(
            model_name='identitycheck',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        WithoutOwnIndex(
            model_name='passkey',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        WithoutOwnIndex(
            model_name='passworduse',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        WithoutOwnIndex(
            model_name='rightrequest',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        WithoutOwnIndex(
            model_name='signin',
            name='person',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='sign_ins', to=settings.AUTH_USER_MODEL),
        ),
    ]

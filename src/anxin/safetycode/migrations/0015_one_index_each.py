import django.db.models.deletion
from django.db import migrations, models

from anxin.kit.indexes import WithoutOwnIndex


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ('accounts', '0013_one_index_each'),
        ('safetycode', '0014_entrusted_tasks_checked'),
    ]

    operations = [
        WithoutOwnIndex(
            model_name='appealmoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.appeal'),
        ),
        WithoutOwnIndex(
            model_name='applicationmoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.application'),
        ),
        WithoutOwnIndex(
            model_name='cardbatch',
            name='issuer',
            field=models.ForeignKey(db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        WithoutOwnIndex(
            model_name='checkmoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.backgroundcheck'),
        ),
        WithoutOwnIndex(
            model_name='claim',
            name='claimant',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
        WithoutOwnIndex(
            model_name='claimmoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.claim'),
        ),
        WithoutOwnIndex(
            model_name='exammoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.examappointment'),
        ),
        WithoutOwnIndex(
            model_name='policymoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.insurancepolicy'),
        ),
        WithoutOwnIndex(
            model_name='refreshmoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.refresh'),
        ),
        WithoutOwnIndex(
            model_name='safetycodemoved',
            name='row',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='history', to='safetycode.safetycode'),
        ),
        WithoutOwnIndex(
            model_name='upload',
            name='organisation',
            field=models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.organisation'),
        ),
    ]

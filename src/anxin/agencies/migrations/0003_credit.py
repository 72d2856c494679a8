from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('agencies', '0002_frozen_versions'),
    ]

    operations = [
        migrations.AddField(
            model_name='agencystanding',
            name='credit_score',
            field=models.SmallIntegerField(db_default=80, default=80),
        ),
        AddConstraintNotValid(
            model_name='agencystanding',
            constraint=models.CheckConstraint(condition=models.Q(('credit_score__range', (0, 100))), name='agencies_standing_credit'),
        ),
    ]

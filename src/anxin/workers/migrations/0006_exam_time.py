from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('workers', '0005_archive'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='booking',
            name='workers_booking_kind',
        ),
        AddConstraintNotValid(
            model_name='booking',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['visit', 'leave', 'interview', 'class', 'exam'])), name='workers_booking_kind'),
        ),
    ]

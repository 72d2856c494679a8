from django.contrib.postgres.operations import ValidateConstraint
from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('workers', '0006_exam_time'),
    ]

    operations = [
        ValidateConstraint(model_name='booking', name='workers_booking_kind'),
    ]

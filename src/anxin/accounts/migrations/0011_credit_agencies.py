from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0010_exams_and_insurers_checked'),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name='appointment',
            name='accounts_appointment_post',
        ),
        migrations.RemoveConstraint(
            model_name='organisation',
            name='accounts_organisation_region',
        ),
        migrations.RemoveConstraint(
            model_name='organisation',
            name='accounts_organisation_kind',
        ),
        AddConstraintNotValid(
            model_name='appointment',
            constraint=models.CheckConstraint(condition=models.Q(('post__in', ['agency.head', 'agency.dispatcher', 'agency.finance', 'agency.service', 'outlet.head', 'outlet.service', 'operator.operations', 'operator.reviewer', 'operator.finance', 'operator.service', 'operator.reviews', 'operator.system', 'operator.security', 'operator.auditor', 'association.head', 'association.codes', 'bureau.head', 'bureau.supervisor', 'training.head', 'training.registrar', 'experts.head', 'experts.expert', 'corporate.head', 'corporate.buyer', 'exam.head', 'exam.registrar', 'insurer.head', 'insurer.clerk', 'credit.head', 'credit.reviewer', 'credit.issuer'])), name='accounts_appointment_post'),
        ),
        AddConstraintNotValid(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['agency', 'operator', 'association', 'bureau', 'outlet', 'training', 'experts', 'corporate', 'exam', 'insurer', 'credit'])), name='accounts_organisation_kind'),
        ),
        AddConstraintNotValid(
            model_name='organisation',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('kind__in', ['association', 'bureau', 'credit']), _negated=True), models.Q(('region', ''), _negated=True), _connector='OR'), name='accounts_organisation_region'),
        ),
    ]

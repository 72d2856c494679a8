from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

# As before, and the delegation must be one for issuing: one for reviewing gives no leave to issue.
FUNCTION = """
CREATE OR REPLACE FUNCTION safetycode_authorised() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.delegation_id IS NULL THEN
        IF NEW.issuer_id IS NULL OR EXISTS (
            SELECT 1 FROM accounts_organisation o WHERE o.id = NEW.issuer_id AND o.kind = 'operator'
        ) THEN RETURN NEW; END IF;
    ELSIF NEW.issuer_id IS NOT NULL AND EXISTS (
        SELECT 1 FROM safetycode_delegation d WHERE d.id = NEW.delegation_id {issues}
        AND d.starts_at <= NEW.issued_at AND (d.ends_at IS NULL OR NEW.issued_at < d.ends_at)
    ) THEN RETURN NEW; END IF;
    RAISE check_violation USING CONSTRAINT = 'safetycode_issue_authority',
        MESSAGE = 'a code is issued only by whom the bureau has entrusted with the city at that time';
END $$;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0012_credit_agencies_checked'),
        ('safetycode', '0012_pause_until'),
    ]

    operations = [
        migrations.AddField(
            model_name='delegation',
            name='issues',
            field=models.BooleanField(db_default=True),
        ),
        migrations.AddField(
            model_name='delegation',
            name='reviews',
            field=models.BooleanField(db_default=True),
        ),
        AddConstraintNotValid(
            model_name='delegation',
            constraint=models.CheckConstraint(condition=models.Q(('reviews', True), ('issues', True), _connector='OR'), name='safetycode_delegation_task'),
        ),
        migrations.RunSQL(FUNCTION.format(issues='AND d.issues'), FUNCTION.format(issues='')),
    ]

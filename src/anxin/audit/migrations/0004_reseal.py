import anxin.kit.fields
from django.db import migrations

# A trigger names its sealed columns as arguments: these alone may change, and only while keys are rotated
# (anxin.config.keys). What they hold is authenticated under a key that the database does not have.
RESEAL = """
CREATE OR REPLACE FUNCTION anxin_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('anxin.reseal', true) = 'on'
        AND to_jsonb(NEW) - TG_ARGV::text[] = to_jsonb(OLD) - TG_ARGV::text[] THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""
BEFORE = """
CREATE OR REPLACE FUNCTION anxin_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
"""


class Migration(migrations.Migration):
    """Append-only tables let the rotation of keys seal their sealed columns anew, and nothing else."""

    dependencies = [("audit", "0003_trail_search")]
    operations = [
        migrations.AlterField(
            model_name="answer",
            name="body",
            field=anxin.kit.fields.SealedField(bound_to=("who", "key"), default=b""),
        ),
        migrations.RunSQL(RESEAL, BEFORE),
    ]

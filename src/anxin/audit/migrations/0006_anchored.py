from django.db import migrations, models

# Entries may leave the table only when a row of audit_archive says that they lie in a file; the rest is as before.
KEEP = """
CREATE FUNCTION anxin_audit_entry_keep() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT 1 FROM audit_archive a WHERE OLD.xact < a.below_xact) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER audit_entry_append_only ON audit_entry;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION anxin_audit_entry_keep();
CREATE TRIGGER audit_archive_append_only BEFORE UPDATE OR DELETE ON audit_archive
    FOR EACH ROW EXECUTE FUNCTION anxin_append_only();
"""
BEFORE = """
DROP TRIGGER audit_archive_append_only ON audit_archive;
DROP TRIGGER audit_entry_append_only ON audit_entry;
CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON audit_entry
    FOR EACH ROW EXECUTE FUNCTION anxin_append_only();
DROP FUNCTION anxin_audit_entry_keep();
"""


class Migration(migrations.Migration):
    """A mark on each entry for as long as no seal covers it; archives of what is past its time."""

    dependencies = [("audit", "0005_tally")]
    operations = [
        migrations.AddField(
            model_name="entry", name="mark", field=models.CharField(blank=True, db_default="", default="", max_length=32)
        ),
        migrations.CreateModel(
            name="Archive",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=80, unique=True)),
                ("from_xact", models.BigIntegerField(unique=True)),
                ("below_xact", models.BigIntegerField(unique=True)),
                ("seals", models.IntegerField()),
                ("entries", models.IntegerField()),
                ("sha256", models.CharField(max_length=64)),
                ("signature", models.BinaryField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.RunSQL(KEEP, BEFORE),
    ]

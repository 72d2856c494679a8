"""A rule that once held stays on record: versions are appended, never changed."""

from django.db import migrations

GUARD = """
CREATE TRIGGER policies_version_append_only BEFORE UPDATE OR DELETE ON policies_policyversion
    FOR EACH ROW EXECUTE FUNCTION anxin_append_only();
"""


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial"), ("audit", "0002_append_only")]
    operations = [
        migrations.RunSQL(GUARD, "DROP TRIGGER policies_version_append_only ON policies_policyversion;")
    ]

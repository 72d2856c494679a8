"""A published edition never changes: the database refuses updates and deletions of its rows."""

from django.db import migrations

TABLES = ("catalogue_catalogueversion", "catalogue_category", "catalogue_item")
GUARD = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION anxin_append_only();\n"
    for table in TABLES
)
UNGUARD = "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(GUARD, UNGUARD)]

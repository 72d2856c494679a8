from django.db import migrations

FREEZE = """
CREATE FUNCTION agencies_version_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.published_at IS NOT NULL THEN
        RAISE EXCEPTION 'a published version of a service never changes' USING ERRCODE = 'restrict_violation';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER agencies_version_frozen BEFORE UPDATE OR DELETE ON agencies_serviceversion
    FOR EACH ROW EXECUTE FUNCTION agencies_version_frozen();
CREATE TRIGGER agencies_agencyhistory_append_only BEFORE UPDATE OR DELETE ON agencies_agencyhistory
    FOR EACH ROW EXECUTE FUNCTION anxin_append_only();
CREATE TRIGGER agencies_itemhistory_append_only BEFORE UPDATE OR DELETE ON agencies_serviceitemhistory
    FOR EACH ROW EXECUTE FUNCTION anxin_append_only();
"""
THAW = """
DROP TRIGGER agencies_itemhistory_append_only ON agencies_serviceitemhistory;
DROP TRIGGER agencies_agencyhistory_append_only ON agencies_agencyhistory;
DROP TRIGGER agencies_version_frozen ON agencies_serviceversion;
DROP FUNCTION agencies_version_frozen();
"""


class Migration(migrations.Migration):
    """An order keeps the version it was made under, so the database itself refuses to change one."""

    dependencies = [("agencies", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(FREEZE, THAW)]

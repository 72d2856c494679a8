from django.db import migrations

# The lock is that of queries.time.lock_time, the neighbours are those of candidates.NEIGHBOURS_SQL. A volatile
# function reads with a new snapshot after each of its statements, so behind the lock it sees what the one before
# booked; a plain subquery of the calling statement would still see the time before.
CALM = """
CREATE FUNCTION workers_calm(
    who uuid, starts timestamptz,
    left_at timestamptz, left_lat float8, left_lng float8,
    next_at timestamptz, next_lat float8, next_lng float8
) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
DECLARE
    earlier record;
    later record;
BEGIN
    PERFORM pg_advisory_xact_lock(7320001, hashtext(who::text));
    SELECT upper(b.span) AS ends, b.lat, b.lng INTO earlier FROM workers_booking b
        WHERE b.worker_id = who AND lower(b.span) < starts AND b.lat IS NOT NULL
        ORDER BY lower(b.span) DESC LIMIT 1;
    SELECT lower(b.span) AS starts, b.lat, b.lng INTO later FROM workers_booking b
        WHERE b.worker_id = who AND lower(b.span) >= starts AND b.lat IS NOT NULL
        ORDER BY lower(b.span) LIMIT 1;
    RETURN earlier.ends IS NOT DISTINCT FROM left_at
        AND earlier.lat IS NOT DISTINCT FROM left_lat AND earlier.lng IS NOT DISTINCT FROM left_lng
        AND later.starts IS NOT DISTINCT FROM next_at
        AND later.lat IS NOT DISTINCT FROM next_lat AND later.lng IS NOT DISTINCT FROM next_lng
        AND EXISTS (SELECT 1 FROM workers_worker w WHERE w.id = who AND w.state = 'active');
END $$;
"""
FORGET = "DROP FUNCTION workers_calm(uuid, timestamptz, timestamptz, float8, float8, timestamptz, float8, float8);"


class Migration(migrations.Migration):
    dependencies = [("workers", "0003_name_index")]
    operations = [migrations.RunSQL(CALM, FORGET)]

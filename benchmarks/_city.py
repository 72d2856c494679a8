"""A city of workers with codes and papers, made by the database itself: no people, no names, dates only."""

from __future__ import annotations

from django.db import connection

# Nothing checks foreign keys here and no trigger lists anybody: this is the city as it was yesterday.
FILL = [
    "SET session_replication_role = replica",
    # What was committed and has not reached the log yet, a vacuum leaves out of the map of what everybody sees: a night
    # would then read the tables where it reads the indexes.
    "SET synchronous_commit = on",
    "TRUNCATE safetycode_due, safetycode_judged, safetycode_safetycode, safetycode_rulechoice, workers_credential,"
    " workers_standing, safetycode_creditoverlay CASCADE",
    # The city is vacuumed once it stands; whatever else is done beside a statement is not its work.
    *(
        f"ALTER TABLE {table} SET (autovacuum_enabled = off)"
        for table in ("workers_credential", "safetycode_safetycode", "safetycode_judged", "workers_standing")
    ),
    "DROP TABLE IF EXISTS bench_worker",
    # Keys in the order of time, as the application makes them.
    "CREATE TABLE bench_worker AS SELECT n, (lpad(to_hex(n), 12, '0') || '7' || substr(md5(n::text), 1, 3) || '8' ||"
    " substr(md5(n::text), 4, 15))::uuid AS id FROM generate_series(1, {workers}) AS n",
    "CREATE INDEX ON bench_worker (n)",
    "ANALYZE bench_worker",
    "INSERT INTO workers_standing (worker_id, rating_hundredths, rating_count, completed, late, credit_score,"
    " recent_orders, colour) SELECT id, 0, 0, 0, 0, 80, 0, '' FROM bench_worker",
    "INSERT INTO safetycode_safetycode (id, state, state_at, worker_id, number, issued_at, valid_to,"
    " last_verified_at, handle, secret) SELECT gen_random_uuid(),"
    " CASE WHEN n % 97 = 0 THEN 'suspended' WHEN n % 89 = 0 THEN 'revoked' ELSE 'issued' END, {at}, id,"
    " 'ZJ-3301-' || n, {at}, {day} + (n::bigint * 7919 % 500)::int - 20, {at},"
    " decode(lpad(to_hex(n), 18, '0'), 'hex'), '' FROM bench_worker",
    # One kind after the other: a worker's papers do not lie side by side.
    *(
        "INSERT INTO workers_credential (id, worker_id, kind, title, number, issuer, valid_from, valid_to,"
        " health_tier, occupation_class, level, conclusion, verified_at, verified_how, withdrawn_why, created_at)"
        f" SELECT gen_random_uuid(), id, '{kind}', '', '', '', d.start, d.start + 365, {tier}, {occupation}, 0,"
        f" CASE WHEN n % {failed} = 0 THEN 'failed' ELSE 'passed' END,"
        f" CASE WHEN n % {pending} = 0 THEN NULL ELSE {{at}} END, '', '', {{at}}"
        f" FROM bench_worker, LATERAL (SELECT {{day}} + 10 - (n::bigint * {prime} % 385)::int AS start) d"
        for kind, tier, occupation, failed, pending, prime in (
            ("health_check", "1", "NULL", 211, 151, 104_729),
            ("insurance", "NULL", "1", 1_009, 139, 7_919),
            ("background_check", "NULL", "NULL", 503, 131, 1_299_709),
            ("training", "NULL", "NULL", 10**9, 10**9, 15_485_863),
        )
    ),
    "SET session_replication_role = DEFAULT",
    "VACUUM ANALYZE workers_credential, safetycode_safetycode, workers_standing",
    "RESET synchronous_commit",
]


def fill(workers: int, day: str, at: str) -> None:
    """A city of that many workers, four papers each, on a day; about one in seven is not green."""
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement.format(workers=workers, day=f"DATE '{day}'", at=f"'{at}'::timestamptz"))

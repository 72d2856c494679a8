"""Every index costs each write its share: none repeats the beginning of another."""

from __future__ import annotations

import pytest
from django.db import connection

pytestmark = [pytest.mark.django_db, pytest.mark.requirement("A-7.4.3")]
# Of b-trees over plain columns of all rows. One that is unique, or half of a constraint, is for more than searching;
# of two alike the later one is told.
REPEATED = """
    SELECT shorter.indexrelid::regclass::text, longer.indexrelid::regclass::text
    FROM pg_index shorter
    JOIN pg_index longer ON longer.indrelid = shorter.indrelid AND longer.indexrelid <> shorter.indexrelid
    JOIN pg_class c ON c.oid = shorter.indexrelid
    JOIN pg_class d ON d.oid = longer.indexrelid AND d.relam = c.relam
    JOIN pg_am ON pg_am.oid = c.relam AND amname = 'btree'
    WHERE c.relnamespace = 'public'::regnamespace
      AND NOT shorter.indisunique AND NOT shorter.indisexclusion
      AND shorter.indpred IS NULL AND longer.indpred IS NULL
      AND shorter.indexprs IS NULL AND longer.indexprs IS NULL
      AND shorter.indnatts = shorter.indnkeyatts
      AND (shorter.indnkeyatts < longer.indnkeyatts OR longer.indisunique
           OR shorter.indexrelid > longer.indexrelid)
      AND (shorter.indkey::int2[])[0:shorter.indnkeyatts - 1] = (longer.indkey::int2[])[0:shorter.indnkeyatts - 1]
      AND (shorter.indclass::oid[])[0:shorter.indnkeyatts - 1] = (longer.indclass::oid[])[0:shorter.indnkeyatts - 1]
      AND (shorter.indoption::int2[])[0:shorter.indnkeyatts - 1]
          = (longer.indoption::int2[])[0:shorter.indnkeyatts - 1]
    ORDER BY 1, 2"""
# Django's own tables, which hold a few rows that nobody writes.
OTHERS = ("auth_", "django_", "procrastinate_")


def test_no_index_repeats_the_beginning_of_another() -> None:
    with connection.cursor() as cursor:
        cursor.execute(REPEATED)
        found = [row for row in cursor.fetchall() if not row[0].startswith(OTHERS)]
    assert found == []


def test_no_routine_of_a_migration_is_left_that_nothing_calls() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT proname FROM pg_proc p WHERE pronamespace = 'public'::regnamespace
               AND prorettype = 'trigger'::regtype AND NOT EXISTS (SELECT 1 FROM pg_trigger t WHERE tgfoid = p.oid)
               AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')"""
        )
        assert cursor.fetchall() == []

"""What migrations load (divisions, calendar, catalogue, permissions) is there for every test.

A transactional test leaves its rows behind. What differs from the tables as they were at first is put back, by their
very rows: Django would empty all tables and make content types and permissions anew, which takes seconds.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import TransactionTestCase

from tests import template

KEEP = """
DROP SCHEMA IF EXISTS pristine CASCADE;
CREATE SCHEMA pristine;
CREATE TABLE pristine.kept (name text, columns text, filled boolean);
CREATE FUNCTION pristine.keep() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record; has_rows boolean;
BEGIN
  FOR one IN
    SELECT c.relname::text AS name, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum) AS columns
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attgenerated = '' GROUP BY c.oid
  LOOP
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I)', one.name) INTO has_rows;
    INSERT INTO pristine.kept VALUES (one.name, one.columns, has_rows);
    IF has_rows THEN
      EXECUTE format('CREATE TABLE pristine.%1$I AS SELECT %2$s FROM public.%1$I', one.name, one.columns);
    END IF;
  END LOOP;
END $$;
CREATE FUNCTION pristine.put_back() RETURNS void LANGUAGE plpgsql AS $$
DECLARE one record; differs boolean;
BEGIN
  -- What is put back held before; and what may never be changed goes, too.
  SET LOCAL session_replication_role = replica;
  FOR one IN SELECT * FROM pristine.kept LOOP
    EXECUTE format(CASE WHEN one.filled THEN
      'SELECT EXISTS ((SELECT %2$s FROM public.%1$I EXCEPT ALL TABLE pristine.%1$I)
         UNION ALL (TABLE pristine.%1$I EXCEPT ALL SELECT %2$s FROM public.%1$I))'
      ELSE 'SELECT EXISTS (SELECT FROM public.%1$I)' END, one.name, one.columns) INTO differs;
    CONTINUE WHEN NOT differs;
    EXECUTE format('DELETE FROM public.%I', one.name);
    IF one.filled THEN
      EXECUTE format('INSERT INTO public.%1$I (%2$s) OVERRIDING SYSTEM VALUE TABLE pristine.%1$I',
                     one.name, one.columns);
    END IF;
  END LOOP;
END $$;
SELECT pristine.keep()
"""


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """In place of pytest-django's: the database with a copy of what the migrations loaded."""
    with django_db_blocker.unblock():
        product = template.create(KEEP)
    yield
    with django_db_blocker.unblock():
        template.destroy(product)


def put_back(self: TransactionTestCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pristine.put_back()")


@pytest.fixture(scope="session", autouse=True)
def _tables_as_at_first() -> Iterator[None]:
    """Transactional tests end with `put_back` in place of Django's flush."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", put_back)
        yield

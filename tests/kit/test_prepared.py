"""A query whose text is made once reads what the ORM would read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import connection
from django.db.models import QuerySet

from anxin.accounts.models import Appointment
from anxin.kit import prepared
from tests import cast

pytestmark = pytest.mark.django_db


def held(post: str, since: datetime, person: UUID) -> QuerySet[Appointment]:
    rows = Appointment.objects.filter(post=post, created_at__gt=since, person_id=person, suspended_at=None)
    return rows.select_related("person", "organisation", "stands_in_for")


def test_rows_and_what_was_selected_along_are_those_of_the_orm(jia_head, yi_head, django_assert_num_queries):
    query: Any = prepared.Query(held)
    for member in (jia_head, yi_head):
        given = {"post": "agency.head", "since": cast.BEGIN - timedelta(days=1), "person": member.id}
        [expected] = held(**given)
        with django_assert_num_queries(1):
            [found] = query.rows(**given)
            assert (found, found.person.name) == (expected, member.person.name)
            assert (found.organisation.name, found.stands_in_for) == (member.organisation.name, None)
        columns = [field.attname for field in Appointment._meta.concrete_fields]
        assert [getattr(found, name) for name in columns] == [getattr(expected, name) for name in columns]
        assert query.rows(**{**given, "since": cast.NOON}) == []
        assert query.rows(**{**given, "post": "agency.finance"}) == []


def test_its_text_is_made_once(jia_head):
    made: list[str] = []

    def build(post: str) -> QuerySet[Appointment]:
        made.append(post)
        return Appointment.objects.filter(post=post)

    query: Any = prepared.Query(build)
    assert [len(query.rows(post=post)) for post in ("agency.head", "agency.finance")] == [1, 0]
    assert len(made) == 1


def test_a_value_that_is_not_handed_on_as_it_is_is_told_at_once():
    query: Any = prepared.Query(lambda since: Appointment.objects.all())
    query._build.__annotations__ = {"since": datetime}
    with pytest.raises(ValueError, match="since"):
        query.rows(since=cast.NOON)
    assert not connection.needs_rollback

"""Statements that are put together faster read as Django's own, and bring the same rows."""

from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import FieldError
from django.db import connection, models
from django.db.backends.postgresql.compiler import SQLCompiler as Own
from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Lower

from anxin.accounts.models import Appointment, Organisation, Person
from anxin.kit.postgres.compiler import SQLCompiler
from anxin.orders.models import Assignment
from anxin.workers.models import Worker
from tests import cast, thorough


def both(rows: QuerySet[Any, Any]) -> list[Any]:
    """The statement, the models with the places of their columns, and how values are read: ours, and Django's."""
    found = []
    for kind in (SQLCompiler, Own):
        compiler: Any = kind(rows.query.clone(), connection, "default")
        text = compiler.as_sql()
        steps = compiler.get_converters([one[0] for one in compiler.select])
        read = {
            place: ([step.__qualname__ for step in of], str(column)) for place, (of, column) in steps.items()
        }
        found.append((text, shape(compiler.klass_info), read, compiler.annotation_col_map))
    return found


def shape(info: dict[str, Any]) -> Any:
    along = info.get("related_klass_infos")
    return info["model"], list(info["select_fields"]), along and [shape(one) for one in along]


def ways(model: type[models.Model]) -> list[QuerySet[Any, Any]]:
    rows = model._base_manager.all()
    keys = [field.name for field in model._meta.concrete_fields if field.is_relation]
    first = model._meta.concrete_fields[-1].name
    found = [rows, rows.order_by(f"-{first}"), rows.order_by(F(first).desc(nulls_last=True)), rows.only("pk")]
    found += [
        rows.only("pk", first).order_by(first),
        rows.defer(first),
        rows.distinct(),
        rows.annotate(n=Count("pk")),
        rows[3:7],
    ]
    if keys:
        found += [
            rows.select_related(*keys),
            rows.select_related(*keys).order_by(f"{keys[0]}__pk"),
            rows.select_related(),
        ]
        found += [rows.filter(**{f"{keys[0]}__isnull": False}).select_related(keys[0])]
    return found


def test_every_model_is_selected_by_the_statement_of_django() -> None:
    for row, model in enumerate(apps.get_models()):
        for column, rows in enumerate(ways(model)):
            if not thorough.tried(row, column):
                continue
            ours, own = both(rows)
            assert ours == own
            # A second time from what was made before.
            assert both(rows)[0] == own


def test_what_is_not_plain_goes_the_way_of_django(db: None) -> None:
    staffed = Appointment.objects.filter(organisation=OuterRef("pk"))
    for rows in (
        Organisation.objects.annotate(first=Subquery(staffed.values("post")[:1])).order_by("first"),
        Organisation.objects.filter(Q(pk__in=staffed.values("organisation")) | Q(name="")),
        Organisation.objects.order_by(Lower("name"), "-pk"),
        Organisation.objects.extra(select={"kind": "1"}).order_by("kind"),
        Organisation.objects.select_for_update(of=("self",)),
        Appointment.objects.select_related("person", "organisation").order_by("organisation__name", "person"),
        Person.objects.filter(pk__in=Person.objects.order_by("created_at")[:3]),
    ):  # fmt: skip
        ours, own = both(rows)
        assert ours == own
    # By keys of keys, the same table twice, back along a key of one, and by what cannot be followed.
    for names in (
        ("order__customer__person", "worker__person", "visit"), ("order", "order__provider", "order__customer"),
    ):  # fmt: skip
        ours, own = both(Assignment.objects.select_related(*names).order_by("visit__starts_at"))
        assert ours == own
    ours, own = both(Worker.objects.select_related("standing", "person"))
    assert ours == own
    with pytest.raises(FieldError, match="nowhere"):
        str(Assignment.objects.select_related(*["order__nowhere"]).query)
    united = Organisation.objects.filter(kind="agency").union(Organisation.objects.filter(kind="bureau"))
    assert list(united.order_by("name")) == []


def test_rows_come_with_those_that_were_selected_along(
    jia_head: cast.Member, django_assert_num_queries: Any
) -> None:
    rows = Appointment.objects.select_related("person", "organisation").filter(person=jia_head.person)
    for _ in range(2):
        with django_assert_num_queries(1):
            [found] = rows.all()
            told = (found.person.name, found.organisation.name)
        # Encrypted columns and keys are read by their fields.
        assert told == (jia_head.person.name, jia_head.organisation.name)
        assert found.person_id == jia_head.person.pk

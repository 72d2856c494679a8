"""Orders that are over, again on other days: a million of them in minutes, since the server copies the rows.

Sealed columns are bound to the key of their row, so they are sealed here; everything else is INSERT … SELECT. Every
constraint holds as for the first writing: a worker whose orders lie on one day each still has one a day.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import DateTimeRangeField
from django.db import connection, models, transaction
from psycopg import sql

from anxin.kit.clock import local_date
from anxin.kit.fields import EncryptedField
from anxin.kit.ids import new_id
from anxin.orders.public import Order
from anxin.orders.values import OrderState
from anxin.simulation.bulk.people import Crowd
from anxin.simulation.bulk.trade import YEAR

OVER = (OrderState.CLOSED, OrderState.CANCELLED, OrderState.UNANSWERED)
BATCH = 10_000
SEALED = [field for field in Order._meta.concrete_fields if isinstance(field, EncryptedField)]
# Parents before children; a booking hangs on its assignment by a plain key, since it lies in a lower area.
TABLES = (
    "orders.Order", "orders.OrderHistory", "orders.Offer", "orders.OfferHistory", "orders.Note", "orders.Visit",
    "orders.VisitHistory", "orders.Step", "orders.Assignment", "orders.AssignmentHistory", "workers.Booking",
)  # fmt: skip
# Each copy stands alone: the halves of a pair are copied to different days.
ALONE = {"party": None, "part": 0}
# How a row of each table (t) is reached from the order that is copied (c.old).
ROADS = {
    "orders.Order": "JOIN {table} t ON t.id = c.old",
    "orders.OrderHistory": "JOIN {table} t ON t.row_id = c.old",
    "orders.OfferHistory": "JOIN orders_offer p ON p.order_id = c.old JOIN {table} t ON t.row_id = p.id",
    "orders.VisitHistory": "JOIN orders_visit p ON p.order_id = c.old JOIN {table} t ON t.row_id = p.id",
    "orders.AssignmentHistory": "JOIN orders_assignment p ON p.order_id = c.old JOIN {table} t ON t.row_id = p.id",
    "orders.Step": "JOIN orders_visit p ON p.order_id = c.old JOIN {table} t ON t.visit_id = p.id",
    "workers.Booking": "JOIN orders_assignment p ON p.order_id = c.old JOIN {table} t ON t.ref = p.id",
}
STRAIGHT = "JOIN {table} t ON t.order_id = c.old"


def copies(crowd: Crowd, count: int) -> Iterator[int]:
    """Copy orders that are over, each to other days of the past year, until `count` more are there; yields how many.

    At most YEAR - 1 copies of an order: a day is not taken twice. Terms keep the periods they were priced for.
    """
    old = [row for row in Order.objects.filter(state__in=OVER).order_by("pk") if _opened(row)]
    left = min(count, len(old) * (YEAR - 1))
    wanted = ((row, lap) for lap in range(1, YEAR) for row in old)
    while left:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_table())
            size = min(BATCH, left)
            with cursor.copy("COPY bulk_copy FROM STDIN") as into:
                for _ in range(size):
                    into.write_row(_copy(crowd, *next(wanted)))
            cursor.execute("ANALYZE bulk_copy")
            for label in TABLES:
                cursor.execute(_insert(label))
        left -= size
        yield size


def _table() -> sql.Composed:
    """What is new in each copy."""
    sealed = [sql.SQL("{} bytea").format(sql.Identifier(str(field.column))) for field in SEALED]
    made = "CREATE TEMP TABLE bulk_copy (id uuid, old uuid, number text, shift interval, {}) ON COMMIT DROP"
    return sql.SQL(made).format(sql.SQL(", ").join(sealed))


def _opened(row: Any) -> bool:
    """Open the sealed columns once; each copy seals them for itself."""
    for field in SEALED:
        getattr(row, field.attname)
    return True


def _copy(crowd: Crowd, row: Any, lap: int) -> list[Any]:
    made = Order(id=new_id())
    back = (local_date(crowd.now) - local_date(row.starts_at)).days
    shift = timedelta(days=back - ((back - 1 + lap) % YEAR + 1))
    sealed = [field.sealed(made, getattr(row, field.attname)) for field in SEALED]
    return [made.pk, row.pk, crowd.code("O"), shift, *sealed]


def _insert(label: str) -> sql.Composed:
    """INSERT of the copies of one table's rows, each column by its kind."""
    model = apps.get_model(label)
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, models.BigAutoField)]
    table = sql.Identifier(model._meta.db_table)
    return sql.SQL("INSERT INTO {table} ({columns}) SELECT {values} FROM bulk_copy c {road}").format(
        table=table,
        columns=sql.SQL(", ").join(sql.Identifier(field.column) for field in fields),
        values=sql.SQL(", ").join(_value(field) for field in fields),
        road=sql.SQL(ROADS.get(label, STRAIGHT)).format(table=table),
    )


def _value(field: Any) -> sql.Composable:
    column = sql.SQL("t.{}").format(sql.Identifier(field.column))
    target = field.related_model
    if field.model is Order and (field.primary_key or field.column == "number" or field in SEALED):
        return sql.SQL("c.{}").format(sql.Identifier(field.column))
    if field.model is Order and field.column in ALONE:
        return sql.Literal(ALONE[field.column])
    if target is Order:
        return sql.SQL("c.id")
    if field.primary_key or field.column == "ref" or (target and target._meta.label in TABLES):
        # Made of both keys, so that rows which point to each other still do; sorted by time like the order's own.
        return sql.SQL(
            "(left(c.id::text, 18) || right(md5({}::text || c.id::text)::uuid::text, 18))::uuid"
        ).format(column)
    if isinstance(field, DateTimeRangeField):
        return sql.SQL("tstzrange(lower({0}) + c.shift, upper({0}) + c.shift)").format(column)
    if isinstance(field, models.DateTimeField):
        return sql.SQL("{} + c.shift").format(column)
    return column

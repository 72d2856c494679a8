"""Abstract bases of every model, and the one move() of every state machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar, Self, TypeVar
from uuid import UUID

from django.db import models
from django.db.models import Q
from django.db.utils import DEFAULT_DB_ALIAS
from django.utils.translation import gettext_lazy as _

from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, NotFound
from anxin.kit.ids import new_id
from anxin.kit.states import Machine

_Row = TypeVar("_Row", bound=models.Model)


class Base(models.Model):
    """A row with a key made by the application."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)

    class Meta:
        abstract = True


class Visible(models.QuerySet[Any]):
    """A QuerySet that knows who may see what. Reads for a person start from visible_to."""

    def visible_to(self, actor: Actor) -> Self:
        raise NotImplementedError(f"{self.model.__name__} has no rule for who may see it")


class Moved(Conflict):
    code = "moved"
    message = _("这件事刚刚被处理过了，当前状态已改变。请刷新查看最新进展。")


class NotAllowed(Conflict):
    code = "not_allowed"
    message = _("当前状态下不能这样做。请刷新查看下一步可以做什么。")


class HistoryRow(models.Model):
    """One change of state: from, to, who, when, why. Subclasses add `row`, a foreign key to the stateful model."""

    id = models.BigAutoField(primary_key=True)
    from_state = models.CharField(max_length=32, blank=True)
    to_state = models.CharField(max_length=32)
    by_person = models.UUIDField(null=True)
    by_organisation = models.UUIDField(null=True)
    by_post = models.CharField(max_length=64, blank=True)
    channel = models.CharField(max_length=16, blank=True)
    at = models.DateTimeField()
    why = models.CharField(max_length=500, blank=True)

    class Meta:
        abstract = True


class Stateful(Base):
    """A row with a state. `MACHINE` is its table, `HISTORY` the model of its history rows, which also keep the
    fields named by `KEPT` as they are after each move."""

    MACHINE: ClassVar[Machine]
    HISTORY: ClassVar[type[HistoryRow]]
    KEPT: ClassVar[tuple[str, ...]] = ()

    state = models.CharField(max_length=32)
    state_at = models.DateTimeField()

    class Meta:
        abstract = True

    def can(self, verb: str) -> bool:
        """Whether the state table has a way out of the present state by this verb."""
        return verb in self.MACHINE.verbs(self.state)


def state_check(machine: Machine, name: str) -> models.CheckConstraint:
    """The CHECK that keeps every other word out of the state column."""
    return models.CheckConstraint(condition=Q(state__in=[str(s) for s in machine.states]), name=name)


def begin(row: Stateful, *, by: Actor, at: datetime, why: str = "") -> None:
    """Insert a new stateful row in its machine's initial state (unless it names one) with its first history row."""
    row.state = row.state or str(row.MACHINE.initial)
    row.state_at = at
    row.save(force_insert=True)
    _write_history(row, "", row.state, by=by, at=at, why=why)


def allow(row: Stateful, verb: str) -> None:
    """Refuses NotAllowed: two verbs may lead to one state, so the verb itself is looked up, not only where it leads."""
    if not row.can(verb):
        raise NotAllowed


def move(row: Stateful, to: str, *, by: Actor, at: datetime, why: str = "", **fields: Any) -> None:
    """Move `row` to state `to`, setting `fields` in the same UPDATE.

    The UPDATE is conditional on the state that was read, so of two who move at once one is refused.
    Refuses: NotAllowed (the table has no such move), Moved (somebody was faster).
    """
    old = row.state
    if not row.MACHINE.allows(old, to):
        raise NotAllowed
    changed = (
        type(row)._base_manager.filter(pk=row.pk, state=old).update(state=str(to), state_at=at, **fields)
    )
    if not changed:
        raise Moved
    for name, value in {"state": str(to), "state_at": at, **fields}.items():
        setattr(row, name, value)
    _write_history(row, old, str(to), by=by, at=at, why=why)


def as_written(model: type[_Row], values: dict[str, Any]) -> _Row:
    """A row that a statement of our own has just written, without asking for it; what is not in `values` is null.

    To make a model in the usual way, column by column with defaults, costs as much as the rest of a short action.
    """
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(DEFAULT_DB_ALIAS, names, [values.get(name) for name in names])


def _write_history(row: Stateful, old: str, new: str, *, by: Actor, at: datetime, why: str) -> None:
    row.HISTORY._base_manager.create(  # type: ignore[misc]  # `row` is the subclass's
        row=row,
        from_state=old,
        to_state=new,
        by_person=by.person_id,
        by_organisation=by.organisation_id,
        by_post=by.post,
        channel=by.channel,
        at=at,
        why=why[:500],
        **{name: getattr(row, name) for name in row.KEPT},
    )


def uuid_or_none(text: str) -> UUID | None:
    """The UUID that `text` spells as we do, or None: an address typed by hand is not an error of ours."""
    try:
        found = UUID(text)
    except ValueError:
        return None
    return found if str(found) == text.lower() else None


def uuid_or_not_found(text: str) -> UUID:
    """The same for a row that must be there. Refuses NotFound."""
    found = uuid_or_none(text)
    if found is None:
        raise NotFound
    return found

"""Reads of the credit archive: the authorisation, and how much of it a reader sees."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import Actor
from anxin.workers.models import Affiliation, Authorisation, AuthorisedItem, Worker
from anxin.workers.states import AuthorisationState
from anxin.workers.values.archive import (
    ITEM_OF,
    SEPARATE,
    ArchiveItem,
    AuthorisationFacts,
    Reader,
    Reading,
)

GIVEN = Prefetch("items", AuthorisedItem.objects.order_by("id"), to_attr="all_items")


def authorisations(actor: Actor) -> QuerySet[Authorisation]:
    """What the actor may see of authorisations, newest first, with their items. Two queries."""
    rows: QuerySet[Authorisation] = Authorisation.objects.visible_to(actor)
    return rows.select_related("organisation").prefetch_related(GIVEN).order_by("-signed_at", "-id")


def latest(worker_ids: Iterable[UUID]) -> dict[UUID, AuthorisationFacts]:
    """The authorisation each worker signed last, in force or not; without an entry who never signed. Two queries."""
    rows = Authorisation.objects.filter(worker__in=list(worker_ids)).order_by("worker", "-signed_at", "-id")
    found = rows.distinct("worker").defer("document", "picture").prefetch_related(GIVEN)
    return {row.worker_id: facts_of(row) for row in found}


def authorisation_of(worker_id: UUID) -> AuthorisationFacts | None:
    """The authorisation in force of a worker, with the items given and not taken back. Two queries."""
    rows = Authorisation.objects.filter(worker=worker_id, state=str(AuthorisationState.SIGNED))
    row = rows.defer("document", "picture").prefetch_related(GIVEN).first()
    return facts_of(row) if row else None


def facts_of(row: Authorisation) -> AuthorisationFacts:
    """The facts of a row with its items (`GIVEN`)."""
    kept = [one.item for one in row.all_items if one.withdrawn_at is None]  # type: ignore[attr-defined]
    return AuthorisationFacts(
        id=row.pk, number=row.number, worker_id=row.worker_id, organisation_id=row.organisation_id,
        state=AuthorisationState(row.state), version=row.version, signed_at=row.signed_at, sha256=row.sha256,
        items=frozenset(ArchiveItem(item) for item in kept),
    )  # fmt: skip


def item_of(kind: str) -> ArchiveItem:
    """The class of information to which a paper of a kind belongs."""
    return ITEM_OF[CredentialKind(kind)]


def sensitive(items: Iterable[ArchiveItem]) -> tuple[ArchiveItem, ...]:
    """Those of the items that need a consent of their own."""
    return tuple(item for item in items if item in SEPARATE)


EVERYTHING = frozenset(ArchiveItem)


def reading_of(actor: Actor, worker: Worker) -> Reading | None:
    """How much of a worker's archive the actor sees, None for nothing. At most four queries.

    The worker: all. Their agency: what was authorised, over the whole life; before anything is signed only its own
    time. An agency of before: its own time, nothing of what was taken back. Association, regulator and operator
    within their region: what is authorised. Source: standards §3.2, 个人信息保护法 art. 15, 23.
    """
    if actor.is_system or (actor.person_id == worker.person_id and actor.organisation_id is None):
        return Reading(Reader.SELF, EVERYTHING, whole=True)
    if actor.organisation_id is None:
        return None
    rows = list(Affiliation.objects.filter(worker=worker, organisation=actor.organisation_id))
    if rows and actor.holds("workers.read"):
        return _as_agency(actor.organisation_id, worker.pk, rows)
    if not Worker.objects.visible_to(actor).filter(pk=worker.pk).exists():
        return None
    signed = latest([worker.pk]).get(worker.pk)
    shown = signed.items if signed and signed.in_force else frozenset()
    whole = actor.holds("safetycode.manage")
    return Reading(Reader.OVERSEER, shown, whole, frozen=_frozen(signed), none=signed is None)


def _as_agency(organisation_id: UUID, worker_id: UUID, rows: list[Affiliation]) -> Reading:
    mine = Authorisation.objects.filter(organisation=organisation_id).order_by("-signed_at", "-id")
    row = mine.filter(worker=worker_id).defer("document", "picture").prefetch_related(GIVEN).first()
    signed = facts_of(row) if row else None
    own = tuple((one.period.lower, one.period.upper) for one in rows)
    present = any(upper is None for _, upper in own)
    # What an agency took in itself it may read until the worker says no; what others took in, only when told yes.
    items = EVERYTHING if signed is None else frozenset() if _frozen(signed) else signed.items
    whole_life = present and signed is not None and signed.in_force
    reader = Reader.AGENCY if present else Reader.FORMER
    return Reading(
        reader, items, whole=present, own=None if whole_life else own, frozen=_frozen(signed), none=signed is None
    )  # fmt: skip


def _frozen(signed: AuthorisationFacts | None) -> bool:
    return signed is not None and signed.state is AuthorisationState.WITHDRAWN

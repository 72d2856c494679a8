"""One archive as one reader may see it: every part of a life, and the timeline of all."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from anxin.accounts.public import Organisation, Person
from anxin.kit.actor import Actor
from anxin.kit.masks import mask_name
from anxin.workers.models import (
    Affiliation,
    Authorisation,
    AuthorisedItem,
    Conduct,
    ConductMoved,
    Credential,
    Practice,
    Worker,
    WorkerMoved,
)
from anxin.workers.queries.archive import GIVEN, item_of, reading_of
from anxin.workers.states import AuthorisationState, ConductState
from anxin.workers.values.archive import ITEM_OF, ArchiveItem, Reader, Reading

MOVES = Prefetch("history", ConductMoved.objects.order_by("id"), to_attr="moves")


@dataclass
class Dossier:
    """What is shown of one archive. `names`: key of a person or an organisation → what they are called here."""

    worker: Worker
    reading: Reading
    authorisations: list[Authorisation]
    affiliations: list[Affiliation]
    papers: list[Credential]
    practices: list[Practice]
    conducts: list[Conduct]
    moves: list[WorkerMoved]
    names: dict[UUID, str] = field(default_factory=dict)

    @property
    def signed(self) -> Authorisation | None:
        """The authorisation in force."""
        return next((one for one in self.authorisations if one.state == AuthorisationState.SIGNED), None)


def dossier(actor: Actor, number: str) -> Dossier | None:
    """The archive of the worker of that number, as far as the actor may read it; None for nothing.

    A fixed number of queries.
    """
    rows = Worker.objects.select_related("person", "standing").prefetch_related("skills")
    worker = rows.filter(number=number).first()
    reading = reading_of(actor, worker) if worker else None
    if worker is None or reading is None:
        return None
    found = Dossier(
        worker, reading, _authorisations(worker, reading, actor), _affiliations(worker, reading, actor),
        _papers(worker, reading), _practices(worker, reading), _conducts(worker, reading, actor),
        _moves(worker, reading),
    )  # fmt: skip
    found.names = _names(found)
    return found


def _authorisations(worker: Worker, reading: Reading, actor: Actor) -> list[Authorisation]:
    rows = worker.authorisations.defer("document", "picture").select_related("organisation")
    if reading.reader in (Reader.AGENCY, Reader.FORMER):
        rows = rows.filter(organisation=actor.organisation_id)
    return list(rows.prefetch_related(GIVEN).order_by("-signed_at", "-id"))


def _affiliations(worker: Worker, reading: Reading, actor: Actor) -> list[Affiliation]:
    rows = worker.affiliations.select_related("organisation").order_by("-period")
    if reading.own is not None:
        return list(rows.filter(organisation=actor.organisation_id))
    # Which agency somebody belongs to is printed on their public card; where they were before is not.
    return list(rows if ArchiveItem.OCCUPATIONAL in reading.items else rows.filter(period__upper_inf=True))


def _papers(worker: Worker, reading: Reading) -> list[Credential]:
    rows = worker.credentials.order_by("kind", "-valid_to", "-id")
    shown = [row for row in rows if item_of(row.kind) in reading.items]
    if reading.reader is Reader.FORMER:
        return [row for row in shown if reading.within(row.created_at)]
    return shown if reading.reader is Reader.SELF else [row for row in shown if row.withdrawn_at is None]


def _practices(worker: Worker, reading: Reading) -> list[Practice]:
    if ArchiveItem.OCCUPATIONAL not in reading.items:
        return []
    rows = worker.practices.order_by("-since", "-id")
    return [row for row in rows if reading.own is None or reading.within(row.created_at)]


def _conducts(worker: Worker, reading: Reading, actor: Actor) -> list[Conduct]:
    """What is revoked is shown to the worker and to whoever gave it: it counts for nothing."""
    rows = worker.conducts.select_related("organisation").prefetch_related(MOVES).order_by("-given_on", "-id")
    if reading.reader is Reader.SELF:
        return list(rows)
    given = Q(organisation=actor.organisation_id)
    if ArchiveItem.CONDUCT not in reading.items or reading.own is not None:
        return list(rows.filter(given))
    return list(rows.filter(given | ~Q(state=str(ConductState.REVOKED))))


def _moves(worker: Worker, reading: Reading) -> list[WorkerMoved]:
    rows = worker.history.order_by("id")
    return [row for row in rows if reading.sees(ArchiveItem.OCCUPATIONAL, row.at)]


def _names(found: Dossier) -> dict[UUID, str]:
    people = {row.verified_by for row in found.papers if row.verified_by}
    places = {row.verified_for for row in found.papers if row.verified_for}
    names = dict(Organisation.objects.filter(pk__in=places).values_list("pk", "name"))
    for person in Person.objects.filter(pk__in=people).only("name"):
        names[person.pk] = mask_name(person.name)
    return names


def shown_name(found: Dossier) -> str:
    """The name in the clear for the worker, their agency and the issuer; masked for everybody else."""
    name, reading = found.worker.person.name, found.reading
    known = reading.reader is not Reader.OVERSEER or ArchiveItem.BASIC in reading.items
    return name if reading.whole and known else mask_name(name)


def shown_number(found: Dossier, row: Credential) -> str:
    """The number of a paper, its end alone for whoever does not check papers."""
    if found.reading.whole or not row.number:
        return row.number
    return f"***{row.number[-4:]}" if len(row.number) > 8 else "***"


def to_verify(actor: Actor) -> QuerySet[Credential]:
    """Papers that wait for the actor's eyes, oldest first: of the agency's workers, or, for an association or the
    operator, of those in their region who authorised that kind. Never one's own."""
    seen = Worker.objects.visible_to(actor).exclude(person=actor.person_id)
    rows = Credential.objects.filter(verified_at=None, withdrawn_at=None, worker__in=seen)
    return _with_worker(_authorised(rows, actor)).order_by("created_at", "id")


def of_region(rows: QuerySet[Credential], actor: Actor) -> QuerySet[Credential]:
    """Those of the papers that the actor may see."""
    seen = rows.filter(worker__in=Worker.objects.visible_to(actor))
    return _with_worker(_authorised(seen, actor))


def _with_worker(rows: QuerySet[Credential]) -> QuerySet[Credential]:
    now = Affiliation.objects.filter(period__upper_inf=True).select_related("organisation")
    current = Prefetch("worker__affiliations", now, to_attr="current")
    return rows.select_related("worker__person", "file").prefetch_related(current)


def _authorised(rows: QuerySet[Credential], actor: Actor) -> QuerySet[Credential]:
    if actor.is_system or actor.holds("workers.read"):
        return rows
    given = AuthorisedItem.objects.filter(
        withdrawn_at=None, authorisation__worker=OuterRef("worker"),
        authorisation__state=str(AuthorisationState.SIGNED),
    )  # fmt: skip
    allowed = Q(pk__in=[])
    for kind, item in ITEM_OF.items():
        allowed |= Q(kind=str(kind)) & Q(Exists(given.filter(item=str(item))))
    return rows.filter(allowed)


def former(actor: Actor) -> QuerySet[Affiliation]:
    """Who once belonged to the actor's agency and does no more, latest first. Two queries a page."""
    rows = Affiliation.objects.filter(organisation=actor.organisation_id, period__upper_inf=False)
    now = Affiliation.objects.filter(
        worker=OuterRef("worker"), organisation=actor.organisation_id, period__upper_inf=True
    )
    return rows.filter(~Exists(now)).select_related("worker__person").order_by("-period", "-id")


def appeals(actor: Actor) -> QuerySet[Conduct]:
    """Appeals that wait for the actor's decision, first due first: within their region, not against their own word."""
    rows: QuerySet[Conduct] = Conduct.objects.visible_to(actor).filter(state=str(ConductState.APPEALED))
    rows = rows.exclude(organisation=actor.organisation_id)
    return rows.select_related("worker__person", "organisation").order_by("due_at", "id")

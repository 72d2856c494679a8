"""Reads of workers, their papers and their agency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet

from anxin.accounts.public import Person
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.fields import blinds
from anxin.kit.masks import mask_name
from anxin.workers.models import Affiliation, Block, Credential, Skill, Standing, WorkArea, Worker
from anxin.workers.states import WorkerState
from anxin.workers.values import (
    AffiliationKind,
    Conclusion,
    CredentialFacts,
    CredentialKind,
    HealthTier,
    PaperPast,
    Papers,
    PaperState,
    StandingFacts,
    WorkerCard,
    WorkerFacts,
    years_since,
)

CURRENT = Prefetch(
    "affiliations",
    Affiliation.objects.filter(period__upper_inf=True).select_related("organisation"),
    to_attr="current",
)
LIVE_PAPERS = Prefetch(
    "credentials",
    Credential.objects.filter(withdrawn_at=None).order_by("kind", "-valid_to"),
    to_attr="papers",
)


CARD_PAPERS = Prefetch(
    "credentials",
    Credential.objects.filter(
        withdrawn_at=None, kind__in=[str(CredentialKind.CERTIFICATE), str(CredentialKind.TRAINING)]
    ).order_by("kind", "-valid_to"),
    to_attr="papers",
)


def worker_of(person_id: UUID | None) -> Worker | None:
    """The worker that a person is, if they are one."""
    return Worker.objects.filter(person=person_id).first() if person_id else None


# The credit score of {worker}: a scalar subquery for a higher area's one statement.
CREDIT_SQL = "SELECT n.credit_score FROM workers_standing n WHERE n.worker_id = {worker}"


def credit_of(worker_id: UUID) -> int:
    """The worker's credit score, 0–100. One query."""
    found = Standing.objects.filter(worker=worker_id).values_list("credit_score", flat=True).first()
    return StandingFacts().credit_score if found is None else found


def households_apart(worker_id: UUID) -> list[UUID]:
    """The households that a worker is not brought together with, whoever wished it. One query."""
    return list(Block.objects.standing().filter(worker=worker_id).values_list("household", flat=True))


def own(person_id: UUID | None) -> Worker | None:
    """The whole record of the worker that a person is, if they are one."""
    return detailed(Worker.objects.filter(person=person_id)).first() if person_id else None


def worker_for(actor: Actor, number: str) -> Worker | None:
    """The worker of that number with person, agency, papers, skills, areas and shifts, if the actor may see them."""
    return detailed(Worker.objects.visible_to(actor)).filter(number=number).first()


def detailed(rows: QuerySet[Worker]) -> QuerySet[Worker]:
    return rows.select_related("person", "standing").prefetch_related(
        CURRENT, LIVE_PAPERS, "skills", "areas", "shifts"
    )


def carded(rows: QuerySet[Worker]) -> QuerySet[Worker]:
    """Rows with what a card shows. Four queries."""
    return rows.select_related("person", "standing").prefetch_related(CURRENT, CARD_PAPERS, "skills")


def listed(
    actor: Actor,
    *,
    text: str = "",
    state: str = "",
    item_code: str = "",
    town_code: str = "",
    colour: str = "",
) -> QuerySet[Worker]:
    """Workers the actor may see, newest first. `text` is an exact name, number or phone;
    `colour` the one last judged ("none" = no code). Four queries a page."""
    rows = Worker.objects.visible_to(actor).select_related("person", "standing")
    if text := text.strip():
        rows = rows.filter(
            Q(number=text.upper())
            | Q(name_hash__in=blinds(Worker, "name_hash", text))
            | Q(person__phone_hash__in=blinds(Person, "phone_hash", text))
        )
    if state:
        rows = rows.filter(state=state)
    if item_code:
        rows = rows.filter(skills__item_code=item_code)
    if town_code:
        rows = rows.filter(areas__town_code=town_code)
    if colour == "none":
        rows = rows.filter(Q(standing__colour="") | Q(standing=None))
    elif colour:
        rows = rows.filter(standing__colour=colour)
    return rows.prefetch_related(CURRENT, LIVE_PAPERS, "skills").order_by("-id")


def affiliation_of(worker_id: UUID, at: datetime) -> Affiliation | None:
    """The agency a worker belongs to at a moment."""
    return (
        Affiliation.objects.filter(worker=worker_id, period__contains=at)
        .select_related("organisation")
        .first()
    )


def papers_of(
    worker_ids: Iterable[UUID], kinds: Iterable[CredentialKind] | None = None
) -> dict[UUID, Papers]:
    """The papers of each worker that were not withdrawn, all or of `kinds`; every id has an entry. One query."""
    found: dict[UUID, list[CredentialFacts]] = defaultdict(list)
    ids = list(worker_ids)
    # Plain tuples: ranking asks for thousands of papers at once.
    rows = Credential.objects.filter(worker__in=ids, withdrawn_at=None).order_by("kind", "valid_to")
    if kinds is not None:
        rows = rows.filter(kind__in=[str(kind) for kind in kinds])
    for worker_id, kind, start, end, conclusion, verified, title, issuer, tier, occupation, level in rows.values_list(
        "worker_id", "kind", "valid_from", "valid_to", "conclusion", "verified_at", "title", "issuer",
        "health_tier", "occupation_class", "level",
    ):  # fmt: skip
        found[worker_id].append(
            CredentialFacts(
                CredentialKind(kind), start, end, Conclusion(conclusion), verified is not None, title, issuer,
                HealthTier(tier) if tier else None, occupation, level,
            )
        )  # fmt: skip
    return {worker_id: Papers(tuple(found[worker_id])) for worker_id in ids}


def papers_past(worker_id: UUID) -> tuple[PaperPast, ...]:
    """Every paper that a worker ever had, also those withdrawn, with the times. One query."""
    rows = Credential.objects.filter(worker=worker_id).order_by("created_at", "id")
    return tuple(PaperPast(row.facts, row.created_at, row.verified_at, row.withdrawn_at) for row in rows)


def failed_of(worker_id: UUID, kinds: Iterable[str] | None = None) -> list[tuple[UUID, UUID | None]]:
    """A worker's papers that were verified as failed and stand, all or of `kinds`: key and who verified. One query."""
    rows = Credential.objects.filter(
        worker=worker_id, withdrawn_at=None, verified_at__isnull=False, conclusion=Conclusion.FAILED
    )
    if kinds is not None:
        rows = rows.filter(kind__in=list(kinds))
    return list(rows.values_list("pk", "verified_by"))


def papers_sql(kinds: Iterable[CredentialKind]) -> str:
    """The papers of {worker} that were not withdrawn, as `papers_from` reads them: a scalar subquery for a higher
    area's one statement, in the order of `papers_of`."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    return (
        "SELECT json_agg(json_build_array(c.kind, c.valid_from, c.valid_to, c.conclusion,"
        " c.verified_at IS NOT NULL) ORDER BY c.kind, c.valid_to) FROM workers_credential c"
        f" WHERE c.worker_id = {{worker}} AND c.withdrawn_at IS NULL AND c.kind IN ({listed})"  # nosec B608  # names of our own enum
    )


def papers_from(found: Iterable[tuple[str, str, str, str, bool]] | None) -> Papers:
    """Papers from what `papers_sql` found: dates and conclusions, without titles. No query."""
    return Papers(
        tuple(
            CredentialFacts(
                CredentialKind(kind), date.fromisoformat(start), date.fromisoformat(end),
                Conclusion(conclusion), verified,
            )
            for kind, start, end, conclusion, verified in found or ()
        )
    )  # fmt: skip


def worker_facts(worker_id: UUID, at: datetime) -> WorkerFacts | None:
    """A worker's particulars in the clear. Whoever asks must write the audit row."""
    row = Worker.objects.select_related("person").filter(pk=worker_id).first()
    if row is None:
        return None
    papers = papers_of([worker_id])[worker_id]
    today = local_date(at)
    health, health_until = papers.on(CredentialKind.HEALTH_CHECK, today)
    insurance, insurance_until = papers.on(CredentialKind.INSURANCE, today)
    training, _ = papers.on(CredentialKind.TRAINING, today)
    affiliation = affiliation_of(worker_id, at)
    return WorkerFacts(
        worker_id=row.pk, number=row.number, person_id=row.person_id, name=row.person.name,
        id_number=row.person.id_number or "", phone=row.person.phone, home_town=row.home_town,
        health=health, health_tier=_tier(papers, today) if health is PaperState.VALID else None,
        health_until=health_until, insurance=insurance, insurance_until=insurance_until,
        training=training,
        training_title="、".join(c.title for c in papers.of(CredentialKind.TRAINING) if c.verified),
        organisation_id=affiliation.organisation_id if affiliation else None,
    )  # fmt: skip


def _tier(papers: Papers, day: date) -> HealthTier | None:
    tiers = [
        c.health_tier
        for c in papers.of(CredentialKind.HEALTH_CHECK)
        if c.verified and c.conclusion is Conclusion.PASSED and c.valid_from <= day <= c.valid_to
    ]
    return max((t for t in tiers if t), default=None)


def cards(worker_ids: Iterable[UUID], at: datetime, *, masked: bool = True) -> dict[UUID, WorkerCard]:
    """Public cards, conclusions only. Names are opened to their agency and to a customer they go to. A fixed number of
    queries."""
    rows = carded(Worker.objects.filter(pk__in=list(worker_ids)))
    found = {row.pk: (row, card(row, at)) for row in rows}
    return {pk: one if masked else replace(one, name=row.person.name) for pk, (row, one) in found.items()}


def persons_of(worker_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """The person behind each worker. One query."""
    return dict(Worker.objects.filter(pk__in=list(worker_ids)).values_list("pk", "person_id"))


def named(worker_ids: Iterable[UUID]) -> dict[UUID, tuple[str, str]]:
    """Number and name in the clear of each worker, for those who may see it: their own agency. One query."""
    rows = (
        Worker.objects.filter(pk__in=list(worker_ids)).select_related("person").only("number", "person__name")
    )
    return {row.pk: (row.number, row.person.name) for row in rows}


def card_by_number(number: str, at: datetime) -> WorkerCard | None:
    """The public card of a worker who has not left."""
    rows = Worker.objects.filter(number=number).exclude(state=WorkerState.LEFT)
    row = carded(rows).first()
    return card(row, at) if row else None


def card(row: Worker, at: datetime) -> WorkerCard:
    """The card of a row loaded by carded() or detailed()."""
    today = local_date(at)
    current: Affiliation | None = next(iter(row.current), None)  # type: ignore[attr-defined]
    shown = [
        c.facts
        for c in row.papers  # type: ignore[attr-defined]
        if c.kind in (CredentialKind.CERTIFICATE, CredentialKind.TRAINING)
        and c.verified_at
        and c.conclusion == Conclusion.PASSED
        and c.valid_to >= today
    ]
    return WorkerCard(
        worker_id=row.pk, number=row.number, name=mask_name(row.person.name), state=WorkerState(row.state),
        organisation_id=current.organisation_id if current else None,
        organisation_name=current.organisation.name if current else "",
        affiliation_kind=AffiliationKind(current.kind) if current else None,
        photo_id=row.photo_id, home_town=row.home_town, years=years_since(row.practising_since, today),
        intro=row.intro, skills=tuple((s.item_code, s.level) for s in row.skills.all()),
        certificates=tuple(shown), standing=standing_facts(row),
    )  # fmt: skip


def standing_facts(row: Worker) -> StandingFacts:
    """How a worker stands; the zero of everything before the first order."""
    s = getattr(row, "standing", None)
    if s is None:
        return StandingFacts()
    return StandingFacts(
        rating_sum=s.rating_hundredths / 100, rating_count=s.rating_count, completed=s.completed,
        late=s.late, credit_score=s.credit_score, recent_orders=s.recent_orders,
    )  # fmt: skip


def towns_of(worker_id: UUID) -> list[str]:
    """The towns in which this worker works. One query."""
    return list(WorkArea.objects.filter(worker=worker_id).values_list("town_code", flat=True))


def coverage(worker_id: UUID) -> dict[str, list[str]]:
    """Item code → towns in which this worker does it: every skill in every town of theirs. Two queries."""
    items = Skill.objects.filter(worker=worker_id).values_list("item_code", flat=True)
    return dict.fromkeys(items, towns_of(worker_id))


def ids_of(organisation_id: UUID) -> list[UUID]:
    """Keys of an agency's present workers. One query."""
    rows = Affiliation.objects.filter(organisation=organisation_id, period__upper_inf=True)
    return list(rows.values_list("worker_id", flat=True))


def people_at_work(at: datetime, *, organisation_id: UUID | None = None, region: str = "") -> list[UUID]:
    """Who works for an agency (or any) at a moment and lives in a region (start of the town's code). One query."""
    rows = Affiliation.objects.filter(period__contains=at)
    if organisation_id is not None:
        rows = rows.filter(organisation=organisation_id)
    elif region:
        rows = rows.filter(worker__home_town__startswith=region)
    return list(rows.values_list("worker__person_id", flat=True).distinct())

"""Public money around codes (D-7): 130 yuan for the health check of a person once a year, and what cards cost."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import Organisation
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.ids import number
from anxin.kit.models import allow, begin, move
from anxin.policies.public import read
from anxin.safetycode.models import Card, CardCost, Claim, ClaimLine, SafetyCode
from anxin.safetycode.queries import funds as queries
from anxin.safetycode.states import ClaimState
from anxin.safetycode.values.care import CARD_COST_FEN, HEALTH_SUBSIDY_FEN, LineKind
from anxin.workers.public import affiliation_of
from anxin.workers.values import CredentialKind


class MayNotClaim(Forbidden):
    code = "may_not_claim"
    message = _("补贴由受托的协会申领。")


class MayNotDecide(Forbidden):
    code = "may_not_decide"
    message = _("补贴由申领单位所在地区的主管部门审批和拨付，申领单位不能审批自己的申领。")


class NobodyDue(Conflict):
    code = "nobody_due"
    message = _("这个年度没有可以申领的人：须发码且绿码、有本年度体检、商务部平台有效，并且没有申领过。")


class WrongYear(Invalid):
    code = "claim_year"
    message = _("只能申领今年或去年的补贴。")


class LinesNoLongerDue(Conflict):
    code = "lines_no_longer_due"
    message = _("有 %(n)s 人现在已不符合条件（离开、停用或不是绿码），请先剔除。")


class EmptyClaim(Conflict):
    code = "empty_claim"
    message = _("申领单里没有明细。")


class NotDraft(Conflict):
    code = "claim_not_draft"
    message = _("申领单已经提交，明细不能再改。退回后可以修改。")


class WhyNeeded(Invalid):
    code = "claim_why"
    message = _("请写明原因。")


class ClaimedTwice(Conflict):
    code = "claimed_twice"
    message = _("这位服务员本年度已经申领过，或这一笔已经追回。")


class NotPaid(Conflict):
    code = "line_not_paid"
    message = _("只有已拨付的补贴才能追回；没有拨付的请直接剔除。")


class FileChanged(Conflict):
    code = "claim_changed"
    message = _("明细与提交时的校验值不符，请退回重新提交。")


class ReferenceNeeded(Invalid):
    code = "claim_payment"
    message = _("请填写拨付凭证号，拨付日期不晚于今天。")


@transaction.atomic
def open_claim(*, year: int, by: Actor, at: datetime) -> Claim:
    """A draft with everybody of the association's area who is owed the year's subsidy, one line each.

    Refuses: MayNotClaim, WrongYear, NobodyDue. What somebody else claims at the same moment is left out: a person and
    year stand once, by the database. Amounts in fen. Source: the health check is subsidised with 130 yuan.
    """
    if not by.holds("safetycode.manage") or by.organisation_id is None or not by.region:
        raise MayNotClaim
    if year not in (local_date(at).year, local_date(at).year - 1):
        raise WrongYear("year")
    codes = list(queries.due(by.region, year, at))
    if not codes:
        raise NobodyDue
    claimant = Organisation.objects.get(pk=by.organisation_id)
    row = Claim(
        number=number("B", at), claimant=claimant, area=by.region[:6], city_code=claimant.city_code, year=year,
        created_at=at, created_by=by.person_id,
    )  # fmt: skip
    begin(row, by=by, at=at)
    amount = read(HEALTH_SUBSIDY_FEN, at=at)
    ClaimLine.objects.bulk_create(
        [_line(row, code, amount, at) for code in codes], batch_size=500, ignore_conflicts=True
    )
    _sum_up(row)
    record(
        "safetycode.open_claim",
        by=by,
        at=at,
        subject="claim",
        subject_id=row.pk,
        detail={"number": row.number},
    )
    return row


def _line(row: Claim, code: SafetyCode, amount: int, at: datetime) -> ClaimLine:
    papers = code.worker.credentials.filter(
        kind=CredentialKind.HEALTH_CHECK, conclusion="passed", verified_at__isnull=False, withdrawn_at=None,
        valid_from__range=(date(row.year, 1, 1), date(row.year, 12, 31)),
    )  # fmt: skip
    agency = affiliation_of(code.worker_id, at)
    # `due` names nobody without such a paper.
    checked_on = papers.order_by("valid_from").values_list("valid_from", flat=True)[0]
    return ClaimLine(
        claim=row, code=code, organisation_id=agency.organisation_id if agency else None, year=row.year,
        checked_on=checked_on, amount_fen=amount, created_at=at,
    )  # fmt: skip


def _sum_up(row: Claim) -> None:
    row.lines_count, row.total_fen = queries.totals(row)
    row.save(update_fields=["lines_count", "total_fen"])


@transaction.atomic
def void_line(*, claim_number: str, line_id: UUID, why: str, by: Actor, at: datetime) -> ClaimLine:
    """Strike a line out of a draft: its person may be claimed for again. Refuses: NotFound, MayNotClaim, NotDraft,
    WhyNeeded."""
    row = _own(claim_number, by)
    if row.state != ClaimState.DRAFT:
        raise NotDraft
    if not why.strip():
        raise WhyNeeded("why")
    line = ClaimLine.objects.filter(claim=row, pk=line_id, voided_at=None).first()
    if line is None:
        raise NotFound
    line.voided_at, line.voided_by, line.voided_why = at, by.person_id, why.strip()[:200]
    line.save(update_fields=["voided_at", "voided_by", "voided_why"])
    _sum_up(row)
    record(
        "safetycode.void_line",
        by=by,
        at=at,
        subject="claim",
        subject_id=row.pk,
        detail={"line": str(line_id)},
    )
    return line  # type: ignore[no-any-return]


@transaction.atomic
def reclaim_line(*, line_id: UUID, claim_number: str, why: str, by: Actor, at: datetime) -> ClaimLine:
    """Take a paid line back: a negative line in the draft `claim_number`; once only. Refuses: NotFound, MayNotClaim,
    NotDraft, NotPaid, ClaimedTwice, WhyNeeded."""
    row = _own(claim_number, by)
    if row.state != ClaimState.DRAFT:
        raise NotDraft
    if not why.strip():
        raise WhyNeeded("why")
    paid = ClaimLine.objects.select_related("claim").filter(
        pk=line_id, claim__claimant=by.organisation_id, kind=LineKind.CLAIM
    ).first()  # fmt: skip
    if paid is None:
        raise NotFound
    if paid.claim.state != ClaimState.PAID or paid.voided_at:
        raise NotPaid
    line = ClaimLine(
        claim=row, code_id=paid.code_id, organisation_id=paid.organisation_id, kind=LineKind.RECLAIM, of=paid,
        year=paid.year, checked_on=paid.checked_on, amount_fen=-paid.amount_fen, why=why.strip()[:200], created_at=at,
    )  # fmt: skip
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError as error:
        raise ClaimedTwice from error
    _sum_up(row)
    record(
        "safetycode.reclaim", by=by, at=at, subject="claim", subject_id=row.pk, detail={"line": str(line_id)}
    )
    return line


@transaction.atomic
def submit_claim(*, claim_number: str, by: Actor, at: datetime) -> Claim:
    """Hand a draft in: everybody in it must still be in order, and its sum and checksum stand from now on.

    Refuses: NotFound, MayNotClaim, EmptyClaim, LinesNoLongerDue, and what the state table refuses.
    """
    row = _own(claim_number, by)
    allow(row, "submit")
    if not queries.standing(row).exists():
        raise EmptyClaim
    gone = queries.no_longer_due(row, at)
    if gone:
        raise LinesNoLongerDue(n=len(gone))
    count, total = queries.totals(row)
    _move(
        row, ClaimState.SUBMITTED, by=by, at=at, lines_count=count, total_fen=total, checksum=queries.checksum(row)
    )  # fmt: skip
    return row


@transaction.atomic
def decide_claim(*, claim_number: str, approve: bool, why: str, by: Actor, at: datetime) -> Claim:
    """Approve a batch, or return it to its claimant with a reason.

    Refuses: NotFound, MayNotDecide, FileChanged, LinesNoLongerDue (returning is always possible), WhyNeeded.
    """
    row = _decided(claim_number, by)
    if not approve:
        if not why.strip():
            raise WhyNeeded("why")
        allow(row, "return")
        _move(row, ClaimState.DRAFT, by=by, at=at, why=why, checksum="", approved_by=None)
        return row
    allow(row, "approve")
    _unchanged(row)
    gone = queries.no_longer_due(row, at)
    if gone:
        raise LinesNoLongerDue(n=len(gone))
    _move(row, ClaimState.APPROVED, by=by, at=at, why=why, approved_by=by.person_id)
    return row


@transaction.atomic
def pay_claim(*, claim_number: str, reference: str, paid_on: date, by: Actor, at: datetime) -> Claim:
    """Note that the treasury paid a batch. Refuses: NotFound, MayNotDecide, FileChanged, ReferenceNeeded, and what the
    state table refuses."""
    row = _decided(claim_number, by)
    allow(row, "pay")
    _unchanged(row)
    if not reference.strip() or paid_on > local_date(at):
        raise ReferenceNeeded("reference")
    _move(row, ClaimState.PAID, by=by, at=at, payment_ref=reference.strip()[:64], paid_on=paid_on)
    return row


def _own(claim_number: str, by: Actor) -> Claim:
    if not by.holds("safetycode.manage"):
        raise MayNotClaim
    row = Claim.objects.select_for_update(no_key=True).filter(
        number=claim_number, claimant=by.organisation_id
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    return row  # type: ignore[no-any-return]


def _decided(claim_number: str, by: Actor) -> Claim:
    row: Claim | None = Claim.objects.visible_to(by).select_for_update(no_key=True).filter(
        number=claim_number
    ).first()  # fmt: skip
    if row is None:
        raise NotFound
    if not by.holds("safetycode.subsidise") or row.claimant_id == by.organisation_id:
        raise MayNotDecide
    return row


def _unchanged(row: Claim) -> None:
    if queries.checksum(row) != row.checksum:
        raise FileChanged


def _move(row: Claim, to: ClaimState, *, by: Actor, at: datetime, why: str = "", **fields: object) -> None:
    move(row, to, by=by, at=at, why=why, **fields)
    record(
        "safetycode.claim_moved", by=by, at=at, subject="claim", subject_id=row.pk,
        detail={"number": row.number, "state": str(to), "total_fen": row.total_fen},
    )  # fmt: skip


@transaction.atomic
def book_cards(*, at: datetime, size: int = 5_000) -> int:
    """Book what the printed cards cost that are not booked yet. Returns how many."""
    cost = read(CARD_COST_FEN, at=at)
    booked = CardCost.objects.values("card")
    rows = Card.objects.filter(printed_at__isnull=False).exclude(pk__in=booked)
    found = list(
        rows.annotate(city=F("code__worker__city_code")).values_list("pk", "city", "printed_at")[:size]
    )
    CardCost.objects.bulk_create(
        (CardCost(card_id=pk, city_code=city, printed_at=printed, cost_fen=cost, booked_at=at)
         for pk, city, printed in found),
        ignore_conflicts=True,
    )  # fmt: skip
    return len(found)

"""Liability insurance: a policy is filed, confirmed by somebody else, and ends; each insured worker has a paper."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import gettext_noop

from anxin.accounts.public import staff_ids
from anxin.audit.public import record
from anxin.catalogue.values import CredentialKind
from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound
from anxin.kit.models import allow, begin, move
from anxin.notices.public import tell_all
from anxin.safetycode.models import InsurancePolicy, InsuredWorker
from anxin.safetycode.models.filings import ONCE
from anxin.safetycode.queries import filings as queries
from anxin.safetycode.states import FilingState
from anxin.safetycode.values.filings import PRODUCT_LABELS, ROSTER_MOST, Limit, Product, Terms
from anxin.workers import public as workers

# Written into papers, which are read in the language of the source.
TITLE = "家政责任险"


class MayNotFile(Forbidden):
    code = "may_not_file"
    message = _("只有本机构负责人员的岗位能报备保单。")


class MayNotConfirm(Forbidden):
    code = "may_not_confirm"
    message = _("保单由保险公司或行业协会确认，报备的机构不能自己确认。")


class PolicyUnfit(Invalid):
    code = "policy_unfit"
    message = _("保单有误：%(what)s。")


class PolicyThere(Conflict):
    code = "policy_there"
    message = _("这家保险公司的这个保单号已经报备过，请查看已有的保单。")


class NoSuchPolicy(NotFound):
    code = "no_such_policy"
    message = _("没有这份保单，或您无权查看。")


class RosterEmpty(Invalid):
    code = "roster_empty"
    message = _("名单里没有人。请先上传被保人名单。")


class RosterTooLong(Invalid):
    code = "roster_too_long"
    message = _("一份保单最多 %(n)s 人，请分单报备。")


class RosterFaulty(Conflict):
    code = "roster_faulty"
    message = _("名单有 %(n)s 行对不上，没有加入任何人。请改好后重新上传。")


class NotInsured(NotFound):
    code = "not_insured"
    message = _("名单里没有这位服务员，或者已经移出。")


@transaction.atomic
def file_policy(
    *, terms: Terms, insurer_name: str, by: Actor, at: datetime, file_id: UUID | None = None
) -> InsurancePolicy:
    """File a policy that the acting agency holds. It insures nobody before it is confirmed.

    Refuses: MayNotFile, PolicyUnfit, PolicyThere. Limits below the least are told to who confirms, not refused.
    Source: D-5a step 6, standards §3.6.
    """
    if by.organisation_id is None or not by.holds("workers.manage"):
        raise MayNotFile
    _check(terms, insurer_name, local_date(at))
    insurer = queries.insurer_named(insurer_name)
    row = InsurancePolicy(
        insurer=insurer, insurer_name=insurer.name if insurer else insurer_name.strip()[:120],
        holder_id=by.organisation_id, file_id=file_id, created_at=at, created_by=by.person_id, **_columns(terms),
    )  # fmt: skip
    try:
        with transaction.atomic():
            begin(row, by=by, at=at)
    except IntegrityError as error:
        raise _there(error) from error
    record("safetycode.file_policy", by=by, at=at, subject="insurance", subject_id=row.pk)
    if insurer:
        _tell(
            row, insurer.pk, "safetycode.insure", gettext_noop("%(holder)s报备了保单 %(number)s，请确认"), at
        )
    return row


@transaction.atomic
def file_again(*, policy_id: UUID, terms: Terms, by: Actor, at: datetime) -> InsurancePolicy:
    """File a policy that was sent back, with its terms put right. Refuses: NoSuchPolicy, MayNotFile, NotAllowed,
    PolicyUnfit, PolicyThere."""
    row = _held(policy_id, by)
    allow(row, "file_again")
    _check(terms, row.insurer_name, local_date(at))
    try:
        with transaction.atomic():
            move(row, FilingState.FILED, by=by, at=at, **_columns(terms))
    except IntegrityError as error:
        raise _there(error) from error
    record(
        "safetycode.file_policy", by=by, at=at, subject="insurance", subject_id=row.pk, detail={"again": True}
    )
    return row


@transaction.atomic
def add_insured(
    *, policy_id: UUID, worker_ids: Iterable[UUID], by: Actor, at: datetime
) -> list[InsuredWorker]:
    """Put workers of the holder on a policy's roster, all of them or none. They are insured once that is confirmed.

    Refuses: NoSuchPolicy, MayNotFile, NotAllowed (ended or dropped), RosterEmpty, RosterTooLong, RosterFaulty.
    """
    row = _held(policy_id, by)
    if row.state not in (FilingState.FILED, FilingState.RETURNED, FilingState.CONFIRMED):
        raise Conflict
    wanted = list(dict.fromkeys(worker_ids))
    InsurancePolicy.objects.select_for_update(no_key=True).get(pk=row.pk)
    there = set(InsuredWorker.objects.filter(policy=row, struck_at=None).values_list("worker_id", flat=True))
    if not wanted:
        raise RosterEmpty("file")
    if len(there) + len(wanted) > ROSTER_MOST:
        raise RosterTooLong("file", n=ROSTER_MOST)
    own = set(workers.ids_of(row.holder_id))
    if wrong := [one for one in wanted if one in there or one not in own]:
        raise RosterFaulty("file", n=len(wrong))
    rows = InsuredWorker.objects.bulk_create(
        InsuredWorker(policy=row, worker_id=one, created_at=at, created_by=by.person_id) for one in wanted
    )
    record(
        "safetycode.add_insured",
        by=by,
        at=at,
        subject="insurance",
        subject_id=row.pk,
        detail={"n": len(rows)},
    )
    if row.state == FilingState.CONFIRMED and row.insurer_id:
        _tell(
            row,
            row.insurer_id,
            "safetycode.insure",
            gettext_noop("%(holder)s给保单 %(number)s 加了人，请确认"),
            at,
        )
    return rows


@transaction.atomic
def confirm_policy(*, policy_id: UUID, by: Actor, at: datetime) -> InsurancePolicy:
    """Confirm a policy and everybody on its roster, by the insurer or the association: each gets a verified paper.

    Once confirmed, the same confirms who was added since. Refuses: NoSuchPolicy, MayNotConfirm, NotAllowed,
    RosterEmpty (nobody waits).
    """
    row = _seen(policy_id, by)
    if not _may_confirm(row, by):
        raise MayNotConfirm
    if row.state != FilingState.CONFIRMED:
        move(row, FilingState.CONFIRMED, by=by, at=at)
    waiting = InsuredWorker.objects.select_for_update().filter(policy=row, struck_at=None, confirmed_at=None)
    new = list(waiting.order_by("worker_id"))
    if not new:
        raise RosterEmpty
    for one in new:
        one.credential_id = _insure(row, one.worker_id, row.valid_from, row.valid_to, by=by, at=at)
        one.confirmed_at = at
    InsuredWorker.objects.bulk_update(new, ["credential_id", "confirmed_at"])
    record(
        "safetycode.confirm_policy",
        by=by,
        at=at,
        subject="insurance",
        subject_id=row.pk,
        detail={"n": len(new)},
    )
    _tell(row, row.holder_id, "workers.manage", gettext_noop("保单 %(number)s 已确认，名单上的人已生效"), at)
    return row


@transaction.atomic
def send_back_policy(*, policy_id: UUID, why: str, by: Actor, at: datetime) -> InsurancePolicy:
    """Send a filed policy back with what is to be put right. Refuses: NoSuchPolicy, MayNotConfirm, NotAllowed."""
    row = _seen(policy_id, by)
    if not _may_confirm(row, by):
        raise MayNotConfirm
    if not why.strip():
        raise PolicyUnfit("why", what=_("请写明要改什么"))
    move(row, FilingState.RETURNED, by=by, at=at, why=why.strip())
    record("safetycode.send_back_policy", by=by, at=at, subject="insurance", subject_id=row.pk)
    _tell(row, row.holder_id, "workers.manage", gettext_noop("保单 %(number)s 被退回，请改正后再报"), at)
    return row


@transaction.atomic
def drop_policy(*, policy_id: UUID, by: Actor, at: datetime) -> InsurancePolicy:
    """Take back a policy that nobody confirmed. Refuses: NoSuchPolicy, MayNotFile, NotAllowed."""
    row = _held(policy_id, by)
    move(row, FilingState.DROPPED, by=by, at=at)
    record("safetycode.drop_policy", by=by, at=at, subject="insurance", subject_id=row.pk)
    return row


@transaction.atomic
def end_policy(*, policy_id: UUID, last_day: date, why: str, by: Actor, at: datetime) -> InsurancePolicy:
    """End a confirmed policy before its time: insured through `last_day`, at the earliest yesterday (no cover today).

    By the holder, the insurer or the association. Every paper of it ends with it, and the colours follow at once.
    Refuses: NoSuchPolicy, MayNotConfirm, NotAllowed, PolicyUnfit.
    """
    row = _seen(policy_id, by)
    if not (_may_confirm(row, by) or _is_holder(row, by)):
        raise MayNotConfirm
    today = local_date(at)
    if not today - timedelta(days=1) <= last_day <= row.valid_to:
        raise PolicyUnfit("last_day", what=_("终止日最早是昨天（今天起不再承保），最晚是保单到期日"))
    if not why.strip():
        raise PolicyUnfit("why", what=_("请写明为什么终止"))
    move(row, FilingState.ENDED, by=by, at=at, why=why.strip(), ended_on=last_day)
    insured = list(
        InsuredWorker.objects.select_for_update().filter(policy=row, struck_at=None).order_by("pk")
    )
    workers.retract(
        credential_ids=[one.credential_id for one in insured if one.credential_id],
        why=f"保单终止：{why.strip()}", by=by, at=at,
    )  # fmt: skip
    for one in insured:
        held = one.credential_id and last_day >= max(today, row.valid_from)
        one.credential_id = (
            _insure(row, one.worker_id, row.valid_from, last_day, by=by, at=at) if held else None
        )
    InsuredWorker.objects.bulk_update(insured, ["credential_id"])
    record("safetycode.end_policy", by=by, at=at, subject="insurance", subject_id=row.pk,
           detail={"last_day": last_day.isoformat(), "n": len(insured)})  # fmt: skip
    _tell(row, row.holder_id, "workers.manage", gettext_noop("保单 %(number)s 终止了，名单上的人会变色"), at)
    return row


@transaction.atomic
def strike_insured(*, policy_id: UUID, worker_id: UUID, why: str, by: Actor, at: datetime) -> InsuredWorker:
    """Take a worker off a policy's roster: from now on it covers them no more, and their colour follows at once.

    By the holder, the insurer or the association. Refuses: NoSuchPolicy, MayNotConfirm, NotInsured.
    """
    row = _seen(policy_id, by)
    if not (_may_confirm(row, by) or _is_holder(row, by)):
        raise MayNotConfirm
    rows = InsuredWorker.objects.select_for_update().filter(policy=row, worker=worker_id, struck_at=None)
    one: InsuredWorker | None = rows.first()
    if one is None:
        raise NotInsured
    _strike(one, why.strip() or "移出名单", by=by, at=at)
    return one


@transaction.atomic
def strike_leaver(*, worker_id: UUID, organisation_id: UUID, by: Actor, at: datetime) -> int:
    """Take a worker who left an agency off the rosters of the policies it holds. Returns how many."""
    rows = InsuredWorker.objects.select_for_update().filter(
        worker=worker_id, struck_at=None, policy__holder=organisation_id
    )
    found = list(rows.order_by("pk"))
    for one in found:
        _strike(one, "离开机构", by=by, at=at)
    return len(found)


def _strike(one: InsuredWorker, why: str, *, by: Actor, at: datetime) -> None:
    one.struck_at, one.struck_by, one.struck_why = at, by.person_id, why[:200]
    one.save(update_fields=["struck_at", "struck_by", "struck_why"])
    record("safetycode.strike_insured", by=by, at=at, subject="insurance", subject_id=one.policy_id,
           detail={"worker": str(one.worker_id)})  # fmt: skip
    if one.credential_id:
        workers.retract(credential_ids=[one.credential_id], why=f"移出保单名单：{why}", by=by, at=at)


def _insure(
    row: InsurancePolicy, worker_id: UUID, since: date, until: date, *, by: Actor, at: datetime
) -> UUID:
    paper = workers.attest(
        worker_id=worker_id, kind=CredentialKind.INSURANCE, title=TITLE, number=row.number, issuer=row.insurer_name,
        valid_from=since, valid_to=until, occupation_class=row.occupation_class, how="保险公司或协会确认的保单名单",
        by=by, at=at,
    )  # fmt: skip
    return paper.pk


def _check(terms: Terms, insurer_name: str, today: date) -> None:
    if not terms.number.strip() or len(terms.number.strip()) > 64:
        raise PolicyUnfit("number", what=_("请填写保单号"))
    if not insurer_name.strip():
        raise PolicyUnfit("insurer_name", what=_("请填写保险公司"))
    if terms.occupation_class not in range(1, 5):
        raise PolicyUnfit("occupation_class", what=_("职业类别是 1–4 类"))
    if terms.valid_to < terms.valid_from or terms.valid_to < today:
        raise PolicyUnfit("valid_to", what=_("到期日不能早于生效日，也不能已经过期"))
    if (terms.valid_to - terms.valid_from).days > 1100:
        raise PolicyUnfit("valid_to", what=_("保险期间最长三年"))
    if any(not 0 < fen < 10**12 for fen in terms.limits.values()):
        raise PolicyUnfit("number", what=_("保额应大于零"))


def _columns(terms: Terms) -> dict[str, Any]:
    limits = {f"{limit}_fen": terms.limits.get(limit) for limit in Limit}
    return {
        "number": terms.number.strip(), "product": str(terms.product), "occupation_class": terms.occupation_class,
        "valid_from": terms.valid_from, "valid_to": terms.valid_to, **limits,
    }  # fmt: skip


def _there(error: IntegrityError) -> Exception:
    same = getattr(getattr(error.__cause__, "diag", None), "constraint_name", None) == ONCE
    return PolicyThere("number") if same else error


def _seen(policy_id: UUID, by: Actor) -> InsurancePolicy:
    row = queries.policy_for(by, policy_id)
    if row is None:
        raise NoSuchPolicy
    return row


def _held(policy_id: UUID, by: Actor) -> InsurancePolicy:
    row = _seen(policy_id, by)
    if not _is_holder(row, by):
        raise MayNotFile
    return row


def _is_holder(row: InsurancePolicy, by: Actor) -> bool:
    return by.is_system or (by.organisation_id == row.holder_id and by.holds("workers.manage"))


def _may_confirm(row: InsurancePolicy, by: Actor) -> bool:
    insurer = row.insurer_id is not None and by.organisation_id == row.insurer_id
    return by.is_system or by.holds("safetycode.manage") or (insurer and by.holds("safetycode.insure"))


def _tell(row: InsurancePolicy, organisation_id: UUID, permission: str, title: str, at: datetime) -> None:
    people = staff_ids(organisation_id, at, permission=permission)
    tell_all(
        sorted(people), kind="safetycode.policy", title=title, at=at, url=f"/desk/policies/{row.pk}/",
        body=gettext_noop("%(product)s，%(since)s 至 %(until)s。"),
        params={"number": row.number, "holder": row.holder.name, "since": row.valid_from, "until": row.valid_to,
                "product": PRODUCT_LABELS[Product(row.product)]},
    )  # fmt: skip

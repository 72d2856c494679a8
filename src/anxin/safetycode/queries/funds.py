"""Who a subsidy is due for, and the batches of claims."""

from __future__ import annotations

import csv
import hashlib
import io
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum

from anxin.kit.actor import Actor
from anxin.kit.clock import local_date
from anxin.kit.money import yuan
from anxin.safetycode.models import Claim, ClaimLine, MinistryRecord, SafetyCode
from anxin.safetycode.states import CodeState
from anxin.safetycode.values import Colour
from anxin.safetycode.values.care import LINE_LABELS, LineKind, MinistryState
from anxin.workers.public import Worker, at_work_in
from anxin.workers.values import CredentialKind


def claims(actor: Actor) -> QuerySet[Claim]:
    """The batches that an actor may see, newest first. One query with the claimants' names."""
    rows: QuerySet[Claim] = Claim.objects.visible_to(actor)
    return rows.select_related("claimant").order_by("-created_at", "-id")


def claim(actor: Actor, number: str) -> Claim | None:
    """A batch by number, if the actor may see it. One query."""
    return claims(actor).filter(number=number).first()


def lines(row: Claim) -> QuerySet[ClaimLine]:
    """The lines of a batch in the order in which they were written, those struck out too. One query."""
    found: QuerySet[ClaimLine] = ClaimLine.objects.filter(claim=row)
    return found.select_related("code__worker__person", "organisation", "of__claim").order_by(
        "created_at", "id"
    )


def standing(row: Claim) -> QuerySet[ClaimLine]:
    """The lines that count."""
    return lines(row).filter(voided_at=None)


def due(area: str, year: int, at: datetime) -> QuerySet[SafetyCode]:
    """The codes whose holder is owed this year's subsidy: green today, with a health check of the year that was passed
    and verified, recorded at the Ministry too (D-A4), and claimed for by nobody yet."""
    workers = Worker.objects.filter(at_work_in(area))
    claimed = ClaimLine.objects.filter(code=OuterRef("pk"), year=year, kind=LineKind.CLAIM, voided_at=None)
    rows: QuerySet[SafetyCode] = SafetyCode.objects.filter(
        ~Exists(claimed), in_order(at), worker__in=workers, pk__in=checked(year)
    )
    return rows.select_related("worker__person").order_by("number")


def in_order(at: datetime) -> Q:
    """Of codes: in force and green, and in force at the Ministry: benefits need both certificates."""
    both = MinistryRecord.objects.filter(worker=OuterRef("worker"), state=MinistryState.IN_FORCE)
    return Q(
        Exists(both), state=CodeState.ISSUED, valid_to__gte=local_date(at),
        worker__standing__colour=Colour.GREEN,
    )  # fmt: skip


def checked(year: int) -> QuerySet[SafetyCode, Any]:
    """The codes of those who passed a health check that began in the year, and that was verified."""
    rows: QuerySet[SafetyCode] = SafetyCode.objects.filter(
        worker__credentials__kind=CredentialKind.HEALTH_CHECK, worker__credentials__conclusion="passed",
        worker__credentials__verified_at__isnull=False, worker__credentials__withdrawn_at=None,
        worker__credentials__valid_from__range=(date(year, 1, 1), date(year, 12, 31)),
    )  # fmt: skip
    return rows.order_by().values("pk").distinct()


def no_longer_due(row: Claim, at: datetime) -> list[ClaimLine]:
    """The claims of a batch whose holder is not in order today: left, recalled, not green. Two queries."""
    found = list(standing(row).filter(kind=LineKind.CLAIM))
    good = set(
        SafetyCode.objects.filter(in_order(at), pk__in=[line.code_id for line in found], worker__in=
                                  Worker.objects.filter(at_work_in(row.area))).values_list("pk", flat=True)
    )  # fmt: skip
    return [line for line in found if line.code_id not in good]


def totals(row: Claim) -> tuple[int, int]:
    """How many lines count, and their sum in fen. One query."""
    found = standing(row).order_by().aggregate(n=Sum("amount_fen"))
    return standing(row).count(), found["n"] or 0


def exported(row: Claim) -> bytes:
    """The rows of a batch as a CSV file for the treasury: UTF-8 with a mark, CRLF. Names whole: who is paid must be
    known; no identity number, no health value. One query."""
    found = list(standing(row))
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(
        ("申领单", "序号", "类别", "安心码号码", "姓名", "机构", "年度", "体检日期", "金额（元）")
    )
    for index, line in enumerate(found, 1):
        writer.writerow(
            (
                row.number, index, LINE_LABELS[LineKind(line.kind)], line.code.number,
                line.code.worker.person.name, line.organisation.name if line.organisation else "",
                line.year, line.checked_on.isoformat(), yuan(line.amount_fen),
            )
        )  # fmt: skip
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def checksum(row: Claim) -> str:
    """SHA-256 of the export, hex."""
    return hashlib.sha256(exported(row)).hexdigest()

"""Writers of the audit trail, its seals, and the answers kept for replays."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.http import HttpResponse, HttpResponseBase
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from anxin.audit import queries, rules
from anxin.audit.models import Answer, Entry, Seal
from anxin.audit.values import CHECK
from anxin.kit import clock
from anxin.kit.access import Request, refuse
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.crypto import hmac_sign, seal, sha256, signed_by_us, unseal
from anxin.kit.errors import Conflict, Invalid
from anxin.kit.jobs import defer

KEEP_ANSWERS = timedelta(days=1)
SEALER_LOCK = 7_310_001


class KeyReused(Conflict):
    code = "key_reused"
    message = _("这次提交的编号已经用于另一项内容。请刷新页面后重新提交。")


class KeyMalformed(Invalid):
    code = "key_malformed"
    message = _("提交编号的格式不对：应为 8 到 100 个字符。")


def record(
    action: str,
    *,
    by: Actor,
    at: datetime,
    subject: str,
    subject_id: Any,
    detail: dict[str, Any] | None = None,
) -> None:
    """Write one entry in the present transaction: `by` did `action` ("orders.accept") to the subject.

    `detail` holds ids and plain values, never personal data in the clear.
    """
    Entry.objects.create(
        action=action, at=at, by_person=by.person_id, by_organisation=by.organisation_id, by_post=by.post,
        channel=by.channel, address=by.address, request_id=by.request_id,
        subject=subject, subject_id=str(subject_id), detail=detail or {},
    )  # fmt: skip


# For an action that writes all it has to write in one statement: the entries, if the named CTE has a row.
ENTRIES_SQL = """
  INSERT INTO audit_entry
    (action, at, by_person, by_organisation, by_post, channel, address, request_id, subject, subject_id, detail)
  SELECT e.action, %(at)s, %(by_person)s::uuid, %(by_organisation)s::uuid, %(by_post)s, %(channel)s,
         %(address)s, %(request_id)s, e.subject, e.subject_id, e.detail
  FROM {rows}, jsonb_to_recordset(%(entries)s) AS e(action text, subject text, subject_id text, detail jsonb)
"""


def entries_values(*entries: tuple[str, str, Any, dict[str, Any]], by: Actor, at: datetime) -> dict[str, Any]:
    """The parameters of `ENTRIES_SQL`; each entry is action, subject, subject_id and detail of `record`."""
    rows = [
        {"action": action, "subject": subject, "subject_id": str(subject_id), "detail": detail}
        for action, subject, subject_id, detail in entries
    ]
    return {
        "at": at, "by_person": by.person_id, "by_organisation": by.organisation_id, "by_post": by.post,
        "channel": by.channel, "address": by.address, "request_id": by.request_id, "entries": Jsonb(rows),
    }  # fmt: skip


@transaction.atomic
def seal_batch(*, at: datetime) -> Seal | None:
    """Chain all settled entries since the last seal into one signed seal; None if there are none.

    One sealer at a time; entries of transactions still open are left to the next batch.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [SEALER_LOCK])
    last = queries.last_seal()
    start, end = (last.below_xact if last else 0), queries.settled_xact()
    if end <= start:
        return None
    previous = last.digest if last else rules.GENESIS
    digest, count = rules.digest(previous, start, end, queries.rows_between(start, end))
    if not count:
        return None
    return Seal.objects.create(
        from_xact=start, below_xact=end, count=count, previous=previous, digest=digest,
        signature=hmac_sign("audit", digest.encode()), at=at,
    )  # fmt: skip


def verify() -> tuple[int, int, list[str]]:
    """Recompute every seal. Returns (seals, entries, faults in words); no faults = nothing was changed."""
    faults: list[str] = []
    previous, start, total, seals = rules.GENESIS, 0, 0, 0
    for one in Seal.objects.order_by("id").iterator():
        seals += 1
        if one.previous != previous or one.from_xact != start:
            faults.append(f"seal {one.pk}: the chain is broken, a seal was removed, inserted or reordered")
        digest, count = rules.digest(
            one.previous, one.from_xact, one.below_xact, queries.rows_between(one.from_xact, one.below_xact)
        )
        if count != one.count:
            faults.append(f"seal {one.pk}: {one.count} entries were sealed, {count} are there")
        elif digest != one.digest:
            faults.append(f"seal {one.pk}: an entry was changed")
        if not signed_by_us("audit", one.digest.encode(), bytes(one.signature)):
            faults.append(f"seal {one.pk}: the signature is not ours")
        previous, start, total = one.digest, one.below_xact, total + count
    return seals, total, faults


FAULTS_KEPT = 50


@transaction.atomic
def check(*, at: datetime) -> list[str]:
    """Verify the whole trail and write down what was found, in the trail itself. Returns the faults."""
    seals, entries, faults = verify()
    detail = {"seals": seals, "entries": entries, "faults": len(faults), "first": faults[:FAULTS_KEPT]}
    record(CHECK, by=SYSTEM, at=at, subject="audit", subject_id="trail", detail=detail)
    return faults


@transaction.atomic
def ask_check(*, by: Actor, at: datetime) -> None:
    """Have the whole trail verified by a job, now; one at a time. Recorded with who asked."""
    record("audit.ask_check", by=by, at=at, subject="audit", subject_id="trail")
    defer("audit.check", lock="audit.check")


def replay(request: Request, key: str, call: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Run a write once per key and person; the same write again gets the first answer.

    Refuses a key that came with other content (KeyReused) or is no key (KeyMalformed). An answer of 400 or
    above is not kept: the person corrects and sends again under the same key.
    """
    if not 8 <= len(key) <= 100:
        return refuse(request, KeyMalformed())
    who = str(request.actor.person_id or "anonymous")
    fingerprint = _fingerprint(request)
    with transaction.atomic():
        answer = _claim(who, key, fingerprint)
        if answer is not None:
            return _again(request, answer, fingerprint)
        response = call()
        row = Answer.objects.filter(who=who, key=key)
        if response.status_code >= 400 or response.streaming:
            row.delete()
        else:
            row.update(
                status=response.status_code,
                location=response.headers.get("Location", ""),
                content_type=response.headers.get("Content-Type", ""),
                body=seal(getattr(response, "content", b""), f"audit_answer.body:{who}:{key}"),
            )
    return response


def _fingerprint(request: Request) -> str:
    if request.content_type == "multipart/form-data":
        files = [(n, f.name, f.size) for n, fs in sorted(request.FILES.lists()) for f in fs]
        fields = sorted((n, v) for n, v in request.POST.lists() if n != "csrfmiddlewaretoken")
        content = repr((fields, files)).encode()
    elif request.content_type == "application/x-www-form-urlencoded":
        content = repr(sorted((n, v) for n, v in request.POST.lists() if n != "csrfmiddlewaretoken")).encode()
    else:
        content = request.body
    return sha256(f"{request.method} {request.path}\n".encode() + content)


def _claim(who: str, key: str, fingerprint: str) -> Answer | None:
    """Insert the key, or wait for the one who holds it and return their answer."""
    try:
        with transaction.atomic():
            Answer.objects.create(who=who, key=key, fingerprint=fingerprint, at=clock.now())
        return None
    except IntegrityError:
        return Answer.objects.get(who=who, key=key)


def _again(request: Request, answer: Answer, fingerprint: str) -> HttpResponseBase:
    if answer.fingerprint != fingerprint or answer.status is None:
        return refuse(request, KeyReused())
    body = unseal(bytes(answer.body), f"audit_answer.body:{answer.who}:{answer.key}")
    response = HttpResponse(body, status=answer.status, content_type=answer.content_type or None)
    if answer.location:
        response.headers["Location"] = answer.location
    response.headers["Idempotent-Replay"] = "true"
    return response


def forget_answers(*, at: datetime) -> int:
    """Drop answers older than a day."""
    return Answer.objects.filter(at__lt=at - KEEP_ANSWERS).delete()[0]

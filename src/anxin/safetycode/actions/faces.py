"""The match of person and card (人证合一, F-3): consent first, then one comparison; the picture is not kept."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.accounts.public import ask_consent
from anxin.accounts.values import Purpose
from anxin.audit.public import record
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Forbidden, Invalid, TooMany
from anxin.policies.public import read
from anxin.safetycode.adapters import face
from anxin.safetycode.models import FaceMatch
from anxin.safetycode.values.checks import FACE_SCORE, FACES_A_DAY, FaceResult
from anxin.workers import public as workers

MOST_BYTES = 8 * 1024 * 1024
PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


class PictureUnfit(Invalid):
    code = "face_picture_unfit"
    message = _("请拍一张照片：JPG 或 PNG，不超过 8 MB。")


class CardMissing(Conflict):
    code = "face_needs_real_name"
    message = _("比对要用已实名的身份证号码，请本人先完成实名核验。")


class FacesTooOften(TooMany):
    code = "faces_too_often"
    message = _("今天已经比对 5 次，请明天再试，或请机构当面核对本人。")


class FaceUnavailable(Conflict):
    status = 503
    code = "face_unavailable"
    message = _("比对服务暂时没有回应，照片已经丢弃。请过几分钟再拍一次。")


def match_face(
    *, worker_id: UUID, picture: bytes, by: Actor, at: datetime, consent: int | None = None
) -> FaceMatch:
    """Compare a live picture of a worker with the one on their card and keep the result, never the picture.

    By the worker, or by their agency with the worker before them; the separate consent is the worker's own. Every
    question is kept with its outcome, also a failed one, so this must not run in a transaction that a refusal undoes.
    Refuses: NoSuchWorker, NotYours, ConsentNeeded, ConsentOfAnother, CardMissing, PictureUnfit, FacesTooOften,
    FaceUnavailable. Source: F-3, standards §1.5, 个人信息保护法 art. 28–29.
    """
    worker = workers.owned(worker_id, by)
    person = worker.person
    ask_consent(purpose=Purpose.FACE, person_id=person.pk, version=consent, by=by, at=at)
    if not person.is_verified or not person.id_number:
        raise CardMissing
    if not 0 < len(picture) <= MOST_BYTES or not picture.startswith(PICTURES):
        raise PictureUnfit("picture")
    day = FaceMatch.objects.filter(worker=worker, at__gt=at - timedelta(days=1))
    if day.exclude(result=FaceResult.UNAVAILABLE).count() >= read(FACES_A_DAY, at=at):
        raise FacesTooOften
    try:
        # Outside of any transaction of ours: the provider may take seconds.
        found = face.compare(name=person.name, id_number=person.id_number, picture=picture, at=at)
    except face.Unavailable as silence:
        silent = face.Compared(None, face.PROVIDER, silence.request_id)
        _keep(worker.pk, FaceResult.UNAVAILABLE, silent, by=by, at=at)
        raise FaceUnavailable from None
    result = face.result_of(found.score, read(FACE_SCORE, at=at))
    return _keep(worker.pk, result, found, by=by, at=at)


@transaction.atomic
def _keep(worker_id: UUID, result: FaceResult, found: face.Compared, *, by: Actor, at: datetime) -> FaceMatch:
    row = FaceMatch.objects.create(
        worker_id=worker_id, result=str(result), score=found.score, provider=found.provider,
        request_id=found.request_id, at=at,
    )  # fmt: skip
    record("safetycode.match_face", by=by, at=at, subject="worker", subject_id=worker_id,
           detail={"match": str(row.pk), "provider": found.provider, "result": str(result)})  # fmt: skip
    return row


@transaction.atomic
def take_over_match(
    *, worker_id: UUID, score: int, provider: str, request_id: str, by: Actor, at: datetime
) -> FaceMatch:
    """Keep what a provider said of a worker elsewhere, by the operator: whoever comes from another system need not
    stand before the camera again. Refuses: Forbidden."""
    if not by.holds("workers.oversee"):
        raise Forbidden
    result = face.result_of(score, read(FACE_SCORE, at=at))
    return _keep(worker_id, result, face.Compared(score, provider, request_id), by=by, at=at)

"""Many applications from one file: read, looked at, and imported whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from anxin.audit.public import record
from anxin.catalogue.values import HealthTier
from anxin.kit import sheets
from anxin.kit.actor import Actor
from anxin.kit.errors import Conflict, Invalid, NotFound, Refusal
from anxin.safetycode.actions.applying.form import open_application
from anxin.safetycode.actions.applying.refusals import NotYourTurn
from anxin.safetycode.models import Application, Upload
from anxin.safetycode.queries.applications.uploads import kept, sheets_of, to_keep
from anxin.safetycode.values.applying import NAME, NUMBER, PHONE, TIER

# What was looked at and not imported is forgotten after so long.
FORGET = timedelta(days=3)


class NoUpload(NotFound):
    code = "no_upload"
    message = _("没有找到这次上传，或它已经导入、放弃。请重新上传。")


class SameFile(Conflict):
    code = "same_file"
    message = _("这个文件已经导入过，没有再次导入。")


class NoRows(Invalid):
    code = "no_rows"
    message = _("没有可以导入的行。请按每行的提示改好后重新上传。")


class RowRefused(Conflict):
    code = "row_refused"
    message = _("第 %(line)s 行没有办成：%(why)s 因此整批都没有导入，请去掉这一行再试。")


@transaction.atomic
def preview(*, content: bytes, name: str, by: Actor, at: datetime) -> Upload:
    """Read an agency's XLSX or CSV and keep its rows, sealed, with what is wrong with each; nothing is imported yet.

    Refuses: NotYourTurn, SameFile, NoRows (an empty table), and what sheets refuse (unreadable, too big, columns).
    """
    if not by.holds("workers.manage") or by.organisation_id is None:
        raise NotYourTurn
    digest = hashlib.sha256(content).hexdigest()
    if Upload.objects.filter(organisation=by.organisation_id, sha256=digest, imported__gt=0).exists():
        raise SameFile("file")
    found = sheets_of(
        sheets.read(content, columns=(NAME, PHONE), optional=(NUMBER, TIER)), by.organisation_id, at
    )
    if not found:
        raise NoRows("file")
    shown = "".join(one for one in name if one.isprintable())
    row = Upload(
        organisation_id=by.organisation_id, name=shown[:120], sha256=digest, rows=to_keep(found),
        total=len(found), good=sum(one.good for one in found), created_at=at, created_by=by.person_id,
    )  # fmt: skip
    row.save(force_insert=True)
    return row


@transaction.atomic
def import_rows(
    *, upload_id: UUID, lines: Collection[int] | None, by: Actor, at: datetime
) -> list[Application]:
    """Open an application for each of `lines` (None: every good row), all in one transaction: one that is refused now
    stops them all. Each waits for its worker, who is told. Refuses: NoUpload, NoRows, RowRefused.
    """
    row = _own(upload_id, by)
    chosen = [one for one in kept(row) if one.good and (lines is None or one.line in lines)]
    if not chosen:
        raise NoRows
    opened = []
    for one in chosen:
        try:
            opened.append(
                open_application(
                    worker_id=UUID(one.worker_id), tier=HealthTier(one.tier), by=by, at=at, upload=row
                )
            )
        except Refusal as refusal:
            raise RowRefused(line=one.line, why=str(refusal)) from refusal
    row.imported, row.imported_at, row.rows = len(opened), at, {}
    row.save(update_fields=["imported", "imported_at", "rows"])
    record(
        "safetycode.apply_import", by=by, at=at, subject="upload", subject_id=row.pk,
        detail={"rows": row.total, "imported": row.imported},
    )  # fmt: skip
    return opened


@transaction.atomic
def give_up(*, upload_id: UUID, by: Actor, at: datetime) -> None:
    """Forget the rows of an upload that was only looked at. Refuses: NoUpload."""
    row = _own(upload_id, by)
    Upload.objects.filter(pk=row.pk, imported_at=None).delete()


def forget_uploads(*, at: datetime) -> int:
    """Delete what was looked at days ago and never imported. Returns how many."""
    count, _rows = Upload.objects.filter(imported_at=None, created_at__lt=at - FORGET).delete()
    return count


def _own(upload_id: UUID, by: Actor) -> Upload:
    if not by.holds("workers.manage") or by.organisation_id is None:
        raise NotYourTurn
    row = (
        Upload.objects.select_for_update()
        .filter(pk=upload_id, organisation=by.organisation_id, imported_at=None)
        .first()
    )
    if row is None:
        raise NoUpload
    return row

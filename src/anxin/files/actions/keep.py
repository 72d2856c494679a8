"""The only writers of uploads."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.translation import gettext

from anxin.audit import public as audit
from anxin.files.actions.refusals import (
    FileEmpty,
    FileInfected,
    FileTooBig,
    FileUnreadable,
    FileWrongType,
    PdfActive,
    PictureTooLarge,
    ScannerAway,
)
from anxin.files.actions.uploads import forget, take_over
from anxin.files.adapters import clamd, disk, images
from anxin.files.models import StoredFile
from anxin.files.rules import TooPacked, active_pdf, safe_name, sniff, two_faced
from anxin.files.values import FORMAT_NAMES, IMAGES, KINDS, MB, OWN, FileKind, Format, Scan
from anxin.kit.actor import Actor
from anxin.kit.forms import Resumed

log = logging.getLogger(__name__)
# PDFs that the house makes itself may carry attachments (an e-invoice does); those that people bring may not.
_OWN_PDF = OWN


def store(
    upload: UploadedFile[Any] | BinaryIO | Resumed,
    *,
    kind: FileKind,
    by: Actor,
    at: datetime,
    person_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> StoredFile:
    """Keep an upload for the acting person (or the given person or organisation).

    The type is judged by content; pictures are written anew without metadata. Refuses, with nothing stored:
    empty, too big, wrong type, unreadable, too many pixels, PDF with active content or a second face, infected;
    and everything while the scanner is away, unless ANXIN_SCANNER_DOWN is "hold".
    """
    if isinstance(upload, Resumed):
        content, name = take_over(upload, kind=kind, by=by, at=at)
        return store_bytes(
            content,
            name=name,
            kind=kind,
            by=by,
            at=at,
            person_id=person_id,
            organisation_id=organisation_id,
        )
    limit = KINDS[kind].max_bytes
    # One byte more than allowed is enough to know; a declared size is not trusted.
    content = upload.read(limit + 1)
    return store_bytes(
        content,
        name=getattr(upload, "name", "") or "",
        kind=kind,
        by=by,
        at=at,
        person_id=person_id,
        organisation_id=organisation_id,
    )


@transaction.atomic
def store_bytes(
    content: bytes,
    *,
    name: str,
    kind: FileKind,
    by: Actor,
    at: datetime,
    person_id: UUID | None = None,
    organisation_id: UUID | None = None,
) -> StoredFile:
    """`store` for content that is already in memory (a drawn signature, a PDF of our own)."""
    kind = FileKind(kind)
    scan = _scanned(content, kind)
    content, found, width, height = _checked(content, kind)
    sha256 = hashlib.sha256(content).hexdigest()
    disk.put(sha256, content)
    row = StoredFile.objects.create(
        kind=kind,
        person_id=person_id or by.person_id,
        organisation_id=organisation_id or by.organisation_id,
        sha256=sha256,
        size=len(content),
        content_type=found,
        name=safe_name(name, found),
        width=width,
        height=height,
        scan=scan,
        created_at=at,
    )
    audit.record(
        "files.store",
        by=by,
        at=at,
        subject="files.file",
        subject_id=str(row.id),
        detail={"kind": str(kind), "sha256": sha256, "size": row.size},
    )
    return row


def _checked(content: bytes, kind: FileKind) -> tuple[bytes, Format, int, int]:
    """The bytes to keep, their format and size in pixels; raises a refusal."""
    rule = KINDS[kind]
    label = gettext(rule.label)
    if not content:
        raise FileEmpty(field="file")
    if len(content) > rule.max_bytes:
        raise FileTooBig(field="file", label=label, limit=rule.max_bytes // MB)
    found = sniff(content[:16])
    if found not in rule.formats:
        formats = "、".join(FORMAT_NAMES[known] for known in Format if known in rule.formats)
        raise FileWrongType(field="file", label=label, formats=formats)
    assert found is not None
    if found not in IMAGES:
        if kind not in _OWN_PDF and _acts(content):
            raise PdfActive(field="file")
        if b"%%EOF" not in content[-2048:]:
            raise FileUnreadable(field="file")
        return content, found, 0, 0
    try:
        picture = images.rewrite(content, found, rule.max_side)
    except images.TooManyPixels as error:
        raise PictureTooLarge(field="file") from error
    except images.Unreadable as error:
        raise FileUnreadable(field="file") from error
    return picture.content, found, picture.width, picture.height


def _acts(content: bytes) -> bool:
    try:
        return active_pdf(content) or (b"%%EOF" in content and two_faced(content))
    except TooPacked as error:
        raise FileUnreadable(field="file") from error


def _scanned(content: bytes, kind: FileKind) -> Scan:
    """What the scanner says of an upload as it came, before anything opens it. Refuses FileInfected, ScannerAway."""
    if not clamd.in_use() or kind in _OWN_PDF or not 0 < len(content) <= KINDS[kind].max_bytes:
        return Scan.NONE
    try:
        found = clamd.scan(content)
    except clamd.ScannerDown as error:
        log.warning("the virus scanner does not answer: %s", error)
        if settings.ANXIN_SCANNER_DOWN != "hold":
            raise ScannerAway(field="file") from error
        return Scan.WAITING
    if found:
        log.warning("an upload was refused, the virus scanner found %s", found)
        raise FileInfected(field="file")
    return Scan.CLEAN


def scan_waiting(*, by: Actor, at: datetime, most: int = 200) -> int:
    """Scan what was kept while the scanner was away, the oldest first; returns how many it has looked at.

    What is infected stays as evidence, is never given out, and is written down.
    """
    done = 0
    for row in StoredFile.objects.filter(scan=Scan.WAITING).order_by("created_at")[:most]:
        try:
            found = clamd.scan(disk.get(row.sha256)) if clamd.in_use() else ""
        except clamd.ScannerDown:
            break
        except disk.Missing:
            continue
        verdict = Scan.INFECTED if found else Scan.CLEAN if clamd.in_use() else Scan.NONE
        with transaction.atomic():
            if not StoredFile.objects.filter(pk=row.pk, scan=Scan.WAITING).update(scan=verdict):
                continue
            if found:
                audit.record(
                    "files.infected",
                    by=by,
                    at=at,
                    subject="files.file",
                    subject_id=row.pk,
                    detail={"found": found},
                )
        done += 1
    return done


def discard(file_ids: Iterable[UUID]) -> int:
    """Forget uploads; the sweep removes bytes that nobody refers to any more. Their owner has let go of them before."""
    gone, _rows = StoredFile.objects.filter(pk__in=list(file_ids)).delete()
    return gone


def sweep(*, by: Actor, at: datetime) -> int:
    """Remove bytes that no row refers to (left by transactions that were rolled back), older than a day."""
    gone = forget(at=at)
    for sha256 in disk.hashes_before((at - timedelta(days=1)).timestamp()):
        if not StoredFile.objects.filter(sha256=sha256[:64]).exists():
            disk.drop(sha256)
            gone += 1
    return gone

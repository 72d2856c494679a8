"""Reads of uploads. The owning area has decided who may see a file before it asks for it here."""

from collections.abc import Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from anxin.files.adapters import disk
from anxin.files.models import StoredFile
from anxin.files.values import Scan
from anxin.kit.errors import Conflict, NotFound


class FileHeld(Conflict):
    code = "file_held"
    message = _("这个文件正在等待安全检查，请过几分钟再打开。")


def file(file_id: UUID) -> StoredFile:
    """A file by id; NotFound if there is none. One query."""
    row = StoredFile.objects.filter(pk=file_id).first()
    if row is None:
        raise NotFound
    return row


def files(file_ids: Iterable[UUID]) -> dict[UUID, StoredFile]:
    """Many files by id; unknown ids are absent. One query."""
    return StoredFile.objects.in_bulk(list(file_ids))


def content(row: StoredFile) -> bytes:
    """The bytes of a file; NotFound if they are not on this disk. Refuses FileHeld until the scanner has looked."""
    if row.scan == Scan.INFECTED:
        raise NotFound
    if row.scan == Scan.WAITING:
        raise FileHeld
    try:
        return disk.get(row.sha256)
    except disk.Missing as error:
        raise NotFound from error

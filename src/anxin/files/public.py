"""The door of files: keep an upload, read it, and mint a short-lived address for one viewer."""

from uuid import UUID

from django.urls import reverse

from anxin.files.actions import (
    FileEmpty,
    FileInfected,
    FileTooBig,
    FileUnreadable,
    FileWrongType,
    PdfActive,
    PictureTooLarge,
    ScannerAway,
    discard,
    keep_chosen,
    store,
    store_bytes,
)
from anxin.files.adapters.disk import reseal, sealed_files, sealed_heads
from anxin.files.models import StoredFile
from anxin.files.queries import FileHeld, content, file, files
from anxin.files.values import FileKind
from anxin.kit import clock
from anxin.kit.actor import Actor
from anxin.kit.crypto import sign_token

__all__ = [
    "FileEmpty",
    "FileHeld",
    "FileInfected",
    "FileKind",
    "FileTooBig",
    "FileUnreadable",
    "FileWrongType",
    "PdfActive",
    "PictureTooLarge",
    "ScannerAway",
    "StoredFile",
    "content",
    "discard",
    "file",
    "files",
    "keep_chosen",
    "reseal",
    "sealed_files",
    "sealed_heads",
    "store",
    "store_bytes",
    "url_for",
]

# An address holds for ten to twenty minutes; it changes every ten, so that a browser's cache is of use.
WINDOW_SECONDS = 600


def url_for(row: StoredFile | UUID, actor: Actor) -> str:
    """An address of the file for this viewer, good for 10–20 minutes. No query.

    Call it only after the owning area has found that `actor` may see the file. A signed-in viewer's address works
    for them alone; one made for an anonymous viewer works for everybody, so make it only for what is public.
    Pictures are shown, documents are saved: what people bring is never opened inside our own pages.
    """
    file_id = row.id if isinstance(row, StoredFile) else row
    moment = int(clock.now().timestamp())
    ttl = WINDOW_SECONDS + WINDOW_SECONDS - moment % WINDOW_SECONDS
    claims = {"f": str(file_id), "v": str(actor.person_id or "")}
    return reverse("files:file", args=[sign_token("files", claims, ttl)])

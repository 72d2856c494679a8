"""Uploads that must not touch the disk: pictures of faces are held in memory for the length of one request."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import MemoryFileUploadHandler, SkipFile, StopFutureHandlers

# Addresses whose uploads are never written, and how much of one is held.
UNWRITTEN = "/face/"
MOST_BYTES = 8 * 1024 * 1024


class Unwritten(MemoryFileUploadHandler):
    """Stands before Django's own handlers: those would write what is large to a temporary file.

    What is larger than may be held is dropped as it comes; the form then finds no file.
    """

    watching = False
    kept = 0

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: Any = None
    ) -> None:
        self.watching = str(META.get("PATH_INFO", "")).endswith(UNWRITTEN)
        self.activated = self.watching

    def new_file(self, *args: Any, **options: Any) -> None:
        self.kept = 0
        if self.watching:
            super().new_file(*args, **options)
            raise StopFutureHandlers

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        if not self.watching:
            return raw_data
        self.kept += len(raw_data)
        if self.kept > MOST_BYTES:
            raise SkipFile
        self.file.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> UploadedFile[Any] | None:
        return super().file_complete(file_size) if self.watching else None

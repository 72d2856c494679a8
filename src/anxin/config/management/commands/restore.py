"""`anxin restore`."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from anxin.config.recovery import RecoveryTrouble
from anxin.config.recovery.key import backup_key
from anxin.config.recovery.restore import choose, restore, settle
from anxin.config.recovery.store import open_store


class Command(BaseCommand):
    help = "Restore a backup into an empty folder, at its last moment or at any earlier one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--into", type=Path, required=True, help="an empty folder")
        parser.add_argument(
            "--at", default="", help="the moment, e.g. 2026-03-18T10:05:00+08:00 (no zone: local)"
        )
        parser.add_argument(
            "--backup", default="", help="start from this backup instead of the last before --at"
        )
        parser.add_argument("--from", dest="store", default="", help="default ANXIN_BACKUP_TO")

    def handle(self, *args: Any, **options: Any) -> None:
        at, began = _moment(options["at"]), time.monotonic()
        try:
            store, key = open_store(options["store"]), backup_key()
            manifest = choose(store, key, at=at, backup=options["backup"])
            self.stdout.write(
                f"backup {manifest.id}, brought to {at.isoformat() if at else 'its last moment'}"
            )
            restored = restore(store, key, manifest, options["into"], at=at, say=self.stdout.write)
            left = settle(restored)
        except RecoveryTrouble as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(
            f"restored into {options['into']} with {restored.files} uploads, {time.monotonic() - began:.1f} s"
        )
        self.stdout.write(left)


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise CommandError(f"{text!r} is no moment; write 2026-03-18T10:05:00+08:00") from error
    return found if found.tzinfo else timezone.make_aware(found)

"""`anxin drill`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.config.recovery import RecoveryTrouble
from anxin.config.recovery.drill import Report, drill, remember
from anxin.config.recovery.key import backup_key
from anxin.config.recovery.restore import choose
from anxin.config.recovery.store import open_store
from anxin.kit import clock


class Command(BaseCommand):
    help = "Prove that the last backup works: restore it into a scratch server, compare everything, drop it again."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--backup", default="", help="another backup than the last")
        parser.add_argument("--from", dest="store", default="", help="default ANXIN_BACKUP_TO")
        parser.add_argument("--scratch", type=Path, help="folder for the scratch server (default /tmp)")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        try:
            store, key = open_store(options["store"]), backup_key()
            manifest = choose(store, key, backup=options["backup"])
            report = drill(store, key, manifest, at=at, scratch=options["scratch"], say=self.stdout.write)
        except RecoveryTrouble as trouble:
            raise CommandError(f"The drill failed. {trouble}") from trouble
        self._tell(report)
        remember(report, at=at)
        if report.faults:
            raise CommandError(
                "The drill failed: the restored house is not the one that was backed up.\n"
                + "\n".join(report.faults)
            )
        self.stdout.write("the drill passed: nothing is lost, nothing was altered")

    def _tell(self, report: Report) -> None:
        self.stdout.write(
            f"backup {report.manifest.id}: {report.rows} rows in {report.tables} tables compared"
        )
        for line in report.told:
            self.stdout.write(line)
        self.stdout.write(
            f"RPO {report.rpo.total_seconds():.1f} s: the changes of that time were not in the store yet"
        )
        self.stdout.write(
            f"RTO {report.rto.total_seconds():.1f} s until the server answered, "
            f"{report.checked.total_seconds():.1f} s until all was checked"
        )

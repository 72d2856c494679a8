"""`anxin audit verify`."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.audit.public import seal_batch, verify
from anxin.kit import clock


class Command(BaseCommand):
    help = "Seal the audit trail, or verify that nothing in it was changed, removed, reordered or inserted."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["seal", "verify"])

    def handle(self, *args: Any, **options: Any) -> None:
        if options["verb"] == "seal":
            sealed = seal_batch(at=clock.now())
            self.stdout.write(f"sealed {sealed.count} entries" if sealed else "nothing to seal")
            return
        seals, entries, faults = verify()
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{entries} entries under {seals} seals: nothing was changed")

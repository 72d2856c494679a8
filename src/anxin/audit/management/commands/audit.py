"""`anxin audit seal | anchor | verify | archive`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.audit.public import anchor, archive, seal_batch, verify
from anxin.kit import clock
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Refusal


class Command(BaseCommand):
    help = (
        "Seal the audit trail, anchor its seals outside the database, archive what is past its time, or verify that"
        " nothing in it was changed, removed, reordered or inserted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["seal", "anchor", "verify", "archive"])
        parser.add_argument(
            "--anchors", type=Path, help="verify against this copy of the anchors instead of our own"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['verb']}")(options)

    def _seal(self, options: dict[str, Any]) -> None:
        sealed = seal_batch(at=clock.now())
        anchor()
        self.stdout.write(f"sealed {sealed.count} entries" if sealed else "nothing to seal")

    def _anchor(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"anchored {anchor()} seals")

    def _archive(self, options: dict[str, Any]) -> None:
        try:
            row = archive(by=SYSTEM, at=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(
            f"archived {row.entries} entries as {row.name}" if row else "nothing is past its time"
        )

    def _verify(self, options: dict[str, Any]) -> None:
        seals, entries, faults = verify(against=options["anchors"])
        if faults:
            raise CommandError("\n".join(faults))
        self.stdout.write(f"{entries} entries under {seals} seals: nothing was changed")

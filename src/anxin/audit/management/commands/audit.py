"""`anxin audit seal | anchor | stamp | verify | archive`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.audit.public import NoStamp, anchor, archive, seal_batch, stamp, stamped, unsealed, verify
from anxin.kit import clock
from anxin.kit.actor import SYSTEM
from anxin.kit.errors import Refusal


class Command(BaseCommand):
    help = (
        "Seal the audit trail, anchor its seals outside the database, have an authority time-stamp the anchors,"
        " archive what is past its time, or verify that nothing was changed, removed, reordered or inserted."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("verb", choices=["seal", "anchor", "stamp", "verify", "archive"])
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

    def _stamp(self, options: dict[str, Any]) -> None:
        try:
            seal = stamp()
        except NoStamp as trouble:
            raise CommandError(str(trouble)) from trouble
        self.stdout.write(
            f"time-stamped seal {seal}" if seal else "nothing to stamp, or no ANXIN_TIMESTAMP_URL"
        )

    def _archive(self, options: dict[str, Any]) -> None:
        try:
            kept = archive(by=SYSTEM, at=clock.now())
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        for row in kept:
            self.stdout.write(f"archived {row.entries} entries as {row.name}")
        if not kept:
            self.stdout.write("nothing is past its time")

    def _verify(self, options: dict[str, Any]) -> None:
        seals, entries, faults = verify(against=options["anchors"])
        if faults:
            raise CommandError("\n".join(faults))
        proved = stamped(options["anchors"])
        self.stdout.write(
            f"{entries} entries under {seals} seals, {unsealed()} not sealed yet, {proved} time-stamps: nothing was"
            " changed"
        )

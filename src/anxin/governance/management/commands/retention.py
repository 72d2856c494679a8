"""`anxin retention`: what is past its time; with --sweep it is destroyed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from anxin.governance.actions.retention import sweep
from anxin.governance.queries.retention import due
from anxin.kit import clock
from anxin.kit.actor import SYSTEM


class Command(BaseCommand):
    help = "list personal data past its retention; --sweep destroys it (the worker does so every night)"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--sweep", action="store_true", help="destroy what is listed")

    def handle(self, *args: Any, **options: Any) -> None:
        at = clock.now()
        for one in due(at):
            names = ", ".join(sorted(one.holding.names))
            self.stdout.write(
                f"{one.count:>8}  {one.key}  before {one.cutoff:%Y-%m-%d}  {one.holding.ends}: {names}"
            )
        if options["sweep"]:
            done = sweep(by=SYSTEM, at=at)
            self.stdout.write(f"{sum(done.values())} rows destroyed")

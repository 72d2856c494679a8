"""`anxin bulk`: a district's worth of rows for benchmarks."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.simulation.bulk import load
from anxin.simulation.play import is_empty


class Command(BaseCommand):
    help = "Load a whole district for benchmarks: rows written straight into an empty database, not a demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--workers", type=int, default=3758)
        parser.add_argument("--agencies", type=int, default=429)
        parser.add_argument("--orders", type=int, default=20_000)
        parser.add_argument("--seed", type=int, default=20230705)
        parser.add_argument(
            "--papers", type=int, nargs="?", const=sys.maxsize, default=0, metavar="MOST",
            help="with a contract, bill, payment, postings and sealed audit entries for closed orders: every one, "
            "or at most so many",
        )  # fmt: skip

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_empty():
            raise CommandError("the database already has people in it; anxin bulk wants a new one")
        load(
            workers=options["workers"], agencies=options["agencies"], orders=options["orders"], seed=options["seed"],
            papers=options["papers"],
            told=lambda what, many: self.stdout.write(f"{many:>6} {what}"),
        )  # fmt: skip

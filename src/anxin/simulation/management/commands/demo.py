"""`anxin demo`: a small living Lin'an."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.simulation.play import is_empty, play, told


class Command(BaseCommand):
    help = "Build a small living Lin'an: agencies, workers, households and orders in every state."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--orders", type=int, default=300, help="how many orders (default 300; at least 40)"
        )
        parser.add_argument("--agencies", type=int, default=40)
        parser.add_argument("--workers", type=int, default=400)
        parser.add_argument("--customers", type=int, default=300)
        parser.add_argument("--seed", type=int, default=20230705)
        parser.add_argument("--days", type=int, default=45, help="how many days before now the story begins")

    def handle(self, *args: Any, **options: Any) -> None:
        if not is_empty():
            raise CommandError(
                "the database already has people in it; the demo wants a new one (dropdb, createdb)"
            )
        seconds = play(
            orders=options["orders"], agencies=options["agencies"], workers=options["workers"],
            customers=options["customers"], seed=options["seed"], days=options["days"],
        )  # fmt: skip
        self.stdout.write(f"done in {seconds:.0f} s: {told()}")

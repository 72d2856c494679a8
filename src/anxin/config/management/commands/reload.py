"""`anxin reload`."""

from typing import Any

from django.core.management.base import BaseCommand

from anxin.config import renewal


class Command(BaseCommand):
    help = "Let the running house take new code and schema without refusing anybody"
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(
            f"asked process {renewal.ask()} to renew itself; its terminal tells when it is done"
        )

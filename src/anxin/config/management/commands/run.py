"""`anxin run`."""

from typing import Any

from django.core.management.base import BaseCommand

from anxin.config import launcher


class Command(BaseCommand):
    help = "Start everything, with the Lin'an demo if the database is empty; Ctrl-C stops it"
    requires_system_checks = []
    demo = True

    def handle(self, *args: Any, **options: Any) -> None:
        launcher.run(demo=self.demo)

"""`anxin migrate`: Django's, with a limit on how long it may make the trade wait."""

import time
from typing import Any

from django.core.management import CommandError
from django.core.management.commands import migrate
from django.db import OperationalError, connections
from psycopg.errors import LockNotAvailable

from anxin.config.lean_states import lean_states

LOCK_S, TRIES, PAUSE_S = 3, 20, 2.0


class Command(migrate.Command):
    help = "Bring the schema up to date; gives way where a lock is not to be had, and tries again"

    def handle(self, *args: Any, **options: Any) -> None:
        """A change of a table queues every reader behind it while it waits for its lock: so it waits shortly."""
        connection = connections[options["database"]]
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = '{LOCK_S}s'")
        try:
            for left in reversed(range(TRIES)):
                try:
                    with lean_states():
                        super().handle(*args, **options)
                except OperationalError as trouble:
                    if not isinstance(trouble.__cause__, LockNotAvailable):
                        raise
                    if not left:
                        raise CommandError(
                            "A table stays locked by other work: end it, or migrate at a quieter hour. "
                            "What was applied so far stays."
                        ) from trouble
                    time.sleep(PAUSE_S)
                else:
                    return
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = 0")

"""`anxin backup`."""

from __future__ import annotations

import time
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.config.recovery import RecoveryTrouble, base, wal
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.follow import INTERVAL_S, follow
from anxin.config.recovery.key import backup_key
from anxin.config.recovery.key import path as key_path
from anxin.config.recovery.retention import Rule, prune
from anxin.config.recovery.source import source
from anxin.config.recovery.store import Store, open_store
from anxin.kit import clock


class Command(BaseCommand):
    help = "Back up database and uploads, encrypted, to a folder or an object store; list or prune what is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "verb", nargs="?", default="take", choices=["take", "log", "follow", "list", "prune"],
            help="take (default): a whole backup; log: carry the changes since; follow: keep doing both",
        )  # fmt: skip
        parser.add_argument("--to", default="", help="folder or s3://bucket/prefix (default ANXIN_BACKUP_TO)")
        parser.add_argument(
            "--interval", type=float, default=INTERVAL_S, help="follow: seconds between two rounds"
        )
        for name, text in (
            ("days", "every backup of"),
            ("weeks", "one a week for"),
            ("months", "one a month for"),
        ):
            default = getattr(Rule(), name)
            parser.add_argument(f"--{name}", type=int, default=default, help=f"keep {text} so many {name}")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            store = open_store(options["to"])
            getattr(self, f"do_{options['verb']}")(store, options)
        except RecoveryTrouble as trouble:
            raise CommandError(str(trouble)) from trouble

    def do_take(self, store: Store, options: dict[str, Any]) -> None:
        key, began = self._key(), time.monotonic()
        made = base.take(source(), store, key, at=clock.now(), say=self.stdout.write)
        rows = sum(rows for rows, _ in made.figures.values())
        self.stdout.write(
            f"backup {made.id} in {store}: {rows} rows in {len(made.figures)} tables and {made.files} uploads as of "
            f"{made.mark.at:%Y-%m-%d %H:%M:%S} UTC, {made.stored_bytes / 1e6:.1f} MB, {time.monotonic() - began:.1f} s"
        )
        self.stdout.write(
            "The keys are not in it: `anxin keys export FILE` writes them under a passphrase; keep that elsewhere."
        )

    def do_log(self, store: Store, options: dict[str, Any]) -> None:
        segment = wal.ship_now(source(), store, self._key())
        self.stdout.write(f"every change up to now is in {store} (log {segment})")

    def do_follow(self, store: Store, options: dict[str, Any]) -> None:
        follow(
            source(), store, self._key(), rule=self._rule(options), every=timedelta(days=1),
            interval=options["interval"], say=self.stdout.write,
        )  # fmt: skip

    def do_list(self, store: Store, options: dict[str, Any]) -> None:
        key = backup_key()
        for one in manifests.all_of(store, key):
            rows = sum(rows for rows, _ in one.figures.values())
            self.stdout.write(
                f"{one.id}  state of {one.mark.at:%Y-%m-%d %H:%M:%S} UTC  {rows:>9} rows  {one.files:>6} uploads  "
                f"{one.stored_bytes / 1e6:>9.1f} MB  keys {', '.join(one.keys)}"
            )
        for system in sorted({name.split("/")[0] for name in manifests.ids(store)}):
            until = wal.until(store, key, system)
            if until:
                self.stdout.write(
                    f"every change of cluster {system} is there until {until:%Y-%m-%d %H:%M:%S} UTC"
                )

    def do_prune(self, store: Store, options: dict[str, Any]) -> None:
        gone = prune(store, backup_key(), self._rule(options), at=clock.now())
        self.stdout.write(f"removed: {', '.join(gone) or 'nothing'}")

    def _key(self) -> bytes:
        if not key_path().exists():
            self.stdout.write(f"a new backup key is made in {key_path()}: without it no backup can be read")
        return backup_key(make=True)

    def _rule(self, options: dict[str, Any]) -> Rule:
        return Rule(days=options["days"], weeks=options["weeks"], months=options["months"])

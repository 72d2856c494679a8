"""`anxin keys`."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from anxin.config.keys import census, escrow, rotate
from anxin.config.keys.reseal import Result
from anxin.config.recovery import RecoveryTrouble
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.key import backup_key
from anxin.config.recovery.key import path as backup_key_path
from anxin.config.recovery.store import open_store
from anxin.kit import clock
from anxin.kit.crypto.kms import KmsTrouble
from anxin.kit.crypto.ring import ring

# Signatures that stand for longer than any rotation: sealed audit batches, printed safety codes.
LASTING = ("audit", "audit.entry", "safetycode", "safetycode.signed")


class Command(BaseCommand):
    help = "List, add, rotate, retire, export or import the keys that seal personal data."

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True)
        listing = verbs.add_parser("list", help="the keys, what each is used for")
        listing.add_argument("--count", action="store_true", help="count the values under each (reads all)")
        verbs.add_parser("add", help="make a new key, not in use yet")
        turn = verbs.add_parser("rotate", help="take the newest key into use, seal everything anew; resumes")
        turn.add_argument(
            "--same-key", action="store_true", help="no new key: after a change of ANXIN_CIPHER"
        )
        verbs.add_parser("wrap", help="have the key service (ANXIN_KMS_URL) wrap every secret of the ring")
        retire = verbs.add_parser("retire", help="take a key that nothing needs any more out of the ring")
        retire.add_argument("key")
        retire.add_argument("--although-backups", action="store_true", help="even if backups still need it")
        for name, text in (("export", "write the keys to a file"), ("import", "put back the keys of a file")):
            move = verbs.add_parser(
                name, help=f"{text}, sealed by a passphrase (ANXIN_PASSPHRASE or asked for)"
            )
            move.add_argument("file", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            getattr(self, f"do_{options['verb']}")(options)
        except (rotate.KeyTrouble, KmsTrouble) as trouble:
            raise CommandError(str(trouble)) from trouble

    def do_list(self, options: dict[str, Any]) -> None:
        keys = ring()
        needed = census.needed() if options["count"] else {}
        for name, key in keys.keys.items():
            uses = ["seals, signs"] if name == keys.current else []
            uses += ["hashes"] if name == keys.index[0] else ["looks up"] if name in keys.index else []
            state = f"retired {key.retired_at}" if key.retired_at else ", ".join(uses) or "opens only"
            count = f"  {sum(needed.get(name, {}).values())} values" if options["count"] else ""
            kept = "wrapped" if key.wrapped else "plain"
            self.stdout.write(f"{name:<5} {key.made_at or 'first':<26} {kept:<8} {state}{count}")
        if keys.rotating:
            self.stdout.write(
                f"a rotation to {keys.rotating['to']} is not finished: `anxin keys rotate` goes on"
            )

    def do_add(self, options: dict[str, Any]) -> None:
        name = rotate.add(at=clock.now())
        self.stdout.write(f"{name} is in the ring; `anxin keys rotate` takes it into use")

    def do_rotate(self, options: dict[str, Any]) -> None:
        if options["same_key"]:
            result = rotate.renew(progress=self._progress)
        else:
            result = rotate.rotate(at=clock.now(), progress=self._progress)
        self._tell(result)

    def do_wrap(self, options: dict[str, Any]) -> None:
        if not settings.ANXIN_KMS_URL:
            raise CommandError(
                "No key service is named: set ANXIN_KMS_URL, ANXIN_KMS_KEY and ANXIN_KMS_TOKEN."
            )
        self.stdout.write(f"{rotate.wrap_all()} keys are wrapped by the key service")

    def do_retire(self, options: dict[str, Any]) -> None:
        held = (lambda name: list[str]()) if options["although_backups"] else _backups_with
        rotate.retire(options["key"], at=clock.now(), lasting=LASTING, held_by=held)
        self.stdout.write(f"{options['key']} is retired: what it sealed can never be opened again")

    def do_export(self, options: dict[str, Any]) -> None:
        ring()
        keys = escrow.collect()
        text = escrow.pack(keys, _passphrase(twice=True))
        file: Path = options["file"]
        if file.exists():
            raise CommandError(f"{file} exists: name another file.")
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(text)
        self.stdout.write(
            f"{file} holds {', '.join(keys)}: keep it away from the backups, the passphrase from both"
        )

    def do_import(self, options: dict[str, Any]) -> None:
        keys = escrow.unpack(options["file"].read_text(), _passphrase(twice=False))
        written = escrow.put_back(keys)
        self.stdout.write(f"put back: {', '.join(map(str, written)) or 'nothing, all were there'}")

    def _progress(self, place: str, done: int, total: int) -> None:
        self.stdout.write(f"  {place:<40} {done:>9} of {total}")
        self.stdout.flush()

    def _tell(self, result: Result) -> None:
        if result.unreadable:
            raise CommandError(
                "These values open with no key of the ring; the rotation stays open:\n"
                + "\n".join(result.unreadable)
            )
        self.stdout.write(f"{result.done} values were sealed anew, all are under {ring().current}")


def _backups_with(key: str) -> list[str]:
    """The backups in the operator's store that hold something sealed under a key of the ring."""
    if not backup_key_path().exists():
        return []
    try:
        return [one.id for one in manifests.all_of(open_store(), backup_key()) if key in one.keys]
    except RecoveryTrouble as trouble:
        raise CommandError(f"The backups cannot be asked whether they need {key}. {trouble}") from trouble


def _passphrase(*, twice: bool) -> str:
    if given := os.environ.get("ANXIN_PASSPHRASE"):
        return given
    if not sys.stdin.isatty():
        raise CommandError("There is no terminal to ask for the passphrase: set ANXIN_PASSPHRASE.")
    first = getpass.getpass("passphrase: ")
    if twice and getpass.getpass("once more: ") != first:
        raise CommandError("These are not the same.")
    return first

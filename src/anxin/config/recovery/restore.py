"""From the store to a running cluster, at the last moment there is or at any moment since the oldest backup."""

from __future__ import annotations

import secrets
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from psycopg import sql

from anxin.config.embedded import place
from anxin.config.recovery import RecoveryTrouble
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.base import Say, silent, untar
from anxin.config.recovery.cluster import Cluster
from anxin.config.recovery.manifest import Manifest
from anxin.config.recovery.store import Store
from anxin.config.recovery.stream import unpack


@dataclass(frozen=True, slots=True)
class Restored:
    """A cluster out of a backup; its server runs."""

    manifest: Manifest
    cluster: Cluster
    files: int


def choose(store: Store, key: bytes, *, at: datetime | None = None, backup: str = "") -> Manifest:
    """The backup to start from: the one named, else the last that was complete at `at`. Raises RecoveryTrouble."""
    found = list(manifests.all_of(store, key))
    if not found:
        raise RecoveryTrouble(f"There is no backup in {store}.")
    if backup:
        named = [one for one in found if one.id == backup]
        if not named:
            raise RecoveryTrouble(
                f"There is no backup {backup} in {store}: `anxin backup list` tells which there are."
            )
        return named[-1]
    # A copy can be brought to any moment after its end, and its mark is after its end.
    fitting = [one for one in found if at is None or one.mark.at <= at]
    if not fitting:
        raise RecoveryTrouble(
            f"The oldest backup in {store} is of {found[0].mark.at:%Y-%m-%d %H:%M:%S} UTC: nothing leads back further."
        )
    return fitting[-1]


def restore(
    store: Store, key: bytes, manifest: Manifest, into: Path, *, at: datetime | None = None, to_mark: bool = False,
    throwaway: bool = False, say: Say = silent,
) -> Restored:  # fmt: skip
    """Bring a backup into the empty folder `into` and its server up: at `at`, at its mark, or at the last moment.

    Refuses what was changed in the store, another backup key, a folder that is not empty, a moment that the log does
    not reach. The server runs afterwards; only the caller's account may enter. `throwaway`
    spares it the wait for the disk.
    """
    if into.exists() and any(into.iterdir()):
        raise RecoveryTrouble(f"{into} is not empty: name another folder, nothing is ever overwritten.")
    cluster = Cluster(into, manifest.version, manifest.owner, manifest.database)
    say("unpacking the cluster")
    name = f"{manifest.root}/cluster"
    cluster.data.mkdir(mode=0o700)
    untar(unpack(store.get(name), key, name), cluster.data)
    say("fetching the log")
    _fetch_log(store, key, manifest, cluster.folder / "log", to_mark=to_mark)
    cluster.give_to_user()
    say("holding the copy against its checksums")
    cluster.verify()
    say("unpacking uploads")
    files = _uploads(store, key, manifest, into / "files")
    say("replaying the log")
    cluster.recover(_target(manifest, at, to_mark) | ({"fsync": "off"} if throwaway else {}))
    shutil.rmtree(cluster.folder / "log")
    return Restored(manifest, cluster, files)


def _target(manifest: Manifest, at: datetime | None, to_mark: bool) -> dict[str, str]:
    if to_mark:
        return {"recovery_target_name": manifest.mark.name}
    return {"recovery_target_time": at.astimezone(UTC).isoformat()} if at else {}


def _fetch_log(store: Store, key: bytes, manifest: Manifest, into: Path, *, to_mark: bool) -> None:
    into.mkdir(mode=0o700)
    prefix = f"{manifest.system}/wal/"
    found = [name.removeprefix(prefix) for name in store.names(prefix)]
    whole = {name for name in found if len(name) == 24}
    # Segments of a later timeline have a greater name, but may begin before the first: the position decides.
    first, last = manifest.first_segment[8:], manifest.mark_segment[8:]
    if missing := _gap(manifest, whole):
        raise RecoveryTrouble(
            f"The log {missing} is not in {store}: backup {manifest.id} cannot be brought to its mark."
        )
    for name in found:
        segment = name.removesuffix(".partial")
        if name == "latest" or (name.endswith(".partial") and segment in whole):
            continue
        if len(segment) == 24 and (segment[8:] < first or (to_mark and segment[8:] > last)):
            continue
        with (into / segment).open("wb") as out:
            out.writelines(unpack(store.get(prefix + name), key, prefix + name))


def _gap(manifest: Manifest, whole: set[str]) -> str:
    """The first file of the log between copy and mark that is missing."""
    timeline, number = manifest.first_segment[:8], _number(manifest.first_segment)
    while number <= _number(manifest.mark_segment):
        # 256 files of 16 MiB to a log id; with other sizes fewer, and names are then not consecutive.
        name = f"{timeline}{number >> 8:08X}{number & 0xFF:08X}"
        if name not in whole:
            return name
        number += 1
    return ""


def _number(segment: str) -> int:
    return (int(segment[8:16], 16) << 8) + int(segment[16:], 16)


def _uploads(store: Store, key: bytes, manifest: Manifest, into: Path) -> int:
    into.mkdir(mode=0o700)
    name = f"{manifest.root}/files"
    untar(unpack(store.get(name), key, name), into)
    later = f"{manifest.system}/files/"
    for name in store.names(later):
        if manifest.is_before(name.removeprefix(later)):
            untar(unpack(store.get(name), key, name), into)
    return sum(1 for path in into.glob("??/??/*"))


def settle(restored: Restored) -> str:
    """Make of a restored cluster one that can be used, and stop its server; returns what is left to do, in words.

    An embedded one gets a new password and is then a home as `anxin run` expects it.
    """
    manifest, cluster = restored.manifest, restored.cluster
    if manifest.embedded:
        password = secrets.token_urlsafe(24)
        with psycopg.connect(cluster.address, autocommit=True) as connection:
            for role in {manifest.owner, manifest.role}:
                connection.execute(
                    sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
                )
        place.write_private(cluster.home / "postgres.password", password)
    cluster.stop()
    for name in ("hba.conf", "ident.conf", "server.conf"):
        (cluster.folder / name).unlink(missing_ok=True)
    if manifest.embedded:
        return (
            f"Put the keys back (ANXIN_HOME={cluster.home} anxin keys import FILE) and start: "
            f"ANXIN_HOME={cluster.home} anxin run"
        )
    return (
        f"The cluster is in {cluster.data}, uploads in {cluster.home / 'files'}: start it with the programs of "
        f"PostgreSQL {manifest.version} under your own settings, and put the keys back (anxin keys import FILE)."
    )

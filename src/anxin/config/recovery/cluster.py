"""A cluster that comes out of a backup: brought to a moment by the log, reached by its owner only.

It listens on a Unix socket and lets in nobody but the account that started it, as the owner of the cluster. What the
copied settings say of archiving, libraries and certificates of the old machine is overruled.
"""

from __future__ import annotations

import os
import pwd
import shlex
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg

from anxin.config.embedded import place, server
from anxin.config.recovery import RecoveryTrouble
from anxin.config.recovery.source import programs

QUIET = {
    "listen_addresses": "", "archive_mode": "off", "shared_preload_libraries": "", "ssl": "off",
    "logging_collector": "off",
    "hot_standby": "off", "shared_buffers": "128MB", "max_connections": "100", "timezone": "UTC",
    "primary_conninfo": "", "primary_slot_name": "", "synchronous_standby_names": "", "archive_cleanup_command": "",
    "recovery_end_command": "", "recovery_target_timeline": "latest", "recovery_target_action": "promote",
    "unix_socket_permissions": "0777",
}  # fmt: skip


@dataclass
class Cluster:
    """home: the folder a restore goes into; it can serve as ANXIN_HOME later. owner: the superuser's name."""

    home: Path
    version: int
    owner: str
    database: str

    def __post_init__(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        self.user = place.database_user(self.home)
        try:
            self.folder = place.make_cluster_folder(self.home, self.user)
        except place.DatabaseTrouble as trouble:
            raise RecoveryTrouble(str(trouble)) from trouble
        self.programs = programs(self.version, self.user)

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def log(self) -> Path:
        return self.home / "log" / "postgres.log"

    @property
    def address(self) -> str:
        """As the owner of the cluster, to the product's database."""
        socket = server.socket_folder(self.folder)
        if socket is None:
            raise RecoveryTrouble("The restored server is down.")
        return server.address(socket, role=self.owner, database=self.database)

    def give_to_user(self) -> None:
        """Hand what was unpacked to the account that runs the server."""
        self.data.chmod(0o700)
        if self.user:
            for folder, _, files in os.walk(self.folder):
                for name in [".", *files]:
                    os.chown(os.path.join(folder, name), self.user.pw_uid, self.user.pw_gid)

    def verify(self) -> None:
        """Hold every file of the copy against the checksums that the server made of it."""
        code, said = server._run(
            self.programs, "pg_verifybackup", "--no-parse-wal", "--quiet", str(self.data), user=self.user
        )
        if code:
            raise RecoveryTrouble(
                f"The copy of the cluster is not what the server gave out: {server._cause(said)}"
            )

    def recover(self, target: Mapping[str, str]) -> None:
        """Start, replay the log up to the target (recovery_target_… → value; none: all there is), and open."""
        (self.data / "recovery.signal").touch()
        if self.user:
            os.chown(self.data / "recovery.signal", self.user.pw_uid, self.user.pw_gid)
        log = shlex.quote(str(self.folder / "log")).replace("%", "%%")
        self._start({**QUIET, "restore_command": f'test -f {log}/%f && cp {log}/%f "%p"', **target})

    def _start(self, settings: Mapping[str, str]) -> None:
        server.check_name(self.data)
        began = self._access()
        own = {
            "hba_file": str(self.folder / "hba.conf"),
            "ident_file": str(self.folder / "ident.conf"),
            "config_file": str(self.folder / "server.conf"),
            "unix_socket_directories": str(server._make_socket_folder(self.folder, self.user)),
        }
        settings = {**settings, **own}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        arguments = [
            "start",
            "-D",
            str(self.data),
            "-W",
            "-o",
            shlex.join([*options, "-p", str(server.PORT)]),
        ]
        code, said = server._run(self.programs, "pg_ctl", *arguments, user=self.user, log=self.log)
        if code:
            raise RecoveryTrouble(
                f"The restored server does not start: {server._cause(said)} (more in {self.log})"
            )
        self._wait(began)

    def _access(self) -> int:
        """Who may enter; returns where the log of the server will go on."""
        me, data = pwd.getpwuid(os.geteuid()).pw_name, str(self.data).replace("'", "''")
        texts = {
            "hba.conf": "local all all peer map=restore\n",
            "ident.conf": f'restore "{me}" "{self.owner}"\n',
            "server.conf": f"data_directory = '{data}'\n",
        }
        for name, text in texts.items():
            (self.folder / name).unlink(missing_ok=True)
            place.write_private(self.folder / name, text, self.user)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        return self.log.stat().st_size if self.log.exists() else 0

    def _wait(self, began: int) -> None:
        """Until the server takes connections: as long as it replays the log, it does not."""
        while True:
            try:
                with psycopg.connect(self.address, connect_timeout=5):
                    return
            except (psycopg.OperationalError, RecoveryTrouble):
                pass
            code, _ = server._run(self.programs, "pg_ctl", "status", "-D", str(self.data), user=self.user)
            if code:
                raise RecoveryTrouble(self._why(began))
            time.sleep(0.1)

    def _why(self, began: int) -> str:
        with self.log.open(errors="replace") as log:
            log.seek(began)
            said = log.read()
        if "recovery ended before configured recovery target was reached" in said:
            return "The log in the store ends before the moment asked for: ask for an earlier one, or leave --at out."
        return f"The restored server ended: {server._cause(said)} (more in {self.log})"

    def stop(self) -> None:
        """Stop the server, if it runs."""
        server._run(
            self.programs, "pg_ctl", "stop", "-D", str(self.data), "-m", "fast", "-t", "60", user=self.user
        )

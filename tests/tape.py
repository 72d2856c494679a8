"""Fixtures that are played once and then put back: what the same actions wrote, for the cost of its rows alone.

The first test of a process that asks for such a fixture plays it; the rows that it wrote are then read out, and later
tests get them in one round trip, in their own transaction, with a copy of what the fixture gave. One that stands on a
fixture without a tape is played every time, as is one that took away rows which were there before.

Scenes are put back too: what tests play themselves on what fixtures gave, as long as the transaction holds nothing but
what tapes wrote, the same ones in the same order, and the test patches nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache, wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest
from django.conf import settings
from django.db import connection, transaction
from psycopg.sql import quote

from anxin.agencies.queries.agencies import frozen_version
from anxin.audit.actions import tallies
from anxin.kit import clock

COLUMNS = """
    SELECT c.oid::regclass::text, string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
           FILTER (WHERE a.attgenerated = ''),
           string_agg(quote_ident(a.attname), ', ') FILTER (WHERE a.attnum = ANY (i.indkey))
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    LEFT JOIN pg_index i ON i.indrelid = c.oid AND i.indisprimary
    WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace GROUP BY c.oid ORDER BY c.oid"""
TOUCHED = """
    SELECT relid::regclass::text, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_xact_user_tables
    WHERE schemaname = 'public' AND n_tup_ins + n_tup_upd + n_tup_del > 0"""
# Whether this transaction has written anything, and how many rows this session has of late.
WRITTEN = """
    SELECT pg_current_xact_id_if_assigned() IS NOT NULL,
           sum(pg_stat_get_xact_tuples_inserted(oid) + pg_stat_get_xact_tuples_updated(oid)
               + pg_stat_get_xact_tuples_deleted(oid))::bigint
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
# What a test patches the product with.
PATCHES = {"monkeypatch", "settings"}
# Rows are as the product wrote and checked them: triggers would write once more what is among them already.
SCRIPT = "SET LOCAL session_replication_role = replica;\n{};\nSET LOCAL session_replication_role = origin"


@dataclass(frozen=True)
class Tape:
    """What a fixture wrote, what it gave, and what it was given, as they were when it had just been played."""

    script: str
    files: dict[Path, bytes]
    result: Any
    given: dict[str, Any]
    # How many rows its script writes: counted when it runs for the first time.
    rows: list[int] = field(default_factory=list)

    def play(self, given: dict[str, Any]) -> Any:
        """Write the rows and give a copy, in which what was given then is what is given now."""
        # What the process remembers of rows by keys that come again: another test may have had them otherwise.
        frozen_version.cache_clear()
        tallies._prepaid.clear()
        if self.script:
            with transaction.atomic(savepoint=False):
                self._write()
        for path, data in self.files.items():
            if not path.exists():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(data)
        return deepcopy(self.result, {id(old): given[name] for name, old in self.given.items()})

    def _write(self) -> None:
        begins = SO_FAR.begins()
        before, after = begins or not self.rows, not self.rows
        found = _run(";\n".join([WRITTEN] * before + [self.script] + [WRITTEN] * after))
        if begins:
            SO_FAR.begin(*found[0])
        if not self.rows:
            self.rows.append(found[-1][1] - found[0][1])
        SO_FAR.follow(self, self.rows[0])


Made = TypeVar("Made", bound=Callable[..., Any])
Written = tuple[bool, int]
Counts = tuple[int, int, int]  # rows inserted, changed, deleted


@dataclass
class Recorder:
    """Reads out of the present transaction what is done in it from `start` on."""

    counts: dict[str, Counts] = field(default_factory=dict)
    # Of tables that the transaction has touched before: what was there then.
    keys: dict[str, set[str]] = field(default_factory=dict)
    first: int = 0
    files: set[Path] = field(default_factory=set)

    def start(self) -> None:
        _execute("CREATE TEMP TABLE tape_mark (here int)")
        self.first = _execute("INSERT INTO tape_mark VALUES (1) RETURNING xmin::text::bigint")[0][0]
        _execute("DROP TABLE tape_mark")
        self.counts, self.files = _touched(), _files()
        self.keys = {table: _keys(table) for table in self.counts}

    def script(self) -> str | None:
        """The statements that do it again; None: it cannot be told whether rows went that no tape knows of."""
        statements = []
        for table, now in _touched().items():
            then = self.counts.get(table, (0, 0, 0))
            if now == then:
                continue
            inserted, changed, deleted = (a - b for a, b in zip(now, then, strict=True))
            rows = _execute(f"SELECT t::text FROM {table} t WHERE xmin::text::bigint >= {self.first}")
            old = self.keys.get(table)
            if old is None and deleted and (changed or inserted - deleted != len(rows)):
                return None
            gone = (old or set()) - _keys(table)
            # Where each was put in meanwhile, those that were changed are among them.
            before = changed > 0 and (deleted > 0 or inserted != len(rows))
            statements += self._statements(table, [row for (row,) in rows], gone, changed=before)
        return SCRIPT.format(";\n".join(statements)) if statements else ""

    def _statements(self, table: str, rows: list[str], gone: set[str], *, changed: bool) -> list[str]:
        columns, key = _columns()[table]
        found = []
        if gone:
            found.append(f"DELETE FROM {table} WHERE ROW({key})::text = ANY ({_array(gone)})")
        if rows:
            put = f"FROM unnest({_array(rows)}::{table}[])"
            if changed:
                found.append(f"DELETE FROM {table} WHERE ({key}) IN (SELECT {key} {put})")
            found.append(f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} {put}")
        return found


@dataclass
class History:
    """Which tapes the present transaction holds the rows of, and how many rows were written then."""

    block: object = None
    rows: int = 0
    # None in front: and rows that are on no tape.
    tapes: tuple[int | None, ...] = ()
    # The savepoints that were open at each: what is rolled back still counts as written.
    savepoints: list[list[str]] = field(default_factory=list)

    def begins(self) -> bool:
        """Whether this is another transaction than the last time."""
        return _outermost() is not self.block

    def begin(self, other: bool, rows: int) -> None:
        self.block, self.rows, self.savepoints = _outermost(), rows, []
        self.tapes = (None,) if other else ()

    def follow(self, tape: Tape, rows: int) -> None:
        self.rows += rows
        self.tapes = (*self.tapes, id(tape))
        self.savepoints.append(_savepoints())

    def alone(self) -> bool:
        """Whether the transaction holds what tapes wrote, all of it and nothing else."""
        now = _savepoints()
        if self.begins() or None in self.tapes or any(now[: len(then)] != then for then in self.savepoints):
            return False
        return _written()[1] == self.rows


SO_FAR = History()
TAPES: dict[tuple[object, ...], Tape] = {}
# By name, what fixtures gave last, and the tape that it came from.
GIVEN: dict[str, tuple[Any, Tape]] = {}
# A scene inside another, or inside a fixture, is part of that one's tape.
_recording: list[Recorder] = []
# Whether the test leaves the product as it is: under a patch a scene may play otherwise.
_as_always = True


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Function) -> None:
    global _as_always  # noqa: PLW0603 - one test at a time
    info = item._fixtureinfo
    asked = set(info.initialnames)
    for made in info.name2fixturedefs.values():
        # Those of pytest-django are with every test.
        if not made[-1].func.__module__.startswith("pytest_django"):
            asked.update(made[-1].argnames)
    _as_always = PATCHES.isdisjoint(asked)


def taped(build: Callable[..., Any]) -> Any:
    """A fixture that is played once in a process, and once more for each other tape that it stands on."""
    return pytest.fixture(once(build))


def once(build: Callable[..., Any]) -> Callable[..., Any]:
    """What a taped fixture does, as a function of what it is given."""

    @wraps(build)
    def play(**given: Any) -> Any:
        below = {one: _tape_of(one, value) for one, value in given.items() if one != "db"}
        if None in below.values():
            return build(**given)
        name = (build.__module__, build.__qualname__, *map(id, below.values()))
        if tape := TAPES.get((*name, *_surroundings())):
            result = tape.play(given)
        elif not connection.in_atomic_block:
            # Rows that others must see are committed, and what follows a commit is part of them: nothing to read out.
            return build(**given)
        else:
            result, tape = _record(build, given)
            if tape is None:
                return result
            # The first of all makes the ring.
            TAPES[(*name, *_surroundings())] = tape
        GIVEN[build.__name__] = result, tape
        return result

    return play


def scene(build: Made) -> Made:
    """What tests play on what a taped fixture gave: `build(stage, …)`, with plain values as further arguments."""

    @wraps(build)
    def play(stage: Any, *plain: Any, **named: Any) -> Any:
        def acted(stage: Any) -> Any:
            return build(stage, *plain, **named)

        if not (_as_always and _is_given(stage) and not _recording and SO_FAR.alone()):
            return acted(stage)
        # Whom the clock stands still for, it may stand at another day.
        said = repr((plain, sorted(named.items()))), clock.now().date()
        key = (build.__module__, build.__qualname__, *said, *SO_FAR.tapes, *_surroundings())
        if tape := TAPES.get(key):
            return tape.play({"stage": stage})
        result, tape = _record(acted, {"stage": stage})
        if tape is not None:
            TAPES[key] = tape
        return result

    return cast(Made, play)


def _record(build: Callable[..., Any], given: dict[str, Any]) -> tuple[Any, Tape | None]:
    recorder = Recorder()
    _recording.append(recorder)
    before = _written()
    if SO_FAR.begins():
        SO_FAR.begin(*before)
    try:
        with transaction.atomic():
            recorder.start()
            result = build(**given)
            script = recorder.script()
    finally:
        _recording.pop()
    if script is None:
        return result, None
    kept, kept_given = deepcopy((result, given))
    files = {path: path.read_bytes() for path in _files() - recorder.files}
    tape = Tape(script, files, kept, kept_given)
    if script:
        SO_FAR.follow(tape, _written()[1] - before[1])
    return result, tape


def _tape_of(name: str, value: Any) -> Tape | None:
    last, tape = GIVEN.get(name, (None, None))
    return tape if last is value else None


def _outermost() -> object:
    return connection.atomic_blocks[0] if connection.atomic_blocks else None


def _savepoints() -> list[str]:
    return [one for one in connection.savepoint_ids if one]


def _is_given(stage: Any) -> bool:
    return any(last is stage for last, _tape in GIVEN.values())


def _surroundings() -> tuple[object, ...]:
    """Values are sealed with the ring, and files lie in the folder, that the settings name."""
    ring = Path(settings.ANXIN_KEY_RING)
    return settings.ANXIN_CIPHER, settings.ANXIN_FILES, ring, ring.read_bytes() if ring.exists() else b""


def _files() -> set[Path]:
    return {path for path in Path(settings.ANXIN_FILES).rglob("*") if path.is_file()}


def _touched() -> dict[str, Counts]:
    return {table: (inserted, changed, deleted) for table, inserted, changed, deleted in _execute(TOUCHED)}


def _keys(table: str) -> set[str]:
    return {key for (key,) in _execute(f"SELECT ROW({_columns()[table][1]})::text FROM {table}")}


@cache
def _columns() -> dict[str, tuple[str, str]]:
    """By table: its columns (without those that the database computes), and those of its primary key."""
    return {table: (columns, key) for table, columns, key in _execute(COLUMNS)}


def _array(values: Iterable[str]) -> str:
    return "ARRAY[" + ", ".join(quote(one) for one in values) + "]"


def _written() -> Written:
    other, rows = _execute(WRITTEN)[0]
    return other, rows


def _run(statements: str) -> list[Any]:
    """Run them in one round trip; the first row of each that gives rows."""
    found = []
    with connection.cursor() as cursor:
        cursor.execute(statements)
        while True:
            if cursor.description:
                found.append(cursor.fetchone())
            if not cursor.nextset():
                return found


def _execute(statement: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall() if cursor.description else []

"""Every migration after the first of its area is judged by the SQL it runs: may it be applied while the trade goes on?

usage: python -m tools.migrations      one line for each statement that stops writers, or that old code cannot live with

Every table that was there before counts as large. What is allowed although stands in ALLOWED with its reason; an entry
that allows nothing is a fault too. How a change is made in steps: docs/operations.md, "Changing the schema".
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.migrations.migration import Migration

# Written before the first release: a house that has them made their tables in the same run, with no row in them and no
# older code beside. Nothing is added here once there is a release.
BEFORE_THE_FIRST_RELEASE = (
    "accounts.0002_sign_in",
    "accounts.0003_factors",
    "accounts.0004_posts_and_regions",
    "audit.0003_trail_search",
    "catalogue.0003_first_edition",
    "contracts.0003_rescheduled_form",
    "contracts.0005_three_parties",
    "files.0002_scan",
    "governance.0003_consents_moved",
    "ledger.0003_compensation",
    "notices.0002_longer_kinds",
    "notices.0003_wider",
    "orders.0002_change_price",
    "orders.0003_waits_and_fault",
    "places.0002_data",
    "workers.0002_colour",
)
# (migration, kind) → why it may although.
ALLOWED: dict[tuple[str, str], str] = {
    (
        "safetycode.0007_care_rows",
        "rows",
    ): "both tables are new, so nobody waits for them; the codes are only read",
}

# What is looked for in one statement on a table that was there before, with what it does.
RULES: tuple[tuple[str, str, str], ...] = (
    ("not null", r"ADD COLUMN (?!.*\bDEFAULT\b).*\bNOT NULL\b", "a column that may not be empty, without a default"),
    ("drop default", r"ALTER COLUMN \S+ DROP DEFAULT", "old code inserts without it: db_default keeps one"),
    ("set not null", r"ALTER COLUMN \S+ SET NOT NULL", "reads the whole table alone: a validated CHECK first"),
    ("rewrite", r"ALTER COLUMN \S+ (SET DATA )?TYPE\b", "may write the whole table anew while nobody may read it"),
    ("rewrite", r"ADD COLUMN .*\b(GENERATED|SERIAL|BIGSERIAL|gen_random_uuid|random|clock_timestamp)\b",
     "writes the whole table anew"),
    ("rewrite", r"^(CLUSTER|VACUUM FULL)\b|SET (TABLESPACE|LOGGED|UNLOGGED|ACCESS METHOD)\b",
     "writes the whole table anew"),
    ("index", r"^CREATE (UNIQUE )?INDEX (?!CONCURRENTLY)", "writers wait for the index: AddIndexConcurrently"),
    ("drop index", r"^DROP INDEX (?!CONCURRENTLY)", "readers wait: RemoveIndexConcurrently"),
    ("constraint", r"ADD CONSTRAINT .*\b(CHECK|FOREIGN KEY)\b(?!.*\bNOT VALID\b)",
     "reads the whole table while nobody writes: AddConstraintNotValid, then ValidateConstraint"),
    ("constraint", r"ADD CONSTRAINT .*\b(UNIQUE|PRIMARY KEY|EXCLUDE)\b(?!.*\bUSING INDEX\b)",
     "builds its index while nobody writes: the index concurrently first"),
    ("reference", r"ADD COLUMN .*\bREFERENCES\b", "locks the other table too: column first, key NOT VALID after"),
    ("drop", r"^DROP TABLE|\bDROP COLUMN\b|\bRENAME\b", "old code still names it: remove it one release later"),
    ("rows", r"^(UPDATE|DELETE|INSERT|TRUNCATE|WITH)\b", "rows are filled in batches, not under the schema's locks"),
    ("lock", r"^LOCK\b", "takes a lock by hand"),
)  # fmt: skip
TABLE = re.compile(
    r"^(?:ALTER TABLE (?:ONLY )?(?:IF EXISTS )?|UPDATE |DELETE FROM |INSERT INTO |CREATE (?:UNIQUE )?INDEX .*? ON )"
    r'"?(\w+)"?'
)
MADE = re.compile(r'^CREATE TABLE (?:IF NOT EXISTS )?"?(\w+)"?')


@dataclass(frozen=True)
class Fault:
    """What one statement of a migration ("area.name") does; `kind` is what an allowance names."""

    migration: str
    kind: str
    words: str
    statement: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.kind}: {self.words}: {self.statement[:160]}"


def judged(migration: str, statements: Iterable[str]) -> Iterator[Fault]:
    """The faults of a migration's statements. Tables that it makes itself are nobody's yet."""
    own: set[str] = set()
    for given in statements:
        statement = " ".join(given.split())
        if made := MADE.match(statement):
            own.add(made[1])
            continue
        table = TABLE.match(statement)
        if table and table[1] in own:
            continue
        for kind, pattern, words in RULES:
            if re.search(pattern, statement, re.IGNORECASE):
                yield Fault(migration, kind, words, statement)


def runs() -> Iterator[tuple[Migration, list[str]]]:
    """Every migration in the order of an empty database, with what it runs, statement by statement; a piece of Python
    shows as a writing of rows."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor
    from django.db.migrations.state import ProjectState

    executor = MigrationExecutor(connection)
    state = ProjectState(real_apps=executor.loader.unmigrated_apps)
    for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes(), clean_start=True):
        with connection.schema_editor(collect_sql=True, atomic=False) as editor:
            state = migration.apply(state, editor, collect_sql=True)
        yield migration, list(_apart(editor.collected_sql))


def _apart(lines: Iterable[str]) -> Iterator[str]:
    """Statements of collected SQL; functions in $$ stay whole. "RunPython" stands for what cannot be read."""
    held = ""
    for line in "\n".join(lines).splitlines():
        if "CANNOT BE WRITTEN AS SQL" in line.upper():
            yield "WITH PYTHON"
        if line.lstrip().startswith("--"):
            continue
        held += line + "\n"
        if line.rstrip().endswith(";") and held.count("$$") % 2 == 0:
            yield held.strip().rstrip(";")
            held = ""
    if held.strip():
        yield held.strip()


def faults() -> list[Fault]:
    """Of every migration of ours after the first of its area."""
    from anxin.config.lean_states import lean_states

    found: list[Fault] = []
    with lean_states():
        for migration, statements in runs():
            if migration.__module__.startswith("anxin.") and not migration.name.startswith("0001_"):
                found += judged(f"{migration.app_label}.{migration.name}", statements)
    return found


def problems(found: list[Fault]) -> list[str]:
    """What is not allowed, and allowances that nothing needs."""
    names, used = {fault.migration for fault in found}, {(fault.migration, fault.kind) for fault in found}
    told = [
        str(fault)
        for fault in found
        if fault.migration not in BEFORE_THE_FIRST_RELEASE and (fault.migration, fault.kind) not in ALLOWED
    ]
    told += [
        f"{name} is allowed and does nothing grave" for name in BEFORE_THE_FIRST_RELEASE if name not in names
    ]
    return told + [
        f"{name}: {kind} is allowed and not done" for name, kind in ALLOWED if (name, kind) not in used
    ]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
    import django

    django.setup()
    sys.exit("\n".join(problems(faults())) or None)

"""The texts of contracts: ours on first use, the operator's as new versions."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from django.db import IntegrityError, transaction

from anxin.audit.public import record
from anxin.contracts import rules
from anxin.contracts.actions import refusals
from anxin.contracts.engine import text as texts
from anxin.contracts.models import Template
from anxin.contracts.values import CLAUSES, FACTS, TABLES, Form
from anxin.kit.actor import Actor
from anxin.kit.crypto import sha256

FOLDER = Path(__file__).parents[1] / "texts"
BUILT_IN = {
    Form.ONCE: "zj-default-1.1-once.txt",
    Form.EMPLOYED: "zj-default-1.1-employed.txt",
    Form.TRIPARTITE: "zj-default-1.1-tripartite.txt",
    Form.REPLACEMENT: "zj-default-1.1-replacement.txt",
    Form.RESCHEDULED: "zj-default-1.1-rescheduled.txt",
}
CODE, VERSION = "ZJ-DEFAULT", "1.1"
# A day later with each version: the latest in force is the one that new contracts are drawn up from.
EVER = datetime(2000, 1, 2, tzinfo=UTC)


def load_built_in(*, at: datetime) -> None:
    """Put our own texts into the table where they are not yet; safe to call again and at once by several."""
    for form, name in BUILT_IN.items():
        source = (FOLDER / name).read_text(encoding="utf-8")
        Template.objects.bulk_create(
            [
                Template(
                    code=CODE, version=VERSION, form=str(form), source=source, sha256=sha256(source.encode()),
                    official=False, in_force_at=EVER, created_at=at,
                )
            ],
            ignore_conflicts=True,
        )  # fmt: skip


@transaction.atomic
def publish(
    *,
    code: str,
    version: str,
    form: Form,
    source: str,
    official: bool,
    in_force_at: datetime,
    by: Actor,
    at: datetime,
) -> Template:
    """The operator puts a new version of a text in force from a moment on; contracts drafted before keep theirs.

    Refuses: TextUnfit (what is wrong, with the line), VersionTaken. Source: standards §7.1.
    """
    try:
        text = texts.read(source)
    except texts.TextError as error:
        where = f"第 {error.line} 行，" if error.line else ""
        raise refusals.TextUnfit("source", why=where + error.reason) from error
    wrong = texts.check(text, markers=frozenset(FACTS), tables=TABLES, tags=frozenset(CLAUSES))
    wrong += [f"没有用到必备内容“{item.label}”" for item in _unused(text)]
    if wrong:
        raise refusals.TextUnfit("source", why="；".join(wrong))
    row = Template(
        code=code.strip(), version=version.strip(), form=str(form), source=source, sha256=sha256(source.encode()),
        official=official, in_force_at=in_force_at, created_at=at, created_by=by.person_id,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise refusals.VersionTaken("version") from error
    record("contracts.publish_text", by=by, at=at, subject="template", subject_id=row.pk,
           detail={"name": row.name, "form": row.form, "sha256": row.sha256, "official": official})  # fmt: skip
    return row


def _unused(text: texts.Text) -> list[rules.Item]:
    """Mandatory facts that the text would never print, not even in a table."""
    shown = text.markers | {key for key in FACTS if key.split(".")[0] in text.tables}
    return [item for item in rules.MANDATORY if item.key in FACTS and item.key not in shown]

"""An association that the bureau has entrusted with issuing codes."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from anxin.accounts.models import Organisation
from anxin.kit.actor import SYSTEM
from anxin.safetycode import public as codes
from anxin.safetycode.values.care import Task
from tests.cast import BEGIN


def entrusted(
    area: str = "3301", *, name: str = "家政行业协会", until: datetime | None = None
) -> Organisation:
    """A new association that answers for `area` and may issue there since BEGIN."""
    body: Organisation = Organisation.objects.create(
        kind="association", name=name, city_code=area[:4].ljust(4, "0"), region=area, created_at=BEGIN
    )
    entrust(body, area, until=until)
    return body


def entrust(
    body: Organisation, area: str = "3301", *, tasks: Collection[Task] = tuple(Task), until: datetime | None = None
) -> None:  # fmt: skip
    """The bureau lets this house review and issue in `area`, or do one of these."""
    codes.entrust(
        issuer_id=body.pk, area=area, tasks=tasks, starts_at=BEGIN, ends_at=until,
        document="杭商务〔2025〕1号", reason="委托发码", by=SYSTEM, at=BEGIN,
    )  # fmt: skip

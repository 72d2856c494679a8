"""Whom a change in a worker's papers or code concerns, and telling them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from anxin.accounts.public import staff_of
from anxin.notices.public import tell
from anxin.workers.models import Worker
from anxin.workers.queries.people import affiliation_of


def tell_worker_and_agency(
    *, worker_id: UUID, kind: str, title: str, body: str, params: Mapping[str, object], url: str, sms: bool,
    at: datetime, agency_id: UUID | None = None, desk: str = "",
) -> None:  # fmt: skip
    """Tell the worker (at `url`, by SMS too if `sms`), and those of their agency who manage workers.

    `title` and `body` are marked source texts; %(name)s is the worker's name. `agency_id`: the agency that is told,
    if not the one of now; `desk`: where its staff read more, if not on the worker's page.
    """
    worker = Worker.objects.select_related("person").get(pk=worker_id)
    filled = {**params, "name": worker.person.name}
    tell(worker.person_id, kind=kind, title=title, body=body, params=filled, url=url, at=at, sms=sms)
    if agency_id is None:
        now = affiliation_of(worker_id, at)
        agency_id = now.organisation_id if now else None
    if agency_id is None:
        return
    for post in staff_of(agency_id, at, permission="workers.manage"):
        if post.person_id != worker.person_id:
            tell(
                post.person_id, kind=kind, title=title, body=body, params=filled, at=at,
                url=desk or f"/desk/workers/{worker.number}/",
            )  # fmt: skip

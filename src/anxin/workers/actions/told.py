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
    at: datetime,
) -> None:  # fmt: skip
    """Tell the worker (at `url`, by SMS too if `sms`), and those of their agency who manage workers.

    `title` and `body` are marked source texts; %(name)s is the worker's name.
    """
    worker = Worker.objects.select_related("person").get(pk=worker_id)
    filled = {**params, "name": worker.person.name}
    tell(worker.person_id, kind=kind, title=title, body=body, params=filled, url=url, at=at, sms=sms)
    agency = affiliation_of(worker_id, at)
    if agency is None:
        return
    for post in staff_of(agency.organisation_id, at, permission="workers.manage"):
        if post.person_id != worker.person_id:
            tell(
                post.person_id, kind=kind, title=title, body=body, params=filled, at=at,
                url=f"/desk/workers/{worker.number}/",
            )  # fmt: skip

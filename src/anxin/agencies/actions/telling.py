"""Notices to those who manage an agency."""

from __future__ import annotations

from datetime import datetime

from anxin.accounts import public as accounts
from anxin.agencies.models import Agency
from anxin.notices import public as notices

DESK = "/desk/agency/"


def tell(
    row: Agency,
    kind: str,
    title: str,
    body: str,
    *,
    at: datetime,
    sms: bool = False,
    url: str = DESK,
    **params: str,
) -> None:
    """Put a notice into the inbox of everybody who manages the agency."""
    managers = accounts.staff_of(row.organisation_id, at, permission="agencies.manage")
    notices.tell_all(
        [post.person_id for post in managers], kind=kind, title=title, body=body,
        params={"name": row.name, **params}, url=url, at=at, sms=sms,
    )  # fmt: skip

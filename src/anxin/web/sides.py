"""On which side a person stands while they act as themself: as a household that asks, or as a worker who comes.

Many workers also ask for help at home, so the side can be changed; it is kept in the session.
"""

from __future__ import annotations

from typing import Any

from anxin.workers import public as workers

SIDE = "anxin_side"
IS_WORKER = "anxin_is_worker"
SIDES = ("customer", "worker")
# Where a customer who joins the trade is looked up again: they have become a worker since they signed in.
OF_WORKERS = ("/worker/", "/code/", "/today/")


def side_of(request: Any) -> str:
    """customer or worker; "" for strangers and for who acts in a post. Asks the database once a session,
    and on workers' pages until they are one."""
    actor = getattr(request, "actor", None)
    session = getattr(request, "session", None)
    if actor is None or session is None or actor.person_id is None or actor.post:
        return ""
    became = not session.get(IS_WORKER) and request.path.startswith(OF_WORKERS)
    if session.get(SIDE) not in SIDES or became:
        session[IS_WORKER] = workers.worker_of(actor.person_id) is not None
        session[SIDE] = "worker" if session[IS_WORKER] else "customer"
    return str(session[SIDE])


def may_switch(request: Any) -> bool:
    """Whether the reader is both: then the menu offers the other side."""
    return bool(getattr(request, "session", {}).get(IS_WORKER))


def take_side(request: Any, side: str) -> None:
    """Remember the side a page or the reader chose; anything else than a side is let go."""
    if side in SIDES:
        request.session[SIDE] = side
        if side == "worker":
            request.session[IS_WORKER] = True

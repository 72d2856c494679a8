"""A day of the town (`tests/town.py`) to come: one visit that is agreed, one for which nobody is chosen yet.

`python -m tests.ahead` makes them, on a day on which nobody else has anything to do.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

AHEAD = 3


@dataclass(frozen=True)
class Ahead:
    """The day (ISO), and the numbers of the two orders: 陈静 agreed to 王芳 at nine, 周敏 waits for somebody at two."""

    day: str
    agreed: str
    waiting: str


def made(at: datetime) -> Ahead:
    from anxin.kit.clock import at_local, local_date
    from anxin.matching import public as matching
    from anxin.orders import public as orders
    from anxin.workers import public as workers
    from tests.past import accepted, actor

    day = local_date(at) + timedelta(days=AHEAD)
    first, second, worker, head = actor(1), actor(2), actor(32), actor(11, at)
    agreed = accepted(at_local(day, 9, 0), customer=first, head=head, at=at)
    own = workers.worker_of(worker.person_id)
    assert own is not None
    proposal = matching.propose(order=agreed, worker_id=own.pk, by=head, at=at)
    orders.confirm_assignment(proposal, by=worker, at=at)
    orders.agree(proposal, by=first, at=at)
    waiting = accepted(at_local(day, 14, 0), customer=second, head=head, at=at)
    return Ahead(day.isoformat(), agreed.number, waiting.number)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anxin.config.settings")
    import django

    django.setup()
    from anxin.kit import clock

    print(json.dumps(asdict(made(clock.now()))))

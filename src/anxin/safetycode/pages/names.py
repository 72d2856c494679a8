"""How a worker is called on a desk: whole to who issues or employs, masked to who looks on."""

from __future__ import annotations

from anxin.kit.actor import Actor
from anxin.kit.masks import mask_name
from anxin.workers.public import Worker

WHOLE = ("safetycode.issue", "workers.oversee", "workers.read")


def named(actor: Actor, worker: Worker) -> str:
    """The worker's name, for this reader."""
    name: str = worker.person.name
    return name if any(actor.holds(one) for one in WHOLE) else mask_name(name)

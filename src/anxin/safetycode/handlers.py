"""What the safety code does when something below changed."""

from anxin.kit.actor import SYSTEM
from anxin.kit.events import on
from anxin.safetycode.actions import reevaluate
from anxin.workers.public import PapersChanged


@on(PapersChanged)
def judge_again(event: PapersChanged) -> None:
    reevaluate(worker_ids=[event.worker_id], by=SYSTEM, at=event.at)

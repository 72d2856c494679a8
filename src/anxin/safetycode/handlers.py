"""What the safety code does when something below changed."""

from anxin.kit.actor import SYSTEM
from anxin.kit.events import on
from anxin.kit.jobs import defer
from anxin.safetycode.actions import applying, reevaluate
from anxin.safetycode.events import ColourChanged
from anxin.safetycode.values import Colour
from anxin.workers.public import PapersChanged


@on(PapersChanged)
def judge_again(event: PapersChanged) -> None:
    reevaluate(worker_ids=[event.worker_id], by=SYSTEM, at=event.at)


@on(PapersChanged)
def go_on(event: PapersChanged) -> None:
    applying.follow(worker_id=event.worker_id, by=SYSTEM, at=event.at)


@on(ColourChanged)
def tell_red(event: ColourChanged) -> None:
    if event.before and event.colour == Colour.RED:
        defer("safetycode.tell_red", worker_id=str(event.worker_id))

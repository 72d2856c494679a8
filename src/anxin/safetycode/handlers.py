"""What the safety code does when something below changed."""

from anxin.kit.actor import SYSTEM
from anxin.kit.events import on
from anxin.kit.jobs import defer
from anxin.safetycode.actions import (
    NOT_AUTHORISED,
    applying,
    end_for_who_left,
    recall_from_leaver,
    reevaluate,
    strike_leaver,
    suspend_running,
)
from anxin.safetycode.events import ColourChanged
from anxin.safetycode.values import Colour
from anxin.workers.public import (
    AffiliationChanged,
    AuthorisationChanged,
    PapersChanged,
    WorkerStopped,
)


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


@on(AuthorisationChanged)
def stop_what_is_not_authorised(event: AuthorisationChanged) -> None:
    # Who leaves the agency loses the code, not only for a time.
    if not event.complete and event.state != "ended":
        suspend_running(worker_id=event.worker_id, why=NOT_AUTHORISED, by=SYSTEM, at=event.at)


@on(AffiliationChanged)
def recall_who_left(event: AffiliationChanged) -> None:
    if not event.joined:
        recall_from_leaver(worker_id=event.worker_id, by=SYSTEM, at=event.at)


@on(AffiliationChanged)
def strike_off(event: AffiliationChanged) -> None:
    if not event.joined:
        strike_leaver(
            worker_id=event.worker_id, organisation_id=event.organisation_id, by=SYSTEM, at=event.at
        )


@on(AffiliationChanged)
def end_application(event: AffiliationChanged) -> None:
    if not event.joined:
        applying.end_for_leaver(worker_id=event.worker_id, by=SYSTEM, at=event.at)


@on(WorkerStopped)
def end_what_is_open(event: WorkerStopped) -> None:
    if event.left:
        end_for_who_left(worker_id=event.worker_id, by=SYSTEM, at=event.at)

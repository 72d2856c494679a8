"""What matching does on what orders announce."""

from anxin.kit.events import on
from anxin.kit.jobs import defer
from anxin.orders.public import DemandSubmitted, EntryRefused, OfferLapsed


@on(DemandSubmitted)
def place(event: DemandSubmitted) -> None:
    defer("matching.place_demand", order_id=str(event.order_id))


@on(OfferLapsed)
def ask_next(event: OfferLapsed) -> None:
    defer("matching.offer_next", order_id=str(event.order_id), was_open=event.organisation_id is None)


@on(EntryRefused)
def seek_substitute(event: EntryRefused) -> None:
    if event.why == "not_green":
        defer("matching.seek_substitute", order_id=str(event.order_id))

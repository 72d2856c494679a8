"""What matching does: one demand at a time, and a batch of them at once."""

from anxin.matching.actions.batch import accept_pairs, ask_batch, work_out
from anxin.matching.actions.choosing import offer_next, place_demand, propose, seek_substitute
from anxin.matching.actions.weights import NothingNew, announce_rules, fitted_rules

__all__ = [
    "NothingNew",
    "announce_rules",
    "fitted_rules",
    "accept_pairs",
    "ask_batch",
    "offer_next",
    "place_demand",
    "propose",
    "seek_substitute",
    "work_out",
]

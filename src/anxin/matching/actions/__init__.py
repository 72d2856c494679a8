"""What matching does: one demand at a time, and a batch of them at once."""

from anxin.matching.actions.choosing import offer_next, place_demand, propose, seek_substitute
from anxin.matching.actions.weights import NothingNew, announce_rules, fitted_rules

__all__ = [
    "NothingNew",
    "announce_rules",
    "fitted_rules",
    "offer_next",
    "place_demand",
    "propose",
    "seek_substitute",
]

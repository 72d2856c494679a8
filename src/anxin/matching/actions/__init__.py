"""What matching does: one demand at a time, and a batch of them at once."""

from anxin.matching.actions.choosing import offer_next, place_demand, propose, seek_substitute

__all__ = ["offer_next", "place_demand", "propose", "seek_substitute"]

"""The only writers of agencies."""

from anxin.agencies.actions.standing import ScoreUnfit, record_completed, record_rating

__all__ = ["ScoreUnfit", "record_completed", "record_rating"]

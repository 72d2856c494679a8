"""The door of reviews."""

from anxin.reviews.actions import review
from anxin.reviews.queries import averages, facts_of_order, missing, of_agency, of_order, of_worker

__all__ = ["averages", "facts_of_order", "missing", "of_agency", "of_order", "of_worker", "review"]

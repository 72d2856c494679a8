"""What a household's own words ask for, understood here: no database, no model, nothing learnt from anybody's words."""

from anxin.matching.engine.words.answers import answers
from anxin.matching.engine.words.pieces import (
    Budget,
    Clash,
    Clock,
    Contradiction,
    Days,
    Field,
    Piece,
    Place,
    Service,
    Spot,
    Understood,
    Vocabulary,
)
from anxin.matching.engine.words.understand import LONGEST, understand
from anxin.matching.engine.words.visit import Visit, first_visit

__all__ = [
    "LONGEST",
    "Budget",
    "Clash",
    "Clock",
    "Contradiction",
    "Days",
    "Field",
    "Piece",
    "Place",
    "Service",
    "Spot",
    "Understood",
    "Visit",
    "Vocabulary",
    "answers",
    "first_visit",
    "understand",
]

"""What governance does when the areas below tell something."""

from __future__ import annotations

from anxin.governance.actions import looks
from anxin.kit.events import on
from anxin.reviews.public import LookedBehind


@on(LookedBehind)
def keep_the_look(event: LookedBehind) -> None:
    looks.note_look_behind(
        review_id=event.review_id, author_id=event.author_id, words=event.reason, by=event.by, at=event.at
    )

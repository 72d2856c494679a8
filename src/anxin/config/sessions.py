"""Django's sessions in the database; reading one, which every request of somebody signed in does, is made cheap."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.db.models import QuerySet

from anxin.kit import clock, prepared


@prepared.Query
def _living(key: str, at: datetime) -> QuerySet[Any]:
    return db.SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=at)


class SessionStore(db.SessionStore):
    """The rows are Django's own."""

    def _get_session_from_db(self) -> Any:
        found = _living.rows(key=self.session_key, at=clock.now())
        if not found:
            self._session_key = None
            return None
        return found[0]

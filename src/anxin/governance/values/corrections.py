"""What a person may have corrected. The rest of what is held they change themselves."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.text import gettext_noop


class What(StrEnum):
    NAME = "name"
    OTHER = "other"


WHAT_LABELS = {
    What.NAME: gettext_noop("姓名（改名、错字）"),
    What.OTHER: gettext_noop("其他信息（证件、记录、评分等）"),
}
MOST_WORDS = 300

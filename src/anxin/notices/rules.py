"""When a text message may be sent, and how a notice's places are filled."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

_PLACE = re.compile(r"%\((\w+)\)s")


def daytime(local: datetime, starts: int, ends: int) -> datetime:
    """`local` itself by day; the coming morning's `ends` o'clock when it falls into the night `starts`–`ends`.

    Equal hours mean that there is no night. `local` is a wall-clock time with its zone.
    """
    hour = local.hour
    night = starts <= hour < ends if starts < ends else (hour >= starts or hour < ends)
    if starts == ends or not night:
        return local
    morning = local.replace(hour=ends, minute=0, second=0, microsecond=0)
    return morning if morning > local else morning + timedelta(days=1)


def fill(text: str, params: Mapping[str, str]) -> str:
    """`text` with its places %(name)s filled; what has no value, and every other %, stays as it is."""
    return _PLACE.sub(lambda found: str(params.get(found[1], found[0])), text)

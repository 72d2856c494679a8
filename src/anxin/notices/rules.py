"""When a text message may be sent."""

from datetime import datetime, timedelta


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

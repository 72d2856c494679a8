"""Words that other areas may use of the trail, and how often whoever may ask. Plain."""

from dataclasses import dataclass
from enum import StrEnum

CHECK = "audit.check"
EXPORT = "audit.export"
LIST = "audit.take_list"
MARK = "audit.entry"


class Traffic(StrEnum):
    """What a request does to us: the cheaper, the more of them."""

    READ = "read"
    WRITE = "write"
    ENTRY = "entry"  # Codes, passwords, real names: what somebody could try out.
    UPLOAD = "upload"
    EXPORT = "export"


@dataclass(frozen=True)
class Limit:
    """`burst` requests at once, `per_minute` in the long run; `prepaid` of them are taken from the tally at once."""

    burst: int
    per_minute: int
    prepaid: int = 1

    @property
    def price(self) -> float:
        """Seconds until the allowance has regained one request."""
        return 60 / self.per_minute

    @property
    def room(self) -> float:
        """Seconds until an allowance that is used up is whole again."""
        return self.burst * self.price


# An address may be a whole village behind one operator of mobile telephony, so it has more room than a person.
LIMITS: dict[tuple[Traffic, str], Limit] = {
    (Traffic.READ, "address"): Limit(burst=1200, per_minute=3000, prepaid=20),
    (Traffic.READ, "person"): Limit(burst=300, per_minute=600, prepaid=10),
    (Traffic.WRITE, "address"): Limit(burst=300, per_minute=900),
    (Traffic.WRITE, "person"): Limit(burst=60, per_minute=120),
    (Traffic.ENTRY, "address"): Limit(burst=30, per_minute=30),
    (Traffic.ENTRY, "person"): Limit(burst=10, per_minute=10),
    (Traffic.UPLOAD, "address"): Limit(burst=300, per_minute=600),
    (Traffic.UPLOAD, "person"): Limit(burst=120, per_minute=240),
    (Traffic.EXPORT, "address"): Limit(burst=40, per_minute=40),
    (Traffic.EXPORT, "person"): Limit(burst=10, per_minute=10),
}

"""The two valleys of Lin'an: 临安 in the east, 於潜 and 昌化 beyond the 天目 hills.

Agencies work in their own valley, so that nothing that happens in one touches an order of the other. Each is played
by itself, from its own seed: side by side on two cores, or one after the other, with the same outcome.
"""

from __future__ import annotations

from dataclasses import dataclass

# The busiest towns first; what the county gains later belongs to the east.
EAST = (
    "330112006", "330112007", "330112005", "330112002", "330112008", "330112103", "330112102", "330112115",
)  # fmt: skip
WEST = (
    "330112104", "330112108", "330112116", "330112106", "330112117", "330112107", "330112109", "330112112",
    "330112111", "330112113",
)  # fmt: skip
# Scenes around the demo's doors, in the east, and the orders they make: four are told of two orders for one home.
SCENES = 40
SCENE_ORDERS = 44


@dataclass(frozen=True)
class Valley:
    """One valley's part of the demo. first_agency: how many agencies the valleys before it have."""

    index: int
    towns: tuple[str, ...]
    agencies: int
    workers: int
    customers: int
    orders: int
    first_agency: int = 0

    @property
    def has_doors(self) -> bool:
        """Whether the people behind the demo's one-click doors live here."""
        return self.index == 0


def shares(*, agencies: int, workers: int, customers: int, orders: int, scenes: bool) -> list[Valley]:
    """The valleys with their parts; with one agency only, everything is one valley.

    `orders` of a valley are those that come by chance: the `scenes` are told besides, and count among all of them.
    """
    told = SCENE_ORDERS if scenes else 0
    orders = max(0, orders - told)
    if agencies < 2:
        return [Valley(0, EAST + WEST, agencies, workers, customers, orders)]
    houses, hands, homes = (-(-total * 11 // 20) for total in (agencies, workers, customers))
    houses = min(houses, agencies - 1)
    asked = max(-(-orders * 2 // 5), (orders - told) // 2)
    return [
        Valley(0, EAST, houses, hands, homes, asked),
        Valley(1, WEST, agencies - houses, workers - hands, customers - homes, orders - asked, houses),
    ]

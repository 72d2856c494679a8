"""The writers of customers."""

from anxin.customers.actions.addresses import (
    ContactMissing,
    DetailMissing,
    PointFar,
    TooManyAddresses,
    TownUnknown,
    VillageUnknown,
    add_address,
    change_address,
    remove_address,
    use_address,
)
from anxin.customers.actions.household import (
    HousemateInvalid,
    WishesLong,
    add_housemate,
    change_wishes,
    read_household,
    remove_housemate,
)
from anxin.customers.actions.joining import SIGHT_SQL, become_customer, grant

__all__ = [
    "SIGHT_SQL",
    "ContactMissing",
    "DetailMissing",
    "HousemateInvalid",
    "PointFar",
    "TooManyAddresses",
    "TownUnknown",
    "VillageUnknown",
    "WishesLong",
    "add_address",
    "add_housemate",
    "become_customer",
    "change_address",
    "change_wishes",
    "grant",
    "read_household",
    "remove_address",
    "remove_housemate",
    "use_address",
]

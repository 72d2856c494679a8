"""The door of customers."""

from anxin.customers.actions import (
    SIGHT_SQL,
    add_address,
    add_housemate,
    become_customer,
    change_wishes,
    grant,
    use_address,
)
from anxin.customers.events import CustomerJoined
from anxin.customers.models import Address, Customer
from anxin.customers.queries import (
    address_facts,
    address_of,
    addresses_of,
    customer_id_of,
    customer_of,
    customers_visible,
    default_address_id,
    household_of,
    may_see,
)

__all__ = [
    "SIGHT_SQL",
    "Address",
    "Customer",
    "CustomerJoined",
    "add_address",
    "add_housemate",
    "address_facts",
    "address_of",
    "addresses_of",
    "become_customer",
    "change_wishes",
    "customer_id_of",
    "customer_of",
    "customers_visible",
    "default_address_id",
    "grant",
    "household_of",
    "may_see",
    "use_address",
]

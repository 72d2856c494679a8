"""From where a request really comes when proxies stand before us."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network


def networks(text: str) -> tuple[Network, ...]:
    """Networks or single addresses, parted by commas. Raises ValueError on what is neither."""
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def inside(address: str, where: Iterable[Network]) -> bool:
    """Whether an address lies in one of the networks; what is no address lies in none."""
    try:
        found = ip_address(address)
    except ValueError:
        return False
    return any(found in network for network in where)


def client_address(peer: str, forwarded: str, trusted: Iterable[Network]) -> str:
    """The address that asks: `peer`, unless a trusted proxy passed the request on.

    `forwarded` is X-Forwarded-For. It is read from the right, where our own proxies write: the first address that
    is not one of theirs counts, and what stands left of it is only the sender's claim. Where the header is empty
    or unreadable, the last hop that was readable counts.
    """
    trusted = tuple(trusted)
    found = peer
    for hop in reversed(forwarded.split(",")):
        try:
            if not any(ip_address(found) in network for network in trusted):
                return found
            found = str(ip_address(hop.strip()))
        except ValueError:
            return found
    return found


def network_of(address: str) -> str:
    """Who an address stands for: of IPv6 the /64, which one subscriber has to himself."""
    try:
        found = ip_address(address)
    except ValueError:
        return address[:45]
    return str(ip_network((found, 64), strict=False)) if isinstance(found, IPv6Address) else str(found)

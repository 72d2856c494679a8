"""The one way out: requests to the partners that settings name, and to nobody else.

No redirect is followed, no proxy of the environment is used. A name is resolved here, once: the address it gives is
checked and then dialled, so that a name cannot point inside by the time of the connection. A literal address or
`localhost` in a setting is the operator's own word; a name must lead to a public address, or into one of
ANXIN_PARTNER_NETWORKS.
"""

from __future__ import annotations

import socket
import ssl
from functools import cache
from ipaddress import ip_address
from urllib.parse import urlsplit

import httpx
from django.conf import settings

from anxin.kit.network import inside

# The settings that name partners; what is not among them cannot be reached.
PARTNERS = (
    "ANXIN_IDENTITY_URL", "ANXIN_SMS_URL", "ANXIN_WECHATPAY_URL", "ANXIN_INVOICE_URL", "ANXIN_KMS_URL",
    "ANXIN_SCANNER_URL", "ANXIN_TIMESTAMP_URL", "ANXIN_SIMULATOR_URL", "ANXIN_BACKGROUND_URL", "ANXIN_FACE_URL",
    "ANXIN_MINISTRY_URL",
)  # fmt: skip
PORTS = {"http": 80, "https": 443, "tcp": 3310}
Origin = tuple[str, str, int]


class NotAPartner(httpx.TransportError):
    """The address belongs to no partner, or its name leads inside. To an adapter: the partner is not there."""


def origin(url: str) -> Origin:
    """Scheme, host and port of an address. Raises NotAPartner when it names none."""
    try:
        parts = urlsplit(url)
        scheme, host = parts.scheme.lower(), (parts.hostname or "").lower()
        port = parts.port or PORTS.get(scheme, 0)
    except ValueError as error:
        raise NotAPartner("the address cannot be read") from error
    if scheme not in PORTS or not host or not port:
        raise NotAPartner("only http, https and tcp addresses are dialled")
    return scheme, host, port


def partners() -> frozenset[Origin]:
    """Everybody the settings of this moment name."""
    named = [getattr(settings, name, "") for name in PARTNERS]
    named.append(settings.ANXIN_BACKUP_S3.get("endpoint", ""))
    return frozenset(origin(url) for url in named if url)


def address_of(host: str, port: int, *, loopback: bool = False) -> str:
    """The address to dial for a host. Raises NotAPartner when any of its addresses lies where none may.

    `loopback`: only this very machine will do (a simulator that calls back).
    """
    try:
        found = [str(one[4][0]) for one in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except OSError as error:
        raise httpx.ConnectError(f"{host} has no address") from error
    named = host == "localhost" or _is_literal(host)
    for text in found:
        if not _allowed(text, named=named, loopback=loopback):
            raise NotAPartner(f"{host} leads to an address that is not public")
    return found[0]


def _is_literal(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _allowed(text: str, *, named: bool, loopback: bool) -> bool:
    address = ip_address(text.partition("%")[0])
    address = getattr(address, "ipv4_mapped", None) or address
    if loopback:
        return address.is_loopback
    # Link-local is where clouds keep the machine's own credentials; nobody's partner lives there.
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        return False
    return named or address.is_global or inside(str(address), settings.ANXIN_PARTNER_NETWORKS)


@cache
def _trust() -> ssl.SSLContext:
    """Whom TLS believes; read once, for it is long."""
    return httpx.create_ssl_context(trust_env=False)


class _Guarded(httpx.BaseTransport):
    """Checks each request before it leaves, and dials the address that was checked."""

    def __init__(self, inner: httpx.BaseTransport | None, *, loopback: bool, partner: str) -> None:
        self._simulated = inner is not None
        self._inner = inner or httpx.HTTPTransport(verify=_trust(), trust_env=False)
        self._also = frozenset({origin(partner)} if partner else ())
        self._loopback = loopback

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        scheme, host, port = origin(str(request.url))
        if not self._loopback and (scheme, host, port) not in partners() | self._also:
            raise NotAPartner(f"{host} is not among the partners that settings name", request=request)
        if self._simulated:
            return self._inner.handle_request(request)
        dialled = address_of(host, port, loopback=self._loopback)
        # The Host header and the name that TLS checks stay those of the partner.
        sent = httpx.Request(
            request.method,
            request.url.copy_with(host=dialled),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": host},
        )
        return self._inner.handle_request(sent)

    def close(self) -> None:
        self._inner.close()


def client(
    *,
    timeout: float | httpx.Timeout,
    transport: httpx.BaseTransport | None = None,
    base_url: str = "",
    loopback: bool = False,
    partner: str = "",
) -> httpx.Client:
    """A client that reaches partners only; every adapter takes its own from here. `timeout` in seconds.

    `transport` stands for a simulator in this process; `loopback` is for a simulator that calls back, which reaches
    this machine and nothing else; `partner` is the address of one whom a command was told of by hand.
    Raises NotAPartner (an httpx.TransportError) on sending.
    """
    return httpx.Client(
        transport=_Guarded(transport, loopback=loopback, partner=partner),
        timeout=timeout,
        base_url=base_url,
        follow_redirects=False,
        trust_env=False,
    )


def connect(url: str, *, timeout: float) -> socket.socket:
    """A connection to a partner that does not speak HTTP, from an address `tcp://host:port`. Raises OSError."""
    found = origin(url)
    try:
        if found not in partners():
            raise NotAPartner(f"{found[1]} is not among the partners that settings name")
        dialled = address_of(found[1], found[2])
    except httpx.TransportError as error:
        raise ConnectionError(str(error)) from error
    return socket.create_connection((dialled, found[2]), timeout)

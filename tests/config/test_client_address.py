"""Limits by network address count the one that asks, not the proxy, and not what the sender claims."""

from __future__ import annotations

import pytest
from django.http import HttpResponse
from django.test import RequestFactory
from pytest_django import Settings

from anxin.config.middleware import ClientAddress
from anxin.kit.network import client_address, networks

PROXIES = networks("127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48")


@pytest.mark.parametrize(
    ("peer", "forwarded", "asks"),
    [
        ("203.0.113.7", "", "203.0.113.7"),
        # Nobody but a proxy of ours may say from where it comes.
        ("203.0.113.7", "198.51.100.1", "203.0.113.7"),
        ("127.0.0.1", "198.51.100.1", "198.51.100.1"),
        ("127.0.0.1", "198.51.100.1, 10.1.2.3", "198.51.100.1"),
        # The sender wrote the first one.
        ("127.0.0.1", "192.0.2.99, 198.51.100.1, 10.1.2.3", "198.51.100.1"),
        ("2001:db8:1::5", "2001:db8:9::1", "2001:db8:9::1"),
        ("127.0.0.1", "10.0.0.5", "10.0.0.5"),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "198.51.100.1, nonsense", "127.0.0.1"),
        ("127.0.0.1", "nonsense, 10.1.2.3", "10.1.2.3"),
        ("", "198.51.100.1", ""),
    ],
)
def test_the_rightmost_address_that_no_proxy_of_ours_has_is_the_one_that_asks(
    peer: str, forwarded: str, asks: str
) -> None:
    assert client_address(peer, forwarded, PROXIES) == asks


def test_without_trusted_proxies_the_header_means_nothing() -> None:
    assert client_address("127.0.0.1", "198.51.100.1", ()) == "127.0.0.1"


def test_what_is_no_network_is_refused_at_the_start() -> None:
    with pytest.raises(ValueError, match="10.0.0.300"):
        networks("10.0.0.300")


@pytest.mark.parametrize(("trusted", "asks"), [("127.0.0.1", "198.51.100.1"), ("", "127.0.0.1")])
def test_every_reader_of_the_request_sees_the_address_that_asks(
    settings: Settings, trusted: str, asks: str
) -> None:
    settings.ANXIN_TRUSTED_PROXIES = networks(trusted)
    seen = []

    def view(request: object) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    ClientAddress(view)(RequestFactory().get("/", headers={"X-Forwarded-For": "198.51.100.1"}))

    assert seen == [asks]

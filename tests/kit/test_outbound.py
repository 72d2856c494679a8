"""The way out reaches the partners that settings name, by an address that was checked, and nobody else."""

from __future__ import annotations

import socket
import threading
from typing import Any

import httpx
import pytest

from anxin.kit import outbound
from anxin.kit.network import networks
from anxin.kit.outbound import NotAPartner, address_of, client, connect, origin

pytestmark = pytest.mark.requirement("A-7.4.3")


@pytest.fixture
def names(monkeypatch) -> dict[str, list[str]]:
    """Names and the addresses they lead to, in the test's hand."""
    known: dict[str, list[str]] = {}

    def resolve(host: str, port: int, **_: Any) -> list[Any]:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in known.get(host, [host])]

    monkeypatch.setattr(outbound.socket, "getaddrinfo", resolve)
    return known


@pytest.fixture
def server() -> Any:
    """A server that notes the head of each request and sends the asker on to another address."""
    listener = socket.create_server(("127.0.0.1", 0))
    heads: list[str] = []

    def serve() -> None:
        while True:
            try:
                link, _ = listener.accept()
            except OSError:
                return
            heads.append(link.recv(4000).decode())
            link.sendall(
                b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 2\r\n\r\nok"
            )
            link.close()

    threading.Thread(target=serve, daemon=True).start()
    yield f"http://localhost:{listener.getsockname()[1]}", heads
    listener.close()


def test_a_partner_is_reached_and_its_redirect_is_not_followed(server, settings):
    url, heads = server
    settings.ANXIN_SMS_URL = f"{url}/sms"
    with client(timeout=5) as http:
        answer = http.get(f"{url}/sms/send")
    assert (answer.status_code, len(heads)) == (302, 1)
    assert f"Host: {url.removeprefix('http://')}" in heads[0]


@pytest.mark.parametrize("url", ["http://elsewhere.example/", "http://localhost:1/", "https://localhost/"])
def test_nobody_else_is_reached(server, settings, url):
    settings.ANXIN_SMS_URL = server[0]
    with client(timeout=5) as http, pytest.raises(NotAPartner):
        http.get(url)
    assert server[1] == []


def test_the_allow_list_is_that_of_scheme_host_and_port(settings):
    settings.ANXIN_SMS_URL = "https://sms.example/api"
    assert origin("https://SMS.example:443/other") in outbound.partners()
    assert origin("http://sms.example:443/") not in outbound.partners()
    assert origin("https://sms.example:8443/") not in outbound.partners()


@pytest.mark.parametrize("inner", ["10.1.2.3", "127.0.0.1", "192.168.0.9", "169.254.169.254", "100.64.0.1", "::1",
                                   "::ffff:10.0.0.1", "fd00::1", "0.0.0.0"])  # fmt: skip
def test_a_name_that_leads_inside_is_refused(names, inner):
    names["sms.example"] = ["93.184.216.34", inner]
    with pytest.raises(NotAPartner):
        address_of("sms.example", 443)


def test_a_name_that_leads_to_a_public_address_is_dialled_there(names):
    names["sms.example"] = ["93.184.216.34"]
    assert address_of("sms.example", 443) == "93.184.216.34"


def test_the_operator_may_name_inner_networks_but_not_the_one_of_credentials(names, settings):
    settings.ANXIN_PARTNER_NETWORKS = networks("10.0.0.0/8,169.254.0.0/16")
    names["kms.inside"] = ["10.1.2.3"]
    names["sly.inside"] = ["169.254.169.254"]
    assert address_of("kms.inside", 443) == "10.1.2.3"
    for host in ("sly.inside", "169.254.169.254"):
        with pytest.raises(NotAPartner):
            address_of(host, 443)


def test_a_simulator_calls_back_on_this_machine_only(server):
    url, heads = server
    with client(timeout=5, loopback=True) as http:
        assert http.post(url).status_code == 302
        with pytest.raises(NotAPartner):
            http.post("http://8.8.8.8/")
    assert len(heads) == 1


def test_to_an_adapter_a_stranger_is_a_partner_that_is_not_there():
    assert issubclass(NotAPartner, httpx.HTTPError)
    with pytest.raises(OSError, match="not among"):
        connect("tcp://127.0.0.1:3310", timeout=1)


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://x/", "http://", "//x", "http://x:99999/", ""])
def test_what_is_no_address_is_not_dialled(url):
    with pytest.raises(NotAPartner):
        origin(url)

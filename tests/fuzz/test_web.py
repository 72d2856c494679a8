"""What comes with every request: headers, filters in the address, forms, bodies. Whoever sends nonsense gets an
answer, and is nobody else by it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.http import QueryDict
from django.test import Client, RequestFactory
from hypothesis import example, given
from hypothesis import strategies as st

from anxin.accounts.models import SignIn
from anxin.config.reading import read_json
from anxin.kit import outbound
from anxin.kit.geo import Point
from anxin.kit.lists import Asked, as_csv
from anxin.kit.network import client_address, inside, network_of, networks
from anxin.kit.redirects import next_of
from tests import cast
from tests.fuzz.register import examples, fuzzes
from tests.stage import Stage

# What a server lets through in a header: bytes read as Latin-1, no line ends, no NUL.
HEADER = st.text(st.characters(min_codepoint=32, max_codepoint=255), max_size=80)
ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.sampled_from(
        [
            "::1%eth0",
            "127.1",
            "0x7f.1",
            "::ffff:10.0.0.1",
            "1.2.3.4:80",
            "[::1]",
            "unknown",
            "",
            "１.２.３.４",
        ]
    ),
    st.text(max_size=20),
)


@fuzzes("kit.network.client_address", "kit.network.inside", "kit.network.networks", "kit.network.network_of")
@fuzzes("kit.outbound._is_literal", "kit.outbound._allowed")
@examples
@given(
    ADDRESSES,
    st.lists(ADDRESSES, max_size=6),
    st.sampled_from(["10.0.0.0/8", "10.0.0.0/8,::1", "0.0.0.0/0,::/0"]),
)
def test_where_a_request_comes_from(peer: str, hops: list[str], proxies: str) -> None:
    trusted = networks(proxies)
    found = client_address(peer, ", ".join(hops), trusted)
    if not inside(peer, trusted):
        # Who is no proxy of ours decides nothing by a header.
        assert found == peer
    assert network_of(network_of(found)) == network_of(network_of(network_of(found)))
    assert len(network_of(found)) <= 49
    if outbound._is_literal(found):
        outbound._allowed(found, named=False, loopback=False)


@fuzzes("kit.redirects.next_of")
@examples
@given(
    st.one_of(
        st.text(max_size=60),
        st.lists(st.sampled_from(["/", "\\", "//", "http:", "https:", "javascript:", "evil.example", "@", "testserver",
                                  "\t", "\n", "%2f", "?", "#", ".", ":", "\x00", "ok"]), max_size=7).map("".join),
    )
)  # fmt: skip
@example("//evil.example")
@example("/\\evil.example")
@example("//")
def test_where_to_go_next(target: str) -> None:
    request: Any = RequestFactory().get("/", {"next": target})
    found = next_of(request, "/here/")
    assert found == "/here/" or (
        found == target and "evil.example" not in found.split("?")[0].split("#")[0][:2]
    )
    assert not found.replace("\\", "/").startswith("//")
    assert not found.lower().replace("\t", "").replace("\n", "").startswith(("javascript:", "http://evil"))


@fuzzes("kit.lists.Asked._day")
@examples
@given(st.dictionaries(
    st.sampled_from(["q", "from", "to", "page", "sort", "state", "format"]),
    st.one_of(st.text(max_size=30), st.dates().map(str), st.integers().map(str),
              st.sampled_from(["9999-12-31", "0001-01-01", "-name", "csv", "9" * 5000, "last", "0", "-1"])),
))  # fmt: skip
def test_what_a_list_is_asked(sent: dict[str, str]) -> None:
    query = QueryDict(mutable=True)
    query.update(sent)
    asked = Asked(query)
    assert len(asked.words("q", "")) <= 100
    since, until = asked.days("", "")
    assert since is None or until is None or until - since >= timedelta(days=-365 * 400)
    for bound in (since, until):
        assert bound is None or bound.utctimetuple().tm_year > 1
    assert asked.sort({"name": ("name",)}, "name")[0].lstrip("-") == "name"
    assert asked.pick("state", "", [("a", "A")]) in ("", "a")
    assert asked.page(range(40), 10).number in range(1, 5)
    # A kept address asks for the same again.
    again = Asked(QueryDict(asked.address().removeprefix("?")))
    assert again.words("q", "") == asked.words("q", "")
    assert again.days("", "") == (since, until)


@fuzzes("kit.lists.as_csv")
@examples
@given(
    st.lists(
        st.lists(st.one_of(st.text(max_size=20), st.none(), st.integers()), min_size=2, max_size=2),
        max_size=5,
    )
)
def test_what_was_typed_is_never_a_formula_in_a_spreadsheet(rows: list[list[Any]]) -> None:
    import csv

    text = as_csv("x", ["甲", "乙"], rows).content.decode().removeprefix("\ufeff")
    for row in list(csv.reader(text.splitlines()))[1:]:
        assert all(not cell.startswith(("=", "@")) for cell in row)


@fuzzes("kit.geo.Point.on_earth")
@examples
@given(st.floats(), st.floats())
def test_a_place_on_earth(lat: float, lng: float) -> None:
    assert Point(lat, lng).on_earth is (abs(lat) <= 90 and abs(lng) <= 180)


@fuzzes("config.reading.read_json", "config.reading.Reader.parse_body")
@examples
@given(
    st.one_of(
        st.binary(max_size=60),
        st.text('[]{}",:0123456789eE+-.\\ud8aItruefalsnN ', max_size=60).map(lambda text: text.encode()),
        st.sampled_from([b"[" * 200_000, b'{"a":' * 100_000, b"9" * 10_000, b'"\\ud800"', b"NaN", b"[1e999]",
                         b'{"\\udfff": 1}', b'"\\ud83d\\ude00"', b"\xef\xbb\xbf{}", b"-Infinity", b""]),
    )
)  # fmt: skip
def test_a_body(body: bytes) -> None:
    try:
        found = read_json(body)
    except ValueError:
        return
    text = json.dumps(found, ensure_ascii=False, allow_nan=False)
    assert read_json(text.encode()) == found


def headers_of(token: str, post: str) -> st.SearchStrategy[dict[str, str]]:
    """Headers that say who acts, true, nearly true and not at all."""
    return st.fixed_dictionaries(
        {},
        optional={
            "Authorization": st.one_of(
                HEADER, HEADER.map(lambda text: f"Bearer {text}"), st.just(f"Bearer {token[:-1]}"),
                st.just(f"bearer  {token}"), st.just(f"Basic {token}"),
            ),
            "X-Anxin-Post": st.one_of(HEADER, st.uuids().map(str), st.just(post), st.just(post.replace("-", ""))),
            "Idempotency-Key": st.one_of(HEADER, st.text("abc-_019", min_size=8, max_size=120)),
            "X-Forwarded-For": HEADER,
            "HX-Request": HEADER, "HX-Current-URL": HEADER, "Referer": HEADER, "Origin": HEADER, "Range": HEADER,
            "If-Modified-Since": HEADER, "If-None-Match": HEADER, "Accept": HEADER, "Content-Type": HEADER,
            "Accept-Language": HEADER, "Wechatpay-Timestamp": st.one_of(HEADER, st.just("9" * 6000)),
        },
    )  # fmt: skip


@fuzzes("payments.pages.callback.wechatpay")
def test_headers_of_any_kind_make_nobody_of_anybody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    appointment = str(stage.head.appointment and stage.head.appointment.pk)
    token = cast.token_of(stage.people[0].person)["Authorization"].removeprefix("Bearer ")
    before = SignIn.objects.count()

    @examples
    @given(headers_of(token, appointment), st.sampled_from(["GET", "POST", "PUT", "PROPFIND"]))
    def drive(headers: dict[str, str], method: str) -> None:
        client = Client(raise_request_exception=True)
        for path in ("/api/v1/me", "/", "/callbacks/wechatpay/", "/orders/"):
            body = b"{}" if method != "GET" else b""
            answer = client.generic(method, path, body, "application/json", headers=headers)
            assert answer.status_code < 500
            if path == "/api/v1/me" and answer.status_code == 200:
                assert headers["Authorization"] == f"bearer  {token}"
                assert json.loads(answer.content)["name"] == stage.people[0].person.name
            if path.startswith("/callbacks/"):
                assert answer.status_code != 204

    drive()
    assert SignIn.objects.count() == before


VALUES = st.one_of(
    st.text(max_size=20),
    st.integers().map(str),
    st.sampled_from(["9" * 30, "9" * 5000, "-1", "nan", "1e400", "9999-12-31", "0001-01-01", "0101", "330112006",
                     "\ud800", "' OR 1=1 --", "%", "_", "\\", "1.5", "2026-03-20T10:00:00+23:59", "０", "\x00"]),
)  # fmt: skip
NAMES = ["q", "page", "from", "to", "state", "town", "item", "start", "day", "minutes", "sort", "limit", "offset",
         "number", "before", "next", "lat", "lng", "code", "kind", "colour", "tab", "month", "format"]  # fmt: skip


@fuzzes("agencies.pages.directory.offers", "places.queries.kinds_of")
def test_filters_of_any_kind_on_every_list(stage: Stage, operations: cast.Member) -> None:
    from urllib.parse import quote

    from tests.architecture.addresses import pages

    lists = [one for one in pages() if "GET" in one.methods and not one.parameters and "demo" not in one.path]
    # A machine that is not ready says so with 503.
    lists = [one for one in lists if not one.path.startswith(("/static", "/metrics", "/sign-out", "/ready"))]
    callers = [
        Client(), cast.signed_in(operations.person, operations.appointment), cast.signed_in(stage.customer.person),
        cast.signed_in(stage.head.person, stage.head.appointment), cast.signed_in(stage.people[0].person),
    ]  # fmt: skip

    @examples
    @given(st.sampled_from(lists), st.dictionaries(st.sampled_from(NAMES), VALUES, min_size=1, max_size=5),
           st.sampled_from(callers))  # fmt: skip
    def drive(page: Any, filters: dict[str, str], client: Client) -> None:
        query = "&".join(
            f"{name}={quote(value.encode('utf-8', 'surrogatepass'))}" for name, value in filters.items()
        )
        answer = client.get(f"{page.path}?{query}")
        assert answer.status_code < 500, page.path

    drive()


def test_lists_bear_the_ends_of_the_calendar_and_of_numbers(stage: Stage, operations: cast.Member) -> None:
    from tests.architecture.addresses import pages

    client = cast.signed_in(operations.person, operations.appointment)
    days = dict.fromkeys(["from", "to", "before", "day", "start", "month"], "9999-12-31")
    numbers = dict.fromkeys(["page", "offset", "limit", "minutes", "lat", "lng"], "9" * 30)
    lists = [
        one
        for one in pages()
        if one.path.startswith("/desk/") and "GET" in one.methods and not one.parameters
    ]
    assert len(lists) > 10
    for page in lists:
        assert client.get(page.path, days | numbers).status_code < 500, page.path

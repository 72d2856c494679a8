"""Every page of the line at the size of Lin'an: server time, processor time and queries; marked over 100 ms.

3,758 workers, 429 agencies, 20,000 orders, by the bulk loader. Requests go through the whole application (all
middleware, session, templates) in this process, without the network. Beside them, in the same run: an empty Django
view behind the same middleware, session and person.

🔴 the request takes more than 100 ms of processor (this process and its database backend): too slow on any machine.
🟠 only the clock says more: the machine had other work to do at the same time (see its load).

usage: python benchmarks/line_pages.py [requests for each page, 30] [percent of the district, 100]
"""

# ruff: noqa: E402  # the database is chosen before Django is loaded
from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

PERCENT = int(sys.argv[2]) if len(sys.argv) > 2 else 100
if __name__ == "__main__":
    ground.own_database("district" if PERCENT == 100 else "district_part", keep=PERCENT == 100)

from anxin.agencies.models import ServiceItem
from benchmarks import _district as district
from benchmarks import _papers as papers

GOAL_MS = 100


def pages(who: district.Browsers) -> dict[str, Callable[[], Any]]:
    """The pages by what they show, each as somebody who sees much there."""
    ask = district.asking
    number, code = who.signed.number, who.accepted.item_code
    own, other = who.numbers
    sold = ServiceItem.objects.filter(item_code="0101", state="published").order_by("id")[:3]
    compared = "&".join(f"items={one.pk}" for one in sold)
    contract, payer, bill, debtor = papers.drawn()
    found = {
        (who.visitor, "first page, visitor"): "/",
        (who.customer, "first page, customer"): "/",
        (who.visitor, "catalogue"): "/services/",
        (who.visitor, "find: agencies"): "/agencies/",
        (who.visitor, "an agency"): f"/agencies/{own}/",
        (who.visitor, "a service of an agency"): f"/agencies/{own}/services/{code}/",
        (who.visitor, "who offers a service"): f"/services/{code}/offers/",
        (who.visitor, "compare three offers"): f"/compare/?{compared}",
        (who.visitor, "an agency's reviews"): f"/agencies/{other}/reviews/",
        (who.visitor, "a worker's card"): f"/workers/{who.worker_number}/",
        (who.customer, "ask: the items"): "/ask/",
        (who.customer, "ask: in one's own words"): "/ask/?q=打扫卫生",
        (who.customer, "ask: one item"): f"/ask/{code}/",
        (who.customer, "customer's orders"): "/orders/",
        (who.asker, "order: customer, submitted"): f"/orders/{who.waiting.number}/",
        (who.customer, "order: customer, signed"): f"/orders/{number}/",
        (who.customer, "order: customer, refreshed"): f"/orders/{number}/live/",
        (who.worker, "order: worker"): f"/orders/{number}/",
        (who.second, "order: agency"): f"/orders/{number}/",
        (payer, "contract: customer"): f"/contracts/{contract}/",
        (debtor, "bill: customer"): f"/bills/{bill}/",
        (payer, "customer's contracts"): "/contracts/mine/",
        (debtor, "customer's bills"): "/bills/mine/",
        (who.customer, "inbox"): "/inbox/",
        (who.customer, "addresses"): "/addresses/",
        (who.worker, "worker's today"): "/today/",
        (who.worker, "worker's week"): "/worker/week/",
        (who.worker, "worker's code"): "/code/",
        (who.worker, "hall: worker"): "/hall/",
        (who.agency, "hall: agency"): "/hall/",
        (who.agency, "agency's desk"): "/desk/",
        (who.agency, "agency's orders"): "/desk/orders/",
        (who.agency, "agency's orders, closed"): "/desk/orders/?state=closed",
        (who.agency, "agency's warnings"): "/desk/warnings/",
        (who.agency, "dispatch board"): "/desk/dispatch/",
        (who.agency, "ranked result"): f"/orders/{who.accepted.number}/candidates/",
        (who.agency, "agency's workers"): "/desk/workers/",
        (who.agency, "agency's customers"): "/desk/customers/",
        (who.agency, "agency's codes"): "/desk/codes/",
        (who.agency, "agency's services"): "/desk/services/",
        (who.agency, "agency's contracts"): "/contracts/",
        (who.agency, "agency's bills"): "/bills/",
        (who.agency, "agency's reviews"): "/desk/reviews/",
        (who.operator, "operator's desk"): "/operator/",
        (who.operator, "operator: applications"): "/desk/applications/",
        (who.operator, "operator: workers"): "/desk/workers/",
        (who.reviews, "operator: reviews"): "/operator/reviews/",
        (who.association, "association: codes"): "/desk/codes/",
    }
    return {name: ask(client, path) for (client, name), path in found.items()}


def main(count: int) -> None:
    district.fill(PERCENT)
    who = district.browsers()
    floor = district.bare(count * 2, who.signed)
    rows: list[list[object]] = [_row("empty view, same session", floor, floor)]
    for name, act in pages(who).items():
        rows.append(_row(name, district.measure(act, count), floor))
        print(*rows[-1], sep="\t", file=sys.stderr, flush=True)
    over = [row[0] for row in rows if str(row[3]).startswith("🔴")]
    head = ["page", "median ms", "p95 ms", "processor ms", "queries", "× empty view"]
    scale = ", ".join(f"{many:,} {what}" for what, many in district.size(PERCENT).items())
    found = ", ".join(map(str, over)) or "none"
    told = f"Over {GOAL_MS} ms of processor (this process and its database backend): {found}."
    scale += f"; {count} requests each"
    ground.publish("line_pages", "Pages of the line", scale, f"{told}\n\n{ground.table(head, rows)}")


def _row(name: str, found: district.Measured, floor: district.Measured) -> list[object]:
    middle, late = ground.middle(found.wall), ground.quantile(found.wall, 0.95)
    slow, busy = found.cpu > GOAL_MS, middle > GOAL_MS >= found.cpu
    return [
        name, f"{'🟠 ' if busy else ''}{middle:.1f}", f"{late:.1f}", f"{'🔴 ' if slow else ''}{found.cpu:.1f}",
        found.queries, f"{found.cpu / floor.cpu:.1f}",
    ]  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 30)

"""Home-visit cards as PDF: time and memory of a batch, and how each grows; beside the bare setting of empty cards.

The whole way is measured: facts and names out of the database, codes, setting, sealing the file, marking the cards.

usage: python -m benchmarks.cards [cards, 10000]
"""

from __future__ import annotations

import os
import resource
import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks import _ground as ground

if __name__ == "__main__":
    ground.own_database("cards")

from django.utils import translation

from anxin.accounts.models import Person
from anxin.accounts.public import Organisation
from anxin.accounts.values import POSTS
from anxin.kit.actor import Actor
from anxin.safetycode import public as safetycode
from anxin.safetycode.actions import cards
from anxin.safetycode.models import Card, CardBatch, SafetyCode, new_handle, new_secret
from anxin.safetycode.values import CardForm

NOW = datetime(2026, 3, 18, 2, 0, tzinfo=UTC)


def people(count: int) -> Organisation:
    """Workers with a code in force and no card yet, of one issuer."""
    from anxin.workers.models import Worker

    issuer: Organisation = Organisation.objects.create(
        kind="association", name="杭州市家政行业协会", city_code="3301", region="3301", created_at=NOW
    )
    for start in range(0, count, 1000):
        numbers = range(start, min(start + 1000, count))
        persons = [
            Person(name=NAMES[n % len(NAMES)] + GIVEN[n % len(GIVEN)], phone=f"139{n:08d}", created_at=NOW)
            for n in numbers
        ]
        Person.objects.bulk_create(persons)
        workers = [
            Worker(
                person=person, number=f"W{n:08d}", city_code="3301", state="active", state_at=NOW,
                created_at=NOW,
            )
            for n, person in zip(numbers, persons, strict=True)
        ]  # fmt: skip
        Worker.objects.bulk_create(workers)
        SafetyCode.objects.bulk_create(
            SafetyCode(
                worker=worker, number=f"ZJ-3301-2026-{n + 1:06d}", issuer=issuer, issued_at=NOW,
                valid_to=NOW.date() + timedelta(days=365), last_verified_at=NOW, handle=new_handle(),
                secret=new_secret(), state="issued", state_at=NOW,
            )
            for n, worker in zip(numbers, workers, strict=True)
        )  # fmt: skip
    return issuer


NAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN = ("桂芳", "志远", "秀英", "建国", "丽", "小红", "玉兰", "海燕", "淑珍", "䶮")


@dataclass
class Printed:
    """One batch: seconds until it is queued, until all its parts are set, until they are one PDF; its bytes; MB of
    memory at its height after the first part, after the last, and after binding."""

    queued: float
    took: float
    bound: float
    weight: int
    peaks: tuple[float, float, float]


def officer() -> Person:
    found: Person = Person.objects.create(name="陈丽", phone="13800000000", created_at=NOW)
    return found


def printed(desk: Actor, most: int) -> Printed:
    begun = time.perf_counter()
    batch = cards.print_waiting(form=CardForm.SHEET, by=desk, at=NOW, most=most)
    queued = time.perf_counter() - begun
    peaks = []
    begun = time.perf_counter()
    for part in CardBatch.objects.get(pk=batch.pk).parts.order_by("number"):
        cards.make_part(part_id=part.pk, by=replace(desk), at=NOW)
        peaks.append(_peak())
    took = time.perf_counter() - begun
    begun = time.perf_counter()
    done = cards.bind_batch(batch_id=batch.pk, by=desk, at=NOW)
    bound = time.perf_counter() - begun
    assert done.file is not None
    return Printed(queued, took, bound, done.file.size, (peaks[0], peaks[-1], _peak()))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(count: int) -> int:
    os.environ.setdefault("ANXIN_ORIGIN", "https://anxin.example.org")
    translation.activate("zh-hans")
    sizes = [size for size in (100, 1_000) if size < count] + [count]
    issuer = people(sum(sizes))
    desk = Actor(
        person_id=officer().pk, organisation_id=issuer.pk, post="association.codes",
        permissions=POSTS["association.codes"].permissions, region="3301",
    )  # fmt: skip
    rows: list[list[Any]] = []
    for size in sizes:
        one = printed(desk, size)
        rows.append(
            [f"{size:,}", f"{one.queued:.1f}", f"{one.took:.1f}", f"{one.took / size * 1000:.1f}", f"{one.bound:.1f}",
             f"{one.weight / 1e6:.1f}", *(f"{peak:.0f}" for peak in one.peaks)]
        )  # fmt: skip
    assert not Card.objects.filter(printed_at=None).exists() and not safetycode.Scan.objects.exists()
    body = ground.table(
        ["cards", "queueing, s", "setting, s", "ms a card", "binding, s", "MB of PDF", "peak MB after the first part",
         "after the last", "after binding"], rows,
    )  # fmt: skip
    body += (
        f"\nA batch is one PDF. {cards.A_PART} cards (25 sheets of 8) are set by a job, so setting holds one part and"
        " what the typesetter remembers of the last ten, and a batch that is cut short goes on with the part it was at;"
        " binding holds the file that comes of it. The peak counts the fonts: the interpreter with Django and the fonts"
        " alone has about"
        " 220 MB."
    )
    ground.publish(
        "cards", "Home-visit cards", f"batches of {', '.join(f'{size:,}' for size in sizes)}", body
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))

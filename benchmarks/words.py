"""One's own words, understood: score for each field and whole sentences, time for a sentence, beside plain keywords.

The sentences are our own (words_sentences/). `dev` and `heldout` were written before the rules, by one hand with them;
`later` and `last` after, in other words; `spoken` and `apart` by a person who knew none of the rules. Whatever was seen
to fail may have been mended since, so for the first three of these the score of their first run is kept below; `apart`
is the yardstick that no rule is changed for: what it scores is what words nobody has prepared for may expect.
A line says what should be understood: service (codes in their order), day, until, since (dates or first..last), every
(daily, workday, weekend, w2,4 days of the week, 2w every two weeks, 3pw times a week, 1pm times a month), time, hours,
term (days, weeks, months), place (code, ~name of an estate, home, parents), people, budget (yuan; <= at most, ~ about,
/ for), wish, aside (traits nobody is chosen by), clash, and facts of the home by their name.

usage: python -m benchmarks.words [dev]: what was missed, for dev only
"""

from __future__ import annotations

import csv
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

if not __package__:
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from anxin.kit.clock import SHANGHAI
from anxin.matching.engine import words

HERE = Path(__file__).parent
DATA = HERE.parent / "src" / "anxin"
NOW = datetime(2026, 3, 18, 10, tzinfo=SHANGHAI)
LISTS = {"service", "wish", "aside", "kinds", "clash"}
CLOCK = ("day", "until", "since", "every", "time", "hours", "term")
HOME = ("area", "rooms", "baths", "floor", "lift", "volume", "pets", "child", "elder", "care", "weight", "family",
        "eaters", "dishes", "pieces", "kinds", "babies", "due")  # fmt: skip
# Before any rule was changed for them: sentences, wholly understood, service right and said.
FIRST = (("later", 79, 37, 62, 79), ("last", 60, 50, 56, 59), ("spoken", 120, 55, 77, 119))
FIELDS = ("service", *CLOCK, "place", "people", "budget", "wish", "aside", "clash", "home")


@dataclass(frozen=True)
class Sentence:
    text: str
    now: datetime
    expected: dict[str, str]


def vocabulary() -> words.Vocabulary:
    """From the files that the product loads: the newest catalogue, Lin'an's places, the announced days off."""
    services = []
    for file in sorted((DATA / "catalogue" / "data" / "2026.1").glob("[0-9]*.toml")):
        for item in tomllib.loads(file.read_text())["items"]:
            texts = (item["summary"], item["description"], *item["included"])
            services.append(words.Service(item["code"], item["name"], tuple(item.get("synonyms", ())), texts))
    with (DATA / "places" / "data" / "divisions.csv").open() as rows:
        spots = [
            words.Spot(row["code"], row["name"])
            for row in csv.DictReader(rows)
            if row["code"].startswith("330112") or row["level"] == "county"
        ]
    days: dict[tuple[str, int], list[date]] = {}
    with (DATA / "places" / "data" / "calendar.csv").open() as rows:
        for row in csv.DictReader(rows):
            if row["kind"] != "workday":
                day = date.fromisoformat(row["date"])
                days.setdefault((row["festival"], day.year), []).append(day)
    festivals = tuple((name, tuple(found)) for (name, _year), found in sorted(days.items()))
    return words.Vocabulary(tuple(services), tuple(spots), festivals)


def sentences(name: str) -> list[Sentence]:
    found = []
    for line in (HERE / "words_sentences" / f"{name}.txt").read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        text, _bar, told = line.rpartition(" |")
        expected = dict(pair.split("=", 1) for pair in told.split())
        now = datetime.fromisoformat(expected.pop("now", NOW.isoformat())).replace(tzinfo=SHANGHAI)
        found.append(Sentence(text, now, {k: _sorted(k, v) for k, v in expected.items()}))
    return found


def _sorted(name: str, value: str) -> str:
    return ",".join(sorted(value.split(","))) if name in LISTS - {"service"} else value


def told(found: words.Understood) -> dict[str, str]:
    """What was understood, as the sentences write it."""
    said: dict[str, list[str]] = {}
    for piece in found.pieces:
        value = piece.value
        text = f"{value:g}" if isinstance(value, int | float) else str(value)
        said.setdefault(str(piece.field), []).append(text)
    if found.clashes:
        said["clash"] = [str(one.clash) for one in found.clashes]
    return {
        name: _sorted(name, ",".join(dict.fromkeys(values))) if name in LISTS else values[0]
        for name, values in said.items()
    }


def keywords(text: str, known: words.Vocabulary) -> dict[str, str]:
    """The peer: the first service by a word of the catalogue, the first town by name, and nothing else is asked."""
    service = next((s.code for s in known.services for w in (s.name, *s.synonyms) if w in text), "")
    place = next((s.code for s in known.spots if len(s.code) == 9 and s.name in text), "")
    days = {"今天": "2026-03-18", "明天": "2026-03-19", "后天": "2026-03-20"}
    parts = {"上午": "morning", "下午": "afternoon", "晚上": "evening"}
    found = {
        "service": service, "place": place, "day": next((v for k, v in days.items() if k in text), ""),
        "time": next((v for k, v in parts.items() if k in text), ""),
    }  # fmt: skip
    return {name: value for name, value in found.items() if value}


@dataclass
class Score:
    """Of a field: sentences in which it is right (said and understood the same, or neither), and where it matters."""

    right: int = 0
    hit: int = 0
    said: int = 0
    understood: int = 0


def score(pairs: Iterable[tuple[Sentence, dict[str, str]]]) -> tuple[dict[str, Score], int, int]:
    table: dict[str, Score] = {name: Score() for name in FIELDS}
    exact = count = 0
    for sentence, found in pairs:
        count += 1
        exact += sentence.expected == found
        for name, row in table.items():
            parts = HOME if name == "home" else (name,)
            want = {part: sentence.expected[part] for part in parts if part in sentence.expected}
            got = {part: found[part] for part in parts if part in found}
            row.right += want == got
            row.hit += len(want.items() & got.items())
            row.said += len(want)
            row.understood += len(got)
    return table, exact, count


def missed(name: str, known: words.Vocabulary) -> None:
    for one in sentences(name):
        found = told(words.understand(one.text, known, one.now))
        if found != one.expected:
            wanted = {k: v for k, v in one.expected.items() if found.get(k) != v}
            got = {k: v for k, v in found.items() if one.expected.get(k) != v}
            print(f"{one.text}\n    wanted {wanted}\n    got    {got}")


def percent(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "–"


def main() -> None:
    from benchmarks import _ground as ground

    ground.own_database("words")
    known = vocabulary()
    # What is made ready once: the rules' words, and the likenesses of a guess.
    for once in ("打扫", "找人"):
        words.understand(once, known, NOW)
    parts, spent, total = [], [], 0
    head = ["", "said", "of these right", "of understood right", "sentences right", "keywords: of said right"]
    for name in ("dev", "later", "heldout", "last", "spoken", "apart"):
        every = sentences(name)
        total += len(every)
        results = []
        for one in every:
            began = time.process_time_ns()
            found = words.understand(one.text, known, one.now)
            spent.append((time.process_time_ns() - began) / 1e6)
            results.append((one, told(found)))
        table, exact, count = score(results)
        peer, peer_exact, _ = score((one, keywords(one.text, known)) for one in every)
        rows: list[list[object]] = [
            [field, row.said, percent(row.hit, row.said), percent(row.hit, row.understood),
             percent(row.right, count), percent(peer[field].hit, row.said)]
            for field, row in table.items()
        ]  # fmt: skip
        rows.append(["whole sentence", count, percent(exact, count), "", "", percent(peer_exact, count)])
        parts.append(f"### {name}: {count} sentences\n\n{ground.table(head, rows)}")
    first: list[list[object]] = [
        [name, count, percent(exact, count), percent(service, said)]
        for name, count, exact, service, said in FIRST
    ]
    columns = ["", "sentences", "whole sentence", "service, of those said"]
    parts.append(f"### First runs, before any rule was changed for them\n\n{ground.table(columns, first)}")
    spread = Counter("< 1 ms" if ms < 1 else "< 5 ms" if ms < 5 else "more" for ms in spent)
    told_spread = ", ".join(f"{many} {limit}" for limit, many in spread.items())
    parts.append(
        f"Processor time for a sentence: median {ground.middle(spent):.2f} ms, "
        f"p99 {ground.quantile(spent, 0.99):.2f} ms, longest {max(spent):.2f} ms ({told_spread}); limit 5 ms."
    )
    ground.publish(
        "words", "One's own words, understood", f"{total} sentences of our own", "\n\n".join(parts)
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["dev"]:
        missed("dev", vocabulary())
    else:
        main()

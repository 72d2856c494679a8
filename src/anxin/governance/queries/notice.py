"""The register as the public reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from anxin.governance.queries.register import Kept, kept
from anxin.governance.values import BASIS_LABELS, FATE_LABELS, GROUPS, KIND_LABELS, SENSITIVE, Fate, Holding


@dataclass(frozen=True)
class Line:
    """One purpose: which kinds of data (and whether sensitive), on which basis, how long, who sees it."""

    purpose: str
    kinds: tuple[tuple[str, bool], ...]
    basis: str
    keep: str
    law: str
    masked: str
    whole: str
    fates: tuple[str, ...]


def told(at: datetime) -> list[tuple[str, list[Line]]]:
    """The register in words: heading → one line for each purpose. One query."""
    days = kept(at)
    return [(_(heading), [_line(same, days) for same in _by_purpose(group)]) for heading, group in GROUPS]


def _by_purpose(group: tuple[Holding, ...]) -> list[list[Holding]]:
    found: dict[tuple[str, str, str], list[Holding]] = {}
    for one in group:
        found.setdefault((one.purpose, one.basis, one.keep), []).append(one)
    return list(found.values())


def _line(same: list[Holding], days: dict[str, Kept]) -> Line:
    fields = [field for one in same for field in one.fields]
    kinds = {field.kind: None for field in sorted(fields, key=lambda f: f.kind == "key")}
    fates = {Fate.DESTROY for one in same if one.row_goes} or {field.fate for field in fields}
    first = same[0]
    return Line(
        purpose=_(first.purpose),
        kinds=tuple((_(KIND_LABELS[kind]), kind in SENSITIVE) for kind in kinds),
        basis=_(BASIS_LABELS[first.basis]),
        keep=for_how_long(days[first.keep]),
        law="" if days[first.keep].keep.law == "DEF" else days[first.keep].keep.law,
        masked=_("、").join(_(who) for who in dict.fromkeys(who for one in same for who in one.masked)),
        whole=_("、").join(_(who) for who in dict.fromkeys(who for one in same for who in one.whole)),
        fates=tuple(_(FATE_LABELS[fate]) for fate in Fate if fate in fates),
    )


def for_how_long(one: Kept) -> str:
    """A retention class in words."""
    if one.days is None:
        return _(one.keep.since)
    if one.days >= 730:
        return _("%(since)s %(years)s 年") % {"since": _(one.keep.since), "years": one.days // 365}
    return _("%(since)s %(days)s 天") % {"since": _(one.keep.since), "days": one.days}

"""An archive in the reader's words: sections of rows, for the screen, the printed paper and programs alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from anxin.catalogue import public as catalogue
from anxin.files import public as files
from anxin.kit import clock
from anxin.kit.actor import Actor
from anxin.kit.clock import local
from anxin.kit.masks import mask_id, mask_phone
from anxin.places import public as places
from anxin.workers.models import Conduct, Credential
from anxin.workers.pages import words
from anxin.workers.queries.archive import item_of
from anxin.workers.queries.dossier import Dossier, shown_name, shown_number
from anxin.workers.queries.people import standing_facts
from anxin.workers.states import (
    CONDUCT_STATE_LABELS,
    ConductState,
)
from anxin.workers.values import AFFILIATION_LABELS, SKILL_LEVEL_LABELS, AffiliationKind, years_since
from anxin.workers.values.archive import (
    CONDUCT_LABELS,
    EDUCATION_LABELS,
    ITEM_LABELS,
    ArchiveItem,
    ConductKind,
    Education,
    Reader,
)

ICONS = {
    ArchiveItem.BASIC: "id", ArchiveItem.OCCUPATIONAL: "briefcase", ArchiveItem.TRAINING: "certificate",
    ArchiveItem.HEALTH: "heartbeat", ArchiveItem.INSURANCE: "umbrella", ArchiveItem.BACKGROUND: "shield-check",
    ArchiveItem.REVIEWS: "star", ArchiveItem.CONDUCT: "award",
}  # fmt: skip
CONDUCT_TONES = {
    ConductState.GIVEN: "plain", ConductState.APPEALED: "wait", ConductState.UPHELD: "bad",
    ConductState.REVOKED: "plain",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    """One line of a section. `subs`: smaller lines; `badge` with its tone; `file`: where the document is shown."""

    title: str
    subs: tuple[str, ...] = ()
    badge: str = ""
    tone: str = "plain"
    file: str = ""
    key: str = ""


@dataclass(frozen=True)
class Section:
    """A class of information with its rows; `hidden`: why there are none to see, "" if they may be seen."""

    item: ArchiveItem
    title: str
    icon: str
    rows: tuple[Row, ...]
    hidden: str = ""


def sections(found: Dossier, viewer: Actor, at: datetime) -> list[Section]:
    """Every class in its order; what the reader may not see says so instead of looking empty."""
    today = clock.local_date(at)
    makers: dict[ArchiveItem, Callable[[], Iterable[Row]]] = {
        ArchiveItem.BASIC: lambda: _basic(found),
        ArchiveItem.OCCUPATIONAL: lambda: _occupational(found, today),
        ArchiveItem.TRAINING: lambda: [*_skills(found, at), *_papers(found, ArchiveItem.TRAINING, viewer, today)],
        ArchiveItem.HEALTH: lambda: _papers(found, ArchiveItem.HEALTH, viewer, today),
        ArchiveItem.INSURANCE: lambda: _papers(found, ArchiveItem.INSURANCE, viewer, today),
        ArchiveItem.BACKGROUND: lambda: _papers(found, ArchiveItem.BACKGROUND, viewer, today),
        ArchiveItem.REVIEWS: lambda: _reviews(found),
        ArchiveItem.CONDUCT: lambda: [_conduct(row, viewer) for row in found.conducts],
    }  # fmt: skip
    told = []
    for item, make in makers.items():
        hidden = "" if item in found.reading.items else _hidden(found)
        rows = tuple(make()) if not hidden or item is ArchiveItem.CONDUCT else ()
        told.append(Section(item, _(ITEM_LABELS[item]), ICONS[item], rows, hidden))
    return told


def _hidden(found: Dossier) -> str:
    if found.reading.frozen:
        return _("本人已撤回授权，档案已封存，不再提供查看。")
    if found.reading.none:
        return _("本人还没有签署信用信息授权书，不能查看。")
    return _("本人没有授权这一项。")


def _basic(found: Dossier) -> list[Row]:
    worker, person = found.worker, found.worker.person
    own = found.reading.reader is Reader.SELF
    town = places.named([worker.home_town]).get(worker.home_town, "") if worker.home_town else ""
    told = [
        (_("姓名"), shown_name(found)),
        (_("身份证号码"), mask_id(person.id_number or "") or "—"),
        (_("手机号"), person.phone if own else mask_phone(person.phone)),
        (_("常住"), town or "—"),
        (_("学历"), _(EDUCATION_LABELS[Education(worker.education)]) if worker.education else _("未填写")),
    ]  # fmt: skip
    verified = person.verified_at
    real = _("已实名 · %(day)s") % {"day": _day(verified)} if verified else _("未实名")
    return [*(Row(value, (label,)) for label, value in told), Row(real, (_("实名核验"),))]


def _occupational(found: Dossier, today: date) -> list[Row]:
    told = []
    for row in found.affiliations:
        end = row.period.upper
        told.append(Row(
            row.organisation.name, (_(AFFILIATION_LABELS[AffiliationKind(row.kind)]), _span(row.period.lower, end)),
            _("在职") if end is None else "", "good",
        ))  # fmt: skip
    for one in found.practices:
        until = one.until.isoformat() if one.until else _("至今")
        told.append(Row(one.place, (one.duty, f"{one.since} – {until}"), _("本人填写"), key=str(one.pk)))
    if found.reading.own is None:
        years = years_since(found.worker.practising_since, today)
        told.append(Row(_("从业 %(n)s 年") % {"n": f"{years:.1f}"}, (_("从业年限"),)))
    return told


def _skills(found: Dossier, at: datetime) -> list[Row]:
    if found.reading.own is not None and found.reading.reader is Reader.FORMER:
        return []
    skills = list(found.worker.skills.all())
    names = {item.code: item.name for item in catalogue.items(at, {skill.item_code for skill in skills})}
    return [
        Row(names.get(skill.item_code, skill.item_code), (_("技能"),), _(SKILL_LEVEL_LABELS[skill.level]))
        for skill in skills
    ]


def _papers(found: Dossier, item: ArchiveItem, viewer: Actor, today: date) -> list[Row]:
    return [_paper(found, row, viewer, today) for row in found.papers if item_of(row.kind) is item]


def _paper(found: Dossier, row: Credential, viewer: Actor, today: date) -> Row:
    shown, whole = words.paper(row, today), found.reading.whole
    subs = [" · ".join(part for part in (shown.kind, shown.extra, row.issuer, shown_number(found, row)) if part),
            f"{row.valid_from} – {row.valid_to}", checked(found, row)]  # fmt: skip
    if row.withdrawn_at:
        subs.append(_("已撤回：%(why)s") % {"why": row.withdrawn_why or "—"})
    state, tone = (_("已撤回"), "plain") if row.withdrawn_at else (shown.state, shown.tone)
    file = files.url_for(row.file_id, viewer) if row.file_id and whole else ""
    return Row(row.title, tuple(part for part in subs if part), state, tone, file, str(row.pk))


def checked(found: Dossier, row: Credential) -> str:
    """Who checked a paper, for whom, how and when."""
    if row.verified_at is None:
        return _("还没有核验")
    by = found.names.get(row.verified_by, "") if row.verified_by else _("系统")
    place = found.names.get(row.verified_for, "") if row.verified_for else ""
    who = " ".join(part for part in (place, by) if part) or "—"
    return _("%(who)s核验：%(how)s（%(day)s）") % {
        "who": who,
        "how": row.verified_how,
        "day": _day(row.verified_at),
    }


def _reviews(found: Dossier) -> list[Row]:
    if found.reading.own is not None:
        return []
    facts = standing_facts(found.worker)
    rating = f"{facts.rating:.2f}" if facts.rating is not None else _("还没有评分")
    return [
        Row(rating, (_("客户评分（%(n)s 次）") % {"n": facts.rating_count},)),
        Row(_("%(n)s 单") % {"n": facts.completed}, (_("完成服务"),)),
        Row(_("%(n)s 次") % {"n": facts.late}, (_("迟到"),)),
    ]


def _conduct(row: Conduct, viewer: Actor) -> Row:
    kind, state = ConductKind(row.kind), ConductState(row.state)
    until = _("有效至 %(day)s") % {"day": row.valid_to} if row.valid_to else _("长期")
    subs = [
        f"{_(CONDUCT_LABELS[kind])} · {row.organisation.name} · {row.given_on} · {until}",
        _("依据：%(basis)s") % {"basis": row.basis},
    ]
    if row.reply:
        subs.append(_("本人申诉：%(words)s") % {"words": row.reply})
    if row.decision:
        subs.append(_("处理结果：%(words)s") % {"words": row.decision})
    file = files.url_for(row.evidence_id, viewer) if row.evidence_id else ""
    return Row(
        row.title, tuple(subs), _(CONDUCT_STATE_LABELS[state]), CONDUCT_TONES[state], file, str(row.pk)
    )


def _span(start: datetime, end: datetime | None) -> str:
    return f"{_day(start)} – {_day(end) if end else _('至今')}"


def _day(moment: datetime) -> str:
    return date_format(local(moment), "Y-m-d")

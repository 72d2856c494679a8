"""Judgements and papers in the reader's words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from anxin.safetycode.rules import SHIPPED
from anxin.safetycode.rules.sets import Combination, Condition, RuleSet
from anxin.safetycode.values import (
    CAUSE_LABELS,
    CODE_STATE_LABELS,
    COLOUR_LABELS,
    COLOUR_MEANINGS,
    COLOUR_SHAPES,
    CREDIT,
    PAPER_PARTS,
    PART_LABELS,
    REASON_LABELS,
    REASONS_OF,
    REMEDY_LABELS,
    Cause,
    Colour,
    Judgement,
    PaperRow,
    Part,
    Reason,
)
from anxin.workers.values import PAPER_LABELS, PaperState

# What the rule sets that are shipped say of themselves.
SHIPPED_WORDS = (
    gettext_noop("浙江省通知"),
    gettext_noop("浙商务发〔2020〕21号 第三条"),
    gettext_noop("宁波口径"),
    gettext_noop("宁波市公开说明：保险或体检缺失、过期为黄码；身份核查异常或证件作废为红码"),
    gettext_noop("嘉兴口径"),
    gettext_noop("嘉兴市公开说明：信息异常或高风险为红码；缺失、过期的平台按黄码处理"),
    gettext_noop("信用加码"),
    gettext_noop("DB33/T 2396-2021 把信用列入赋码；门槛为平台默认值"),
)
CSS = {Colour.GREEN: "green", Colour.YELLOW: "amber", Colour.RED: "red"}


@dataclass(frozen=True)
class Shown:
    """A judgement ready for a template."""

    colour: str
    css: str
    shape: str
    word: str
    meaning: str
    reasons: tuple[str, ...]
    remedies: tuple[str, ...]
    rules: str = ""


@dataclass(frozen=True)
class PaperWords:
    label: str
    state: str
    tone: str
    when: str


# What the reader without a network is told when a signed code is not to be relied on.
OFFLINE_REFUSALS = (
    ("changed", gettext_noop("不要放行，请联网核对"), gettext_noop("签名属实，但名单显示这张码已经不是绿码。")),
    ("over", gettext_noop("这张离线码已过期"),
     gettext_noop("签名属实，但颜色的有效日期已过。请让服务员联网更新后再出示。")),
    ("ahead", gettext_noop("时间不对"), gettext_noop("这张码的签发时间晚于这台手机的时间。请先核对手机的日期和时间。")),
    ("forged", gettext_noop("这不是本平台签发的码"), gettext_noop("签名不符，内容被改动过或是伪造的。不要放行。")),
    ("unknownkey", gettext_noop("不认识签发这张码的公钥"),
     gettext_noop("请联网更新公钥后再扫一次。更新后仍然这样，就不要放行。")),
    ("unreadable", gettext_noop("这不是离线码"), gettext_noop("请让服务员打开“出示离线码”，扫描那一个二维码。")),
    ("nokeys", gettext_noop("这台手机还没有公钥"), gettext_noop("请先联网打开一次本页，再离线核对。")),
)  # fmt: skip


def day_text(day: date | None) -> str:
    return date_format(day, "Y-m-d") if day else ""


def reason_text(reason: Reason) -> str:
    """One reason in words, with its date."""
    text = _(REASON_LABELS[reason.code])
    return text % {"day": day_text(reason.day)} if "%(day)s" in text else text


def shown(judgement: Judgement) -> Shown:
    """Word, shape, colour and every reason of a judgement."""
    colour = judgement.colour
    return Shown(
        colour=str(colour),
        css=CSS[colour],
        shape=COLOUR_SHAPES[colour],
        word=_(COLOUR_LABELS[colour]),
        meaning=_(COLOUR_MEANINGS[colour]),
        reasons=tuple(reason_text(reason) for reason in judgement.reasons),
        remedies=tuple(_(REMEDY_LABELS[remedy]) for remedy in judgement.would_turn_green),
        rules=_("规则 %(name)s 第 %(version)s 版")
        % {"name": judgement.rule_set, "version": judgement.rule_version},
    )


def causes(found: Iterable[Cause]) -> list[str]:
    """What brought a change about, in words."""
    texts = []
    for one in found:
        what = CODE_STATE_LABELS[one.state] if one.state else PART_LABELS[one.part] if one.part else ""
        texts.append(_(CAUSE_LABELS[one.kind]) % {"what": _(what) if what else ""})
    return texts


def rule_name(name: str, *, credit: bool = False) -> str:
    """A rule set's name as people know it, with the overlay where it is on."""
    found = {one.id: one for one in SHIPPED.sets}
    text = _(found[name].name) if name in found else name
    return f"{text} + {_(found[CREDIT].name)}" if credit else text


def rule_set(one: RuleSet) -> dict[str, Any]:
    """A rule set in words: title, source, and for each colour the lines of which one is enough."""
    title = _("%(name)s（%(id)s 第 %(version)s 版）") % {
        "name": _(one.name), "id": one.id, "version": one.version,
    }  # fmt: skip
    shades = [
        {"css": CSS[shade], "lines": [_line(one, line) for line in lines]}
        for shade, lines in ((Colour.RED, one.red), (Colour.YELLOW, one.yellow))
    ]
    rest = _("其余情况不改变颜色") if one.overlay else _("其余情况")
    shades.append({"css": CSS[Colour.GREEN], "lines": [rest]})
    return {"title": title, "source": _(one.source), "shades": shades}


def _line(rules: RuleSet, line: Combination) -> str:
    return _("，并且").join(_met(rules, one) for one in line)


def _met(rules: RuleSet, one: Condition) -> str:
    label = _(PART_LABELS[one.part])
    if one.part not in PAPER_PARTS:
        limits = {Part.SCORE: _("低于 %(n)s 分") % {"n": rules.least_score},
                  Part.BREACH: _("%(n)s 天内") % {"n": rules.breach_days}}  # fmt: skip
        return f"{label}（{limits[one.part]}）" if one.part in limits else label
    if one.reasons == frozenset(REASONS_OF[one.part]):
        spared = rules.grace.get(one.part, 0)
        more = _("（到期后宽限 %(n)s 天）") % {"n": spared} if spared else ""
        return _("%(what)s缺少或无效") % {"what": label} + more
    states = [state for state in PaperState if f"{one.part}_{state}" in {str(r) for r in one.reasons}]
    return f"{label}：{_('或').join(_(PAPER_LABELS[state]) for state in states)}"


def papers(rows: Iterable[PaperRow]) -> list[PaperWords]:
    """The conclusions as rows: what, how it stands, until when."""
    return [PaperWords(_(row.label), _state(row), _tone(row.state), _when(row)) for row in rows]


def _state(row: PaperRow) -> str:
    if row.state is PaperState.VALID and row.kind == "background_check":
        return _("已通过")
    return _(PAPER_LABELS[row.state])


def _tone(state: PaperState) -> str:
    return {
        PaperState.VALID: "good",
        PaperState.PENDING: "wait",
        PaperState.NOT_YET: "wait",
        PaperState.MISSING: "plain",
    }.get(state, "bad")


def _when(row: PaperRow) -> str:
    if row.day is None:
        return ""
    texts: dict[Any, str] = {
        PaperState.VALID: _("有效至 %(day)s"),
        PaperState.EXPIRED: _("%(day)s 到期"),
        PaperState.NOT_YET: _("%(day)s 起生效"),
    }
    return texts.get(row.state, "%(day)s") % {"day": day_text(row.day)}

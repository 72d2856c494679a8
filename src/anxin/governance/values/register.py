"""The shape of the register of personal data. Its entries are in `holdings_*`, found together by `HOLDINGS`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from anxin.governance.values.kinds import Basis, Fate, Kind
from anxin.kit.text import gettext_noop

# Who may see. Untranslated words for the public.
SELF = gettext_noop("本人")
PROVIDER = gettext_noop("承接服务的机构")
WORKER = gettext_noop("上门的家政员")
CUSTOMER = gettext_noop("下单的客户")
EVERYBODY = gettext_noop("公众")
OPERATOR = gettext_noop("平台运营")
AUDITOR = gettext_noop("审计管理员")
REVIEWS = gettext_noop("评价管理员")
ISSUER = gettext_noop("安心码管理员")
LOOKED = gettext_noop("有权岗位说明理由后，限时、留痕")
NOBODY = gettext_noop("无人（仅系统核对）")


@dataclass(frozen=True, slots=True)
class Held:
    """One field that tells of a person."""

    name: str
    kind: Kind
    fate: Fate = Fate.DESTROY


@dataclass(frozen=True)
class Holding:
    """The personal data of one model.

    model: "app.Model". subject: path from a row to its person's key, "" where a row leads to nobody by a foreign key.
    purpose: why it is kept, in words. keep: retention class. since: column from which its time runs ("" = not by the
    clock). where: only rows like these. row_goes: the whole row is deleted when the account is closed.
    ends: at the end of its time the row is "delete"d or its fields are "blank"ed.
    """

    model: str
    subject: str
    purpose: str
    basis: Basis
    keep: str
    fields: tuple[Held, ...]
    masked: tuple[str, ...] = ()
    whole: tuple[str, ...] = (SELF,)
    since: str = ""
    where: Mapping[str, object] = field(default_factory=dict)
    row_goes: bool = False
    ends: str = "blank"

    @property
    def names(self) -> frozenset[str]:
        return frozenset(one.name for one in self.fields)


def held(kind: Kind, *names: str, fate: Fate = Fate.DESTROY) -> tuple[Held, ...]:
    """Several fields of one kind and fate."""
    return tuple(Held(name, kind, fate) for name in names)


def links(*names: str) -> tuple[Held, ...]:
    """Keys of persons: after closing they lead to somebody without a name."""
    return held(Kind.KEY, *names, fate=Fate.LINK)

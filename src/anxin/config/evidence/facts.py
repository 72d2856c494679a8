"""What this house can say of itself about level 2, at this moment: read, not remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.utils.translation import gettext as _

from anxin.accounts import public as accounts
from anxin.audit import public as audit
from anxin.config import rights
from anxin.config.recovery import RecoveryTrouble, drill
from anxin.config.recovery import manifest as manifests
from anxin.config.recovery.store import open_store
from anxin.kit.clock import local
from anxin.kit.crypto.ring import ring

# RPO 24 h, with the hours that a backup takes; a restore test a quarter; the trail is checked each week.
BACKUP_OLD, DRILL_OLD, CHECK_OLD = timedelta(hours=26), timedelta(days=92), timedelta(days=8)
SEAL_OLD, KEY_OLD = timedelta(hours=1), timedelta(days=731)


@dataclass(frozen=True)
class Fact:
    """`ok`: None where there is nothing to judge. `words` as people read them, in their language."""

    name: str
    words: str
    ok: bool | None = None


def look(at: datetime) -> dict[str, Fact]:
    """Every fact by name. A fixed number of queries; the store of backups is asked for its names."""
    others = (Fact(name, *found(at)) for name, found in FOUND.items())
    return {fact.name: fact for fact in (*_accounts(at), *others)}


Found = tuple[str, bool | None]


def _accounts(at: datetime) -> Iterator[Fact]:
    figures = accounts.guards(at)
    words = _("%(all)s 个需要第二重验证的账号，其中 %(bare)s 个还没有绑定")
    words %= {"all": figures.privileged, "bare": figures.without_second}
    yield Fact("second", words, figures.without_second == 0)
    yield Fact("locked", _("此刻锁定 %(n)s 个号码") % {"n": figures.locked})
    words = _("%(posts)s 个在任岗位，%(n)s 个因长期不用已停用")
    yield Fact("suspended", words % {"posts": figures.posts, "n": figures.suspended})


def _tls(at: datetime) -> Found:
    if settings.ANXIN_ORIGIN.startswith("https://"):
        return _("对外地址为 https，Cookie 只走加密通道，HSTS 一年"), True
    return _("对外地址为 http：只可试用"), False


def _networks(at: datetime) -> Found:
    named = settings.ANXIN_ADMIN_NETWORKS
    if not named:
        return _("没有限定网络（ANXIN_ADMIN_NETWORKS）"), False
    return _("限定 %(n)s 个网段") % {"n": len(named)}, True


def _demo(at: datetime) -> Found:
    return (_("演示登录开着"), False) if settings.ANXIN_DEMO else (_("没有演示登录"), True)


def _rights(at: datetime) -> Found:
    bare = len(rights.unruled())
    words = _("%(n)s 项操作，%(bare)s 项没有规则") % {"n": len(rights.every()), "bare": bare}
    return words, not bare


def _audit(at: datetime) -> Found:
    last = audit.last_check()
    if last is None:
        return _("还没有核验过"), False
    faults = int(last.detail.get("faults", 0))
    words = _("%(when)s 核验 %(n)s 条，发现 %(faults)s 处改动") % {
        "when": _day(last.at), "n": last.detail.get("entries", 0), "faults": faults,
    }  # fmt: skip
    return words, not faults and at - last.at < CHECK_OLD


def _unsealed(at: datetime) -> Found:
    last = audit.last_seal()
    words = _("%(n)s 条等待封存") % {"n": audit.unsealed()}
    if last is None:
        return words, None
    return words + _("，上次封存 %(when)s") % {"when": _day(last.at)}, at - last.at < SEAL_OLD


def _limits(at: datetime) -> Found:
    return (_("限流开着"), True) if settings.ANXIN_LIMITS else (_("限流关着"), False)


def _scanner(at: datetime) -> Found:
    if settings.ANXIN_SCANNER_URL:
        return _("已接查毒服务"), True
    return _("没有接查毒服务（ANXIN_SCANNER_URL）"), False


def _key(at: datetime) -> Found:
    found = ring()
    made = found.keys[found.current].made_at
    age = at - datetime.fromisoformat(made) if made else None
    told = {
        "name": found.current, "cipher": settings.ANXIN_CIPHER,
        "kept": _("由密钥服务包裹") if found.keys[found.current].wrapped else _("存于文件"),
    }  # fmt: skip
    if age is None:
        return _("现用密钥 %(name)s，生成时间没有记录，%(cipher)s，%(kept)s") % told, None
    words = _("现用密钥 %(name)s，%(days)s 天前生成，%(cipher)s，%(kept)s") % (told | {"days": age.days})
    return words, age < KEY_OLD


def _backup(at: datetime) -> Found:
    try:
        names = manifests.ids(open_store())
    except (RecoveryTrouble, OSError) as trouble:
        return _("备份存放处无法访问：%(why)s") % {"why": trouble}, False
    if not names:
        return _("还没有备份"), False
    last = max(datetime.strptime(name.split("/")[2] + "+0000", "%Y%m%dT%H%M%SZ%z") for name in names)
    words = _("%(n)s 份备份，最近一份 %(when)s") % {"n": len(names), "when": _day(last)}
    return words, at - last < BACKUP_OLD


def _drill(at: datetime) -> Found:
    last = drill.last()
    if last is None:
        return _("还没有做过恢复演练"), False
    words = _("%(when)s 演练：%(rows)s 行一致性比对，RPO %(rpo)s 秒，RTO %(rto)s 秒，%(faults)s 处差异") % {
        "when": _day(last.at), "rows": last.rows, "rpo": round(last.rpo_s), "rto": round(last.rto_s),
        "faults": len(last.faults),
    }  # fmt: skip
    return words, not last.faults and at - last.at < DRILL_OLD


def _day(at: datetime) -> str:
    return f"{local(at):%Y-%m-%d %H:%M}"


FOUND: dict[str, Callable[[datetime], Found]] = {
    "tls": _tls, "networks": _networks, "demo": _demo,
    "rights": _rights, "audit": _audit, "unsealed": _unsealed, "limits": _limits, "scanner": _scanner, "key": _key,
    "backup": _backup, "drill": _drill,
}  # fmt: skip

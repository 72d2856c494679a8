"""The finder of dead, wrong and broken codes (D-6a): each check is one statement, registered with what it means and
what to do. A code that only ever went through the actions of this house is found by none of them.

Every statement gives rows (worker_id, subject, detail); parameters: %(day)s, %(at)s, %(stale)s.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connection

from anxin.kit.clock import local_date
from anxin.kit.text import gettext_noop
from anxin.policies.public import read_many
from anxin.safetycode.queries.judging import STALE_SQL, all_sql
from anxin.safetycode.values.care import REFRESH_DAYS, STALE_DAYS

# What nightly jobs mend is a fault only when a night has passed over it.
NIGHT = timedelta(days=1)


@dataclass(frozen=True)
class Check:
    """`kind`: dead (it should not be in force), wrong (it says what is not so), broken (it cannot be relied on)."""

    code: str
    kind: str
    title: str
    remedy: str
    sql: str


KIND_LABELS = {
    "dead": gettext_noop("死码"), "wrong": gettext_noop("错码"), "broken": gettext_noop("坏码"),
}  # fmt: skip
_CODES = "SELECT k.worker_id, k.id::text AS subject, {detail} AS detail FROM safetycode_safetycode k "
_NONE = "''"


def _codes(detail: str, rest: str) -> str:
    return _CODES.format(detail=detail) + rest


CHECKS: tuple[Check, ...] = (
    Check("expired_in_force", "dead", gettext_noop("到期了还显示已发放"),
          gettext_noop("夜间任务会标为已过期；连续出现请检查夜间任务。"),
          _codes("k.valid_to::text", "WHERE k.state = 'issued' AND k.valid_to < %(day)s - 1")),
    Check("expired_green", "dead", gettext_noop("已停用或到期，列表里还是绿色"),
          gettext_noop("按“处理并重新查找”；仍在的请报平台。"),
          _codes("k.state", "JOIN workers_standing s ON s.worker_id = k.worker_id WHERE s.colour = 'green'"
                 " AND (k.state <> 'issued' OR k.valid_to < %(day)s - 1)")),
    Check("closed_account", "dead", gettext_noop("账号已注销，码还在用"),
          gettext_noop("核实后注销安心码。"),
          _codes("k.number", "JOIN workers_worker w ON w.id = k.worker_id JOIN accounts_person p ON p.id = w.person_id"
                 " WHERE k.state = 'issued' AND NOT p.is_active")),
    Check("left_platform", "dead", gettext_noop("服务员已离开平台，码还在用"),
          gettext_noop("核实后注销安心码。"),
          _codes("k.number", "JOIN workers_worker w ON w.id = k.worker_id WHERE k.state = 'issued'"
                 " AND w.state = 'left' AND w.state_at < %(at)s - interval '1 day'")),
    Check("never_verified", "dead", gettext_noop("超过期限没有核实，仍未暂停"),
          gettext_noop("夜间任务会自动暂停；请让机构完成半年更新。"),
          _codes("k.last_verified_at::date::text", "WHERE k.state = 'issued'"
                 " AND k.last_verified_at < %(at)s - make_interval(days => %(stale)s + 1)")),
    Check("suspension_over", "dead", gettext_noop("暂停期已满，没有恢复"),
          gettext_noop("夜间任务会自动恢复；急需时可手工恢复。"),
          "SELECT k.worker_id, k.id::text AS subject, m.until::text AS detail FROM safetycode_measure m"
          " JOIN safetycode_safetycode k ON k.id = m.code_id WHERE m.kind = 'suspend' AND m.ended_at IS NULL"
          " AND m.until < %(day)s - 1"),
    Check("colour_older", "wrong", gettext_noop("颜色比证件旧"),
          gettext_noop("按“处理并重新查找”；仍在的请报平台。"),
          "SELECT x.worker_id, x.worker_id::text AS subject, '' AS detail FROM ({stale}) x WHERE NOT EXISTS"
          " (SELECT 1 FROM safetycode_due d WHERE d.worker_id = x.worker_id)"),
    Check("colour_apart", "wrong", gettext_noop("列表颜色与判定颜色不一致"),
          gettext_noop("按“处理并重新查找”；仍在的请报平台。"),
          "SELECT j.worker_id, j.worker_id::text AS subject, j.colour AS detail FROM safetycode_judged j"
          " LEFT JOIN workers_standing s ON s.worker_id = j.worker_id WHERE s.colour IS DISTINCT FROM j.colour"),
    Check("two_agencies", "wrong", gettext_noop("一个人同时在两家机构"),
          gettext_noop("请两家机构核实，先办离开再办加入。"),
          "SELECT a.worker_id, a.worker_id::text AS subject, count(*)::text AS detail FROM workers_affiliation a"
          " JOIN safetycode_safetycode k ON k.worker_id = a.worker_id"
          " WHERE a.period @> %(at)s GROUP BY a.worker_id HAVING count(*) > 1"),
    Check("two_people", "wrong", gettext_noop("同一身份证号码有两个码"),
          gettext_noop("核对本人，保留一个，注销另一个。"),
          "SELECT k.worker_id, k.id::text AS subject, k.number AS detail FROM safetycode_safetycode k"
          " JOIN workers_worker w ON w.id = k.worker_id JOIN accounts_person p ON p.id = w.person_id"
          " WHERE p.id_number_hash IN (SELECT q.id_number_hash FROM accounts_person q"
          " JOIN workers_worker v ON v.person_id = q.id JOIN safetycode_safetycode l ON l.worker_id = v.id"
          " WHERE q.id_number_hash IS NOT NULL GROUP BY 1 HAVING count(*) > 1)"),
    Check("number_twice", "wrong", gettext_noop("号码重复"),
          gettext_noop("请报平台：保留先发的，另一个换号。"),
          _codes("k.number", "WHERE upper(trim(k.number)) IN (SELECT upper(trim(l.number))"
                 " FROM safetycode_safetycode l GROUP BY 1 HAVING count(*) > 1)")),
    Check("number_malformed", "wrong", gettext_noop("号码格式不对，或超出已发的序号"),
          gettext_noop("请报平台更正号码。"),
          _codes("k.number", "LEFT JOIN safetycode_series r ON r.city_code = split_part(k.number, '-', 2)"
                 " AND r.year::text = split_part(k.number, '-', 3)"
                 " WHERE k.number !~ '^[A-Z]{{2}}-[0-9]{{4}}-[0-9]{{4}}-[0-9]{{6}}$' OR r.last IS NULL"
                 " OR r.last < right(k.number, 6)::int")),
    Check("no_authority", "wrong", gettext_noop("发码单位当时没有受托"),
          gettext_noop("由主管部门补办委托，或收回后重新发放。"),
          "SELECT k.worker_id, i.id::text AS subject, k.number AS detail FROM safetycode_issue i"
          " JOIN safetycode_safetycode k ON k.id = i.code_id"
          " LEFT JOIN accounts_organisation o ON o.id = i.issuer_id"
          " LEFT JOIN safetycode_delegation d ON d.id = i.delegation_id WHERE i.issuer_id IS NOT NULL"
          " AND o.kind <> 'operator' AND (d.id IS NULL OR NOT d.issues OR d.issuer_id <> i.issuer_id"
          " OR d.city_code <> i.city_code OR i.issued_at < d.starts_at"
          " OR (d.revoked_at IS NULL AND i.issued_at >= d.ends_at))"),
    Check("token_alive", "broken", gettext_noop("已被换发的旧码还能用"),
          gettext_noop("立即换发一次，旧码随即作废。"),
          _codes("k.number", "JOIN safetycode_issue i ON i.handle = k.handle AND i.code_id = k.id"
                 " WHERE k.state IN ('issued', 'suspended') AND i.ended_at IS NOT NULL")),
    Check("no_issue", "broken", gettext_noop("码在用，没有发放记录"),
          gettext_noop("换发一次，补上发放记录。"),
          _codes("k.number", "WHERE k.state IN ('issued', 'suspended') AND NOT EXISTS (SELECT 1 FROM safetycode_issue i"
                 " WHERE i.code_id = k.id AND i.ended_at IS NULL)")),
    Check("no_reason", "broken", gettext_noop("已暂停，没有记录原因"),
          gettext_noop("查明后恢复，或重新办理暂停并写明原因。"),
          _codes("k.number", "WHERE k.state = 'suspended' AND NOT EXISTS (SELECT 1 FROM safetycode_measure m"
                 " WHERE m.code_id = k.id AND m.kind = 'suspend' AND m.ended_at IS NULL)")),
    Check("no_list_place", "broken", gettext_noop("不在状态名单里，离线核对不到"),
          gettext_noop("夜间任务会补上；仍在的请报平台。"),
          _codes("k.number", "WHERE k.slot IS NULL AND k.issued_at < %(at)s - interval '1 day'")),
    Check("photo_gone", "broken", gettext_noop("照片打不开"),
          gettext_noop("请机构重新上传本人近照。"),
          _codes("f.name", "JOIN workers_worker w ON w.id = k.worker_id JOIN files_storedfile f ON f.id = w.photo_id"
                 " WHERE k.state = 'issued' AND (f.size = 0 OR f.scan = 'infected' OR f.content_type NOT LIKE"
                 " 'image/%%')")),
    Check("card_of_dead", "broken", gettext_noop("为已停用的码印了证"),
          gettext_noop("收回这张证；需要的重新发码再印。"),
          "SELECT k.worker_id, c.id::text AS subject, k.number AS detail FROM safetycode_card c"
          " JOIN safetycode_safetycode k ON k.id = c.code_id WHERE c.printed_at IS NOT NULL"
          " AND NOT EXISTS (SELECT 1 FROM safetycode_issue i WHERE i.code_id = c.code_id"
          " AND i.issued_at <= c.printed_at AND (i.ended_at IS NULL OR c.printed_at < i.ended_at))"
          " AND EXISTS (SELECT 1 FROM safetycode_issue i WHERE i.code_id = c.code_id"
          " AND i.ended_at <= c.printed_at)"),
    Check("refresh_missing", "broken", gettext_noop("该更新了，没有列入待更新"),
          gettext_noop("夜间任务会列入；连续出现请检查夜间任务。"),
          _codes("k.last_verified_at::date::text", "WHERE k.state = 'issued' AND k.last_verified_at <"
                 " %(at)s - make_interval(days => %(refresh)s + 1) AND NOT EXISTS (SELECT 1 FROM safetycode_refresh r"
                 " WHERE r.code_id = k.id AND r.state IN ('open', 'lapsed'))")),
    Check("refresh_of_dead", "broken", gettext_noop("码已停用，待更新的任务还在"),
          gettext_noop("平台会在下次夜间任务里清除。"),
          _codes("k.state", "JOIN safetycode_refresh r ON r.code_id = k.id AND r.state IN ('open', 'lapsed')"
                 " WHERE k.state NOT IN ('issued', 'suspended')")),
    Check("paid_twice", "broken", gettext_noop("同一年度补贴有两笔"),
          gettext_noop("保留一笔，另一笔剔除或追回。"),
          "SELECT k.worker_id, min(l.id::text) AS subject, l.year::text AS detail FROM safetycode_claimline l"
          " JOIN safetycode_safetycode k ON k.id = l.code_id WHERE l.kind = 'claim' AND l.voided_at IS NULL"
          " GROUP BY k.worker_id, l.year HAVING count(*) > 1"),
)  # fmt: skip
BY_CODE = {one.code: one for one in CHECKS}


@dataclass(frozen=True)
class Found:
    """One row of a check."""

    worker_id: UUID
    subject: str
    detail: str


def run(check: Check, at: datetime) -> list[Found]:
    """What a check finds at a moment. One query beside those for the policies."""
    day = local_date(at)
    days = read_many(REFRESH_DAYS, STALE_DAYS, at=at)
    text = check.sql.format(stale=STALE_SQL.format(judged=all_sql(day)) if "{stale}" in check.sql else "")
    with connection.cursor() as cursor:
        cursor.execute(
            text,
            {"day": day, "at": at, "refresh": days[REFRESH_DAYS.key], "stale": days[STALE_DAYS.key]},
        )
        return [Found(worker, subject, (detail or "")[:120]) for worker, subject, detail in cursor.fetchall()]


def run_all(at: datetime, checks: Iterable[Check] = CHECKS) -> dict[str, list[Found]]:
    """What every check finds; those that find nothing are in it too."""
    return {one.code: run(one, at) for one in checks}

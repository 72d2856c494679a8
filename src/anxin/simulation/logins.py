"""One-click doors for each kind of person."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from anxin.accounts import public as accounts
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.text import gettext_noop
from anxin.simulation.cast import World


def offer(world: World, *, at: datetime) -> None:
    """Name a customer, a worker, the staff of the busiest agency, and those who run the platform."""
    busiest = max(world.agencies, key=lambda one: len(one.workers))
    worker = world.worker_actors[busiest.workers[0]]
    doors: list[tuple[str, str, str, Actor]] = [
        (
            "customer",
            gettext_noop("客户"),
            gettext_noop("下单、签合同、付款、评价"),
            world.households[0].actor,
        ),
        ("worker", gettext_noop("服务员"), gettext_noop("接单、亮码、上门"), worker),
        ("head", gettext_noop("家政机构店长"), busiest.name, busiest.head),
        ("dispatcher", gettext_noop("家政机构派单员"), busiest.name, busiest.dispatcher),
        ("finance", gettext_noop("家政机构财务"), busiest.name, busiest.finance),
        ("operations", gettext_noop("平台运营"), gettext_noop("入驻审核、规则"), world.platform.operator),
        ("reviews", gettext_noop("评价管理员"), gettext_noop("管理评价"), world.platform.reviews_admin),
        ("auditor", gettext_noop("审计管理员"), gettext_noop("查审计记录"), world.platform.auditor),
        (
            "security",
            gettext_noop("安全管理员"),
            gettext_noop("任免岗位、审批权限、权限总表"),
            world.platform.security_admin,
        ),
        ("system", gettext_noop("系统管理员"), gettext_noop("日历、位置、短信"), world.platform.system_admin),
        ("association", gettext_noop("协会"), gettext_noop("安心码管理"), world.platform.association),
        ("credit", gettext_noop("信用服务机构"), gettext_noop("受托发码，不复核"), world.platform.credit),
        (
            "county",
            gettext_noop("区级监管员"),
            gettext_noop("只看本区的机构、家政员、安心码"),
            world.platform.county,
        ),
        ("city", gettext_noop("市级监管员"), gettext_noop("看全市各区县"), world.platform.city),
        (
            "city_head",
            gettext_noop("市级主管部门负责人"),
            gettext_noop("委托发码、审批补贴、看各市数据"),
            world.platform.city_head,
        ),
    ]
    if world.applicant is not None:
        hint = gettext_noop("申领安心码的八步，待本人确认")
        doors.append(("applicant", gettext_noop("申领中的家政员"), hint, world.applicant))
    if world.houses:
        doors += [
            ("exam", gettext_noop("体检机构"), gettext_noop("放号、登记到检和结论"), world.houses["exam"]),
            ("insurer", gettext_noop("保险公司"), gettext_noop("确认保单和被保人"), world.houses["insurer"]),
        ]
    for position, (key, label, hint, actor) in enumerate(doors):
        accounts.offer_demo_login(
            key=key, label=label, hint=hint, person_id=actor.person, appointment_id=_post(actor, at),
            position=position, by=SYSTEM, at=at,
        )  # fmt: skip


def _post(actor: Actor, at: datetime) -> UUID | None:
    if actor.organisation_id is None:
        return None
    held = accounts.appointments_of(actor.person, at)
    return next(p.pk for p in held if p.organisation_id == actor.organisation_id and p.post == actor.post)

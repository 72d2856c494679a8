"""Words of contracts that other areas may use: kinds, forms, parties, facts and what evidence records. Plain."""

from __future__ import annotations

from enum import StrEnum

from anxin.contracts.states import ContractState, SealState
from anxin.kit.text import gettext_noop
from anxin.policies.values import Policy

__all__ = [
    "CLAUSES",
    "CONTRACT_LABELS",
    "CORRECTABLE",
    "DAMAGE_CAP_YUAN",
    "EVIDENCE_LABELS",
    "FACTS",
    "FORM_LABELS",
    "PARTY_LABELS",
    "SEAL_LABELS",
    "TABLES",
    "ContractState",
    "EvidenceKind",
    "Form",
    "Kind",
    "Party",
    "SealState",
]


class Kind(StrEnum):
    CONTRACT = "contract"
    ADDENDUM = "addendum"


class Form(StrEnum):
    """The form of contract a template text is for."""

    ONCE = "once"
    EMPLOYED = "employed"
    TRIPARTITE = "tripartite"
    REPLACEMENT = "replacement"
    RESCHEDULED = "rescheduled"


class Party(StrEnum):
    CUSTOMER = "customer"
    AGENCY = "agency"
    WORKER = "worker"


class EvidenceKind(StrEnum):
    GENERATED = "generated"
    COMPLETED = "completed"
    READ = "read"
    CORRECTED = "corrected"
    CODE_SENT = "code_sent"
    CODE_CONFIRMED = "code_confirmed"
    CODE_REFUSED = "code_refused"
    SIGNED = "signed"
    SEALED = "sealed"
    DOWNLOADED = "downloaded"
    VERIFIED = "verified"
    VOIDED = "voided"


CONTRACT_LABELS = {
    ContractState.DRAFTING: gettext_noop("起草中"),
    ContractState.READY: gettext_noop("待客户签名"),
    ContractState.CUSTOMER_SIGNED: gettext_noop("待机构盖章"),
    ContractState.WORKER_SIGNED: gettext_noop("待机构盖章"),
    ContractState.SIGNED: gettext_noop("已签订"),
    ContractState.VOID: gettext_noop("已作废"),
}
SEAL_LABELS = {
    SealState.ACTIVE: gettext_noop("使用中"),
    SealState.SUSPENDED: gettext_noop("已停用"),
    SealState.REVOKED: gettext_noop("已注销"),
}
FORM_LABELS = {
    Form.ONCE: gettext_noop("单次服务"),
    Form.EMPLOYED: gettext_noop("员工制（长期服务）"),
    Form.TRIPARTITE: gettext_noop("中介制（三方）"),
    Form.REPLACEMENT: gettext_noop("换人补充合同"),
    Form.RESCHEDULED: gettext_noop("改期补充合同"),
}
PARTY_LABELS = {
    Party.CUSTOMER: gettext_noop("甲方（客户）"),
    Party.AGENCY: gettext_noop("乙方（机构）"),
    Party.WORKER: gettext_noop("丙方（服务员）"),
}
WAITS_FOR_WORKER = gettext_noop("待服务员签名")
EVIDENCE_LABELS = {
    EvidenceKind.GENERATED: gettext_noop("生成合同"),
    EvidenceKind.COMPLETED: gettext_noop("填写完整"),
    EvidenceKind.READ: gettext_noop("客户阅读"),
    EvidenceKind.CORRECTED: gettext_noop("客户更正"),
    EvidenceKind.CODE_SENT: gettext_noop("发送验证码"),
    EvidenceKind.CODE_CONFIRMED: gettext_noop("验证码核对通过"),
    EvidenceKind.CODE_REFUSED: gettext_noop("验证码不对"),
    EvidenceKind.SIGNED: gettext_noop("签名"),
    EvidenceKind.SEALED: gettext_noop("机构盖章"),
    EvidenceKind.DOWNLOADED: gettext_noop("下载合同"),
    EvidenceKind.VERIFIED: gettext_noop("验证合同"),
    EvidenceKind.VOIDED: gettext_noop("作废"),
}

FACTS = {
    "contract.number": gettext_noop("合同编号"),
    "contract.date": gettext_noop("合同日期"),
    "order.number": gettext_noop("订单编号"),
    "addendum.parent": gettext_noop("原合同编号"),
    "addendum.reason": gettext_noop("更换原因"),
    "addendum.fee_before": gettext_noop("变更前的预计费用"),
    "addendum.period_before": gettext_noop("变更前的服务期限"),
    "customer.name": gettext_noop("消费者姓名"),
    "customer.id_number": gettext_noop("消费者身份证号"),
    "customer.residence": gettext_noop("消费者住址"),
    "customer.phone": gettext_noop("消费者联系方式"),
    "agency.name": gettext_noop("机构名称"),
    "agency.uscc": gettext_noop("统一社会信用代码"),
    "agency.address": gettext_noop("机构地址"),
    "agency.person_in_charge": gettext_noop("机构负责人"),
    "agency.phone": gettext_noop("机构联系方式"),
    "worker.name": gettext_noop("家政服务员姓名"),
    "worker.id_number": gettext_noop("家政服务员身份证号"),
    "worker.health": gettext_noop("家政服务员健康状况"),
    "worker.training": gettext_noop("家政服务员技能培训情况"),
    "worker.phone": gettext_noop("家政服务员联系方式"),
    "worker.insurance": gettext_noop("保险"),
    "service.name": gettext_noop("服务项目"),
    "service.content": gettext_noop("服务内容"),
    "service.acceptance": gettext_noop("验收标准"),
    "service.mode": gettext_noop("服务方式"),
    "service.period": gettext_noop("服务期限"),
    "service.place": gettext_noop("服务地点"),
    "service.contact": gettext_noop("现场联系人"),
    "service.remarks": gettext_noop("客户备注"),
    "fee.amount": gettext_noop("服务费用"),
    "fee.capital": gettext_noop("服务费用（大写）"),
    "fee.payment": gettext_noop("付款方式"),
    "fee.deposit": gettext_noop("押金"),
    "fee.free_hours": gettext_noop("免费取消时限"),
    "fee.cancel_scale": gettext_noop("取消的收费比例"),
    "fee.damage_cap": gettext_noop("财产损失赔偿上限"),
}
"""Every fact a text may take, by its marker."""
# Whoever is bound must stand there whole.
NAMES = frozenset({"customer.name", "agency.name", "worker.name"})

NO_REMARKS = "无"
CORRECTABLE = ("service.place_detail", "service.contact", "service.remarks")
"""What is the customer's own to put right before signing."""

TABLES = frozenset({"customer", "agency", "worker", "prices", "estimate"})

CLAUSES = {
    "rights": gettext_noop("双方的权利与义务"),
    "liability": gettext_noop("违约责任"),
    "dispute": gettext_noop("争议解决方式"),
}
"""Subjects that a clause of every text must cover (商务部令2012年第11号)."""

DAMAGE_CAP_YUAN = Policy(
    "contracts.damage_cap_yuan",
    50_000,
    gettext_noop("元"),
    gettext_noop("机构对客户财产损失的赔偿上限（人身损害、故意和重大过失除外）"),
    "DEF §7.1",
    low=5_000,
    high=10_000_000,
)
SEAL_WARNING_DAYS = Policy(
    "contracts.seal_warning_days",
    30,
    gettext_noop("天"),
    gettext_noop("电子印章证书到期前提醒的天数"),
    "DEF §7.3",
    low=1,
    high=180,
)

"""What each permission is called where people read it."""

from __future__ import annotations

from anxin.kit.text import gettext_noop as n

PERMISSION_WORDS = {
    "accounts.appoint": n("任免员工、审批权限"), "accounts.organise": n("登记单位、任免各单位岗位"),
    "agencies.manage": n("维护机构资料"), "agencies.publish": n("发布服务与价格"), "agencies.read": n("查看本机构"),
    "agencies.verify": n("审核机构"), "audit.read": n("查看审计记录"), "contracts.oversee": n("监管电子印章"),
    "contracts.seal": n("合同盖章"), "contracts.template": n("维护合同范本"), "corporate.read": n("查看本企业"),
    "experts.read": n("查看本专家团队"), "governance.supervise": n("监管本区域"), "ledger.read": n("查看账目"),
    "messaging.read": n("查看短信"), "notices.send": n("发送通知"), "operator.desk": n("使用运营工作台"),
    "orders.accept": n("接单"), "orders.dispatch": n("派单"), "orders.oversee": n("监管本区域订单"),
    "orders.read": n("查看订单"),
    "orders.warnings": n("处理预警"), "outlets.read": n("查看本网点"), "payments.bill": n("管理账单"),
    "payments.invoice": n("开具发票"), "payments.oversee": n("监管本区域账单"),
    "payments.reconcile": n("对账"), "places.manage": n("维护日历与位置"),
    "policies.change": n("修改规则"), "reviews.answer": n("回复评价"), "reviews.manage": n("管理评价"),
    "reviews.oversee": n("监管本区域评价"),
    "rights.read": n("查看权限总表与等保自查"),
    "safetycode.delegate": n("委托发码"), "safetycode.issue": n("发放安心码"), "safetycode.manage": n("管理安心码"),
    "safetycode.vet": n("复核安心码申领"), "safetycode.appeals": n("裁定安心码申诉"),
    "safetycode.review": n("审核安心码申领的信用信息"),
    "safetycode.subsidise": n("审批和拨付补贴"), "safetycode.examine": n("登记体检结论"),
    "safetycode.insure": n("确认保单和名单"),
    "training.read": n("查看本培训机构"), "workers.manage": n("管理家政员"), "workers.oversee": n("管理各机构家政员"),
    "workers.read": n("查看家政员"),
}  # fmt: skip

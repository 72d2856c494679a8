"""What payments refuse, in words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from anxin.kit.errors import Conflict, Forbidden, Invalid, NotFound, Refusal


class BillUnknown(NotFound):
    code = "bill_unknown"
    message = _("没有找到这张账单，或您无权查看。请核对账单编号。")


class NotBillable(Conflict):
    code = "not_billable"
    message = _("服务还没有确认完成，不能生成账单。")


class OnlyPayer(Forbidden):
    code = "only_payer"
    message = _("只有下单的客户本人可以这样做。")


class OnlyAgency(Forbidden):
    code = "only_agency"
    message = _("只有提供服务的机构可以这样做。")


class WordsNeeded(Invalid):
    code = "words_needed"
    message = _("请写清楚，对方会看到这段话。")


class AdjustmentWrong(Invalid):
    code = "adjustment_wrong"
    message = _("调整项需要名称和不为零的金额。")


class BelowZero(Invalid):
    code = "below_zero"
    message = _("减免超过了账单总额，合计不能小于 0。")


class CompensationUnknown(NotFound):
    code = "compensation_unknown"
    message = _("没有找到这笔补偿，或您无权查看。请核对编号。")


class OnlyPayee(Forbidden):
    code = "only_payee"
    message = _("只有收款的客户本人可以这样做。")


class OnlyParties(Forbidden):
    code = "only_parties"
    message = _("只有订单的客户和机构可以提出异议。")


class OnlyOperator(Forbidden):
    code = "only_operator"
    message = _("只有平台可以处理异议。")


class LoginStale(Conflict):
    code = "wechat_login_stale"
    message = _("微信没有确认您的身份，或确认已过期。请重新点“去微信领取”。")


class AboveThePrice(Invalid):
    code = "compensation_above_price"
    message = _("补偿不能超过约定价格 ¥%(most)s。")


class NothingToPay(Conflict):
    code = "nothing_to_pay"
    message = _("这张账单没有待付的款项。")


class NotAccepted(Conflict):
    code = "not_accepted"
    message = _("请先核对账单并点“账单没问题”，再付款。")


class ChannelDown(Refusal):
    status = 503
    code = "channel_down"
    message = _("支付渠道暂时没有回应，没有扣款。请稍后再试。")


class ChannelRefused(Conflict):
    code = "channel_refused"
    message = _("支付渠道没有受理这次付款（%(code)s），没有扣款。请重新发起。")


class TooMuch(Invalid):
    code = "refund_too_much"
    message = _("最多还能退 ¥%(most)s。")


class NothingPaid(Conflict):
    code = "nothing_paid"
    message = _("这张账单还没有收到款项，不能退款。")


class NotPaidYet(Conflict):
    code = "not_paid_yet"
    message = _("付款完成后才能申请发票。")


class NothingToInvoice(Conflict):
    code = "nothing_to_invoice"
    message = _("这张账单的款项已经退回，没有可以开票的金额。")


class DepositNotInvoiced(Conflict):
    code = "deposit_not_invoiced"
    message = _("押金不开发票。服务费付清后，请在服务费账单上申请。")


class InvoiceExists(Conflict):
    code = "invoice_exists"
    message = _("这张账单已经申请过发票。还没有开具的，撤回后可以重新申请；已经开具的，请联系机构红冲。")


class TitleNeeded(Invalid):
    code = "title_needed"
    message = _("请填写发票抬头。")


class DifferenceSettled(Conflict):
    code = "difference_settled"
    message = _("这条差异已经处理过了。")


class TaxRateWrong(Invalid):
    code = "tax_rate_wrong"
    message = _("税率只能是 6%、3%、1% 或免税；免税需写明依据。")

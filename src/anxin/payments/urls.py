"""Addresses of payments."""

from django.urls import path

from anxin.payments.pages import (
    callback,
    compensations,
    customer,
    desk,
    invoices,
    operator,
    oversight,
    paying,
)

app_name = "payments"
urlpatterns = [
    path("callbacks/wechatpay/", callback.wechatpay, name="callback"),
    path("bills/", desk.bills, name="bills"),
    path("bills/mine/", customer.mine, name="mine"),
    path("bills/<slug:number>/", customer.bill, name="bill"),
    path("bills/<slug:number>/questions/", customer.question, name="question"),
    path("bills/<slug:number>/acceptance/", customer.acceptance, name="acceptance"),
    path("bills/<slug:number>/payment/", paying.payment, name="payment"),
    path("bills/<slug:number>/payment/status/", paying.status, name="payment_status"),
    path("bills/<slug:number>/payment/start/", paying.start, name="start"),
    path("bills/<slug:number>/payment/check/", paying.check, name="check"),
    path("bills/<slug:number>/result/", paying.result, name="result"),
    path("bills/<slug:number>/answer/", desk.answer, name="answer"),
    path("bills/<slug:number>/adjustments/", desk.adjustment, name="adjustment"),
    path("bills/<slug:number>/refunds/", desk.refund, name="refund"),
    path("bills/<slug:number>/invoice/", invoices.asking, name="asking"),
    path("invoices/", invoices.desk, name="invoices"),
    path("invoices/issue/", invoices.issue_chosen, name="issue_chosen"),
    path("invoices/tax/", invoices.tax, name="tax"),
    path("invoices/papers/<uuid:paper_id>/file/", invoices.file, name="paper"),
    path("invoices/papers/<uuid:paper_id>/xml/", invoices.xml, name="paper_xml"),
    path("invoices/<slug:number>/", invoices.invoice, name="invoice"),
    path("invoices/<slug:number>/withdrawal/", invoices.withdrawal, name="withdrawal"),
    path("invoices/<slug:number>/issue/", invoices.issue, name="issue"),
    path("invoices/<slug:number>/reversal/", invoices.reversal, name="reversal"),
    path("compensations/", compensations.listed, name="compensations"),
    path("compensations/<slug:number>/", compensations.one, name="compensation"),
    path("compensations/<slug:number>/objection/", compensations.objection, name="objection"),
    path("compensations/<slug:number>/decision/", compensations.decision, name="decision"),
    path("compensations/<slug:number>/claim/", compensations.claim, name="claim"),
    path("compensations/<slug:number>/end/", compensations.end, name="compensation_end"),
    path("money/", desk.money, name="money"),
    path("oversight/bills/", oversight.bills, name="overseen"),
    path("reconciliation/", operator.reconciliation, name="reconciliation"),
    path("reconciliation/refunds/<uuid:refund_id>/end/", operator.refund_end, name="refund_end"),
    path("reconciliation/run/", operator.run, name="reconcile"),
    path(
        "reconciliation/differences/<uuid:difference_id>/resolution/", operator.resolution, name="resolution"
    ),
]

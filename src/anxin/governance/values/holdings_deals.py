"""What is held of people in their dealings: agencies, orders, contracts, money, reviews."""

from anxin.governance.values.kinds import Basis, Fate, Kind
from anxin.governance.values.register import (
    AUDITOR,
    CUSTOMER,
    EVERYBODY,
    LOOKED,
    OPERATOR,
    PROVIDER,
    REVIEWS,
    SELF,
    WORKER,
    Holding,
    held,
    links,
)
from anxin.kit.text import gettext_noop

WHO_DID = gettext_noop("记下是谁办的")
SERVE = gettext_noop("按约定上门服务")
EVIDENCE = gettext_noop("证明合同是谁、在什么时候签的")
PAY = gettext_noop("出账、收付款、开发票")
RATE = gettext_noop("公开真实的评价")
CLOSED = {"order__state__in": ("closed", "cancelled", "unanswered")}

BUSINESS = (
    Holding("agencies.Agency", "created_by", gettext_noop("核实并公示家政机构"), Basis.DUTY, "business",
            (*links("agreed_by", "created_by"), *held(Kind.NAME, "legal_representative", fate=Fate.KEEP),
             *held(Kind.CONTACT, "phone", fate=Fate.KEEP)), masked=(EVERYBODY,), whole=(PROVIDER, OPERATOR),
            since="state_at", where={"state": "left"}),
    Holding("agencies.Document", "created_by", gettext_noop("核实家政机构"), Basis.DUTY, "business",
            (*links("created_by", "verified_by"), *held(Kind.PAPER, "file", fate=Fate.KEEP)),
            whole=(PROVIDER, OPERATOR)),
    Holding("agencies.ServiceVersion", "written_by", WHO_DID, Basis.DUTY, "business",
            links("written_by", "published_by"), whole=(PROVIDER, AUDITOR)),
    Holding("policies.PolicyVersion", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(AUDITOR,)),
    Holding("safetycode.CardBatch", "by_person", WHO_DID, Basis.DUTY, "business",
            (*links("by_person"), *held(Kind.PAPER, "file", fate=Fate.KEEP)), whole=(PROVIDER, AUDITOR)),
    Holding("safetycode.CardStock", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(PROVIDER, AUDITOR)),
    Holding("safetycode.InsurancePolicy", "created_by", WHO_DID, Basis.DUTY, "business",
            (*links("created_by"), *held(Kind.PAPER, "file", fate=Fate.KEEP)), whole=(PROVIDER, AUDITOR)),
    Holding("safetycode.RequestBatch", "made_by", WHO_DID, Basis.DUTY, "business", links("made_by"),
            whole=(AUDITOR,)),
    Holding("safetycode.AnswerFile", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(AUDITOR,)),
    Holding("safetycode.RuleChoice", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(AUDITOR,)),
    Holding("matching.Batch", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(PROVIDER, AUDITOR)),
    Holding("matching.DayPlan", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(PROVIDER, AUDITOR)),
    Holding("matching.Rolling", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(PROVIDER, AUDITOR)),
)  # fmt: skip

ORDERS = (
    Holding("orders.Order", "customer__person", SERVE, Basis.CONTRACT, "deal",
            (*links("customer", "entered_by", "address"), *held(Kind.WORDS, "wishes"),
             *held(Kind.HOME, "place", fate=Fate.PSEUDONYM), *held(Kind.HOME, "village_code"),
             *held(Kind.PLACE, "lat", "lng", fate=Fate.COARSE)),
            masked=(OPERATOR,), whole=(SELF, PROVIDER, WORKER), since="state_at",
            where={"state__in": ("closed", "cancelled", "unanswered")}),
    Holding("orders.Visit", "order__customer__person", gettext_noop("证明家政员到过、在哪里到达"), Basis.CONTRACT,
            "visit_place", (*held(Kind.PLACE, "arrived_lat", "arrived_lng"),
                            *held(Kind.WORDS, "contact_note", "done_note", "entry_place")),
            whole=(SELF, PROVIDER, WORKER), since="order__state_at", where=CLOSED),
    Holding("orders.Assignment", "worker__person", SERVE, Basis.CONTRACT, "deal", links("worker"),
            whole=(SELF, PROVIDER, CUSTOMER)),
    Holding("orders.Step", "visit__order__customer__person", SERVE, Basis.CONTRACT, "deal",
            held(Kind.WORDS, "note"), whole=(SELF, PROVIDER, WORKER), since="visit__order__state_at",
            where={"visit__order__state__in": CLOSED["order__state__in"]}),
    Holding("orders.StepPhoto", "step__visit__order__customer__person", SERVE, Basis.CONTRACT, "deal",
            held(Kind.PICTURE, "file"), whole=(SELF, PROVIDER, WORKER), since="step__visit__order__state_at",
            row_goes=True, ends="delete"),
    Holding("orders.Extra", "proposed_by", SERVE, Basis.CONTRACT, "deal", links("proposed_by"),
            whole=(SELF, PROVIDER, CUSTOMER)),
    Holding("orders.Change", "asked_by", SERVE, Basis.CONTRACT, "deal",
            (*links("asked_by"), *held(Kind.WORDS, "reason")), whole=(SELF, PROVIDER, WORKER)),
    Holding("orders.Note", "by_person", SERVE, Basis.CONTRACT, "deal",
            (*links("by_person"), *held(Kind.WORDS, "params", fate=Fate.KEEP)), whole=(SELF, PROVIDER, WORKER),
            since="order__state_at", where=CLOSED),
)  # fmt: skip

CONTRACTS = (
    Holding("contracts.Contract", "person", EVIDENCE, Basis.CONTRACT, "contract",
            (*links("person"), *held(Kind.NAME, "facts", fate=Fate.PSEUDONYM)), whole=(SELF, PROVIDER),
            since="signed_at"),
    Holding("contracts.Document", "contract__person", EVIDENCE, Basis.DUTY, "contract",
            held(Kind.NAME, "body", fate=Fate.KEEP), whole=(SELF, PROVIDER), since="contract__signed_at"),
    Holding("contracts.Signature", "person", EVIDENCE, Basis.DUTY, "contract",
            (*links("person"), *held(Kind.PICTURE, "picture", fate=Fate.KEEP),
             *held(Kind.NAME, "certificate", fate=Fate.KEEP),
             *held(Kind.SIGN_IN, "address", "user_agent", fate=Fate.KEEP)), whole=(SELF, PROVIDER),
            since="signed_at"),
    Holding("contracts.Evidence", "by_person", EVIDENCE, Basis.DUTY, "contract",
            (*links("by_person"), *held(Kind.SIGN_IN, "detail", fate=Fate.KEEP)), whole=(SELF, PROVIDER)),
    Holding("contracts.Seal", "made_by", WHO_DID, Basis.DUTY, "contract", links("made_by"), whole=(PROVIDER,)),
    Holding("contracts.Template", "created_by", WHO_DID, Basis.DUTY, "contract", links("created_by"),
            whole=(AUDITOR,)),
)  # fmt: skip

MONEY = (
    Holding("ledger.Account", "owner_person", PAY, Basis.DUTY, "finance", links("owner_person", "about_person"),
            whole=(SELF, PROVIDER, AUDITOR)),
    Holding("ledger.Entry", "by_person", PAY, Basis.DUTY, "finance", links("by_person"), whole=(PROVIDER, AUDITOR)),
    Holding("payments.Bill", "payer", PAY, Basis.CONTRACT, "finance",
            (*links("payer"), *held(Kind.MONEY, "total_fen", "paid_fen", fate=Fate.KEEP)), masked=(OPERATOR,),
            whole=(SELF, PROVIDER)),
    Holding("payments.BillQuestion", "asked_by", PAY, Basis.CONTRACT, "finance",
            (*links("asked_by", "answered_by"), *held(Kind.WORDS, "text", "answer", fate=Fate.KEEP)),
            whole=(SELF, PROVIDER)),
    Holding("payments.InvoiceRequest", "asked_by", PAY, Basis.DUTY, "finance",
            (*links("asked_by"), *held(Kind.NAME, "title", fate=Fate.KEEP),
             *held(Kind.MONEY, "tax_number", "details", fate=Fate.KEEP)), whole=(SELF, PROVIDER),
            since="created_at"),
    Holding("payments.Invoice", "request__asked_by", PAY, Basis.DUTY, "finance",
            held(Kind.MONEY, "content", "file", fate=Fate.KEEP), whole=(SELF, PROVIDER), since="issued_at"),
    Holding("payments.Payment", "started_by", PAY, Basis.CONTRACT, "finance", links("started_by"),
            whole=(SELF, PROVIDER)),
    Holding("payments.Refund", "asked_by", PAY, Basis.CONTRACT, "finance",
            (*links("asked_by"), *held(Kind.WORDS, "reason", fate=Fate.KEEP)), whole=(SELF, PROVIDER)),
    Holding("payments.Compensation", "payee", PAY, Basis.CONTRACT, "finance",
            (*links("payee", "objected_by", "answered_by"), *held(Kind.WORDS, "objection", "answer", fate=Fate.KEEP),
             *held(Kind.MONEY, "amount_fen", fate=Fate.KEEP)), whole=(SELF, PROVIDER), since="created_at"),
    Holding("payments.Payout", "compensation__payee", PAY, Basis.CONTRACT, "finance",
            held(Kind.MONEY, "openid"), whole=(SELF,), since="created_at"),
    Holding("payments.TaxSetting", "set_by", WHO_DID, Basis.DUTY, "finance", links("set_by"), whole=(PROVIDER,)),
    Holding("payments.ReconciliationDifference", "resolved_by", WHO_DID, Basis.DUTY, "finance",
            links("resolved_by"), whole=(AUDITOR,)),
)  # fmt: skip

REVIEWED = (
    Holding("reviews.Review", "author", RATE, Basis.CONTRACT, "deal",
            (*links("author", "worker"), *held(Kind.WORDS, "words", fate=Fate.KEEP)), masked=(EVERYBODY,),
            whole=(SELF, REVIEWS, LOOKED)),
    Holding("reviews.ReviewPhoto", "review__author", RATE, Basis.CONTRACT, "deal",
            held(Kind.PICTURE, "file"), whole=(EVERYBODY,), row_goes=True),
    Holding("reviews.LookBehind", "by_person", gettext_noop("查清谁看过匿名评价的作者"), Basis.DUTY, "privacy",
            (*links("by_person"), *held(Kind.WORDS, "reason", fate=Fate.KEEP)), whole=(AUDITOR, REVIEWS)),
)  # fmt: skip

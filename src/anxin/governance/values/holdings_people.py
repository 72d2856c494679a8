"""What is held of people: accounts, customers, workers, their codes, what they were told."""

from anxin.governance.values.kinds import Basis, Fate, Kind
from anxin.governance.values.register import (
    AUDITOR,
    CUSTOMER,
    EVERYBODY,
    ISSUER,
    LOOKED,
    NOBODY,
    OPERATOR,
    PROVIDER,
    SELF,
    Held,
    Holding,
    held,
    links,
)
from anxin.kit.text import gettext_noop

SIGN_IN_PURPOSE = gettext_noop("登录、找回账号，防止他人冒用")
SECOND_PURPOSE = gettext_noop("登录时再验证一次，密码或手机被人拿走也进不来")
HOME_PURPOSE = gettext_noop("把服务送到您家，让合适的人上门")
FITNESS_PURPOSE = gettext_noop("证明上门的人健康、可信、有保险、受过培训，并生成安心码")
TIME_PURPOSE = gettext_noop("安排谁什么时候去哪里")

ACCOUNTS = (
    Holding(
        "accounts.Person", "pk", gettext_noop("实名注册、联系您、签订合同"), Basis.CONTRACT, "account",
        (
            Held("name", Kind.NAME, Fate.PSEUDONYM),
            *held(Kind.CONTACT, "phone", "phone_hash"),
            *held(Kind.IDENTITY, "id_number", "id_number_hash"),
            *held(Kind.SIGN_IN, "password", "last_login"),
        ),
        masked=(PROVIDER, OPERATOR, ISSUER), whole=(SELF, LOOKED),
    ),
    Holding("accounts.Appointment", "person", gettext_noop("谁在哪个机构任什么岗位"), Basis.DUTY, "business",
            (*links("person", "appointed_by"), *held(Kind.WORDS, "why")), masked=(OPERATOR,), whole=(SELF, PROVIDER)),
    Holding("accounts.RightRequest", "person", gettext_noop("申请和审批岗位权限"), Basis.DUTY, "business",
            (*links("person", "decided_by"), *held(Kind.WORDS, "why", "answer")), whole=(SELF, PROVIDER, AUDITOR)),
    Holding("accounts.SignIn", "person", SIGN_IN_PURPOSE, Basis.DUTY, "sign_in",
            (*links("person"), *held(Kind.SIGN_IN, "address", "device", "device_hash", "token_hash", "second_how",
                                      fate=Fate.KEEP))),
    Holding("accounts.Code", "", SIGN_IN_PURPOSE, Basis.CONTRACT, "code",
            (*held(Kind.CONTACT, "phone_hash", "phone_masked", fate=Fate.KEEP),
             *held(Kind.SIGN_IN, "address", fate=Fate.KEEP)), whole=(NOBODY,)),
    Holding("accounts.Lockout", "", SIGN_IN_PURPOSE, Basis.CONTRACT, "code",
            held(Kind.CONTACT, "phone_hash", fate=Fate.KEEP), whole=(NOBODY,)),
    Holding("accounts.PasswordUse", "person", SIGN_IN_PURPOSE, Basis.DUTY, "account",
            (*links("person"), *held(Kind.SIGN_IN, "encoded")), whole=(NOBODY,), row_goes=True),
    Holding("accounts.Totp", "person", SECOND_PURPOSE, Basis.DUTY, "account",
            (*links("person"), *held(Kind.SIGN_IN, "secret")), whole=(NOBODY,), row_goes=True),
    Holding("accounts.Passkey", "person", SECOND_PURPOSE, Basis.DUTY, "account",
            (*links("person"), *held(Kind.SIGN_IN, "name", "credential_id", "public_key")), row_goes=True),
    Holding("accounts.RecoveryCode", "person", SECOND_PURPOSE, Basis.DUTY, "account",
            (*links("person"), *held(Kind.SIGN_IN, "code_hash")), whole=(NOBODY,), row_goes=True),
    Holding("accounts.Challenge", "person", SECOND_PURPOSE, Basis.DUTY, "code",
            links("person"), whole=(NOBODY,), row_goes=True),
    Holding("accounts.SignInLink", "person", SIGN_IN_PURPOSE, Basis.DUTY, "code",
            (*links("person"), *held(Kind.SIGN_IN, "token_hash", fate=Fate.KEEP)), whole=(NOBODY,), row_goes=True),
    Holding("accounts.IdentityCheck", "person", gettext_noop("证明实名核验做过、结果如何"), Basis.DUTY, "account",
            (*links("person"), *held(Kind.IDENTITY, "request_id", fate=Fate.KEEP)), whole=(AUDITOR,)),
    Holding("accounts.DemoLogin", "person", gettext_noop("演示环境的一键登录"), Basis.CONSENT, "account",
            links("person"), row_goes=True),
)  # fmt: skip

CUSTOMERS = (
    Holding("customers.Customer", "person", HOME_PURPOSE, Basis.CONTRACT, "customer",
            (*links("person"), *held(Kind.WORDS, "wishes")), whole=(SELF, PROVIDER)),
    Holding("customers.Address", "customer__person", HOME_PURPOSE, Basis.CONTRACT, "customer",
            (*links("customer"), *held(Kind.NAME, "contact_name"), *held(Kind.CONTACT, "contact_phone"),
             *held(Kind.HOME, "detail", "label", "village_code"),
             *held(Kind.PLACE, "lat", "lng", fate=Fate.COARSE)),
            masked=(OPERATOR,)),
    Holding("customers.Housemate", "customer__person", gettext_noop("提醒家政员家里有老人、孩子或宠物"),
            Basis.CONSENT, "customer",
            (*links("customer"), *held(Kind.HOME, "kind", "birth_year", "note")), whole=(SELF, PROVIDER),
            row_goes=True),
    Holding("customers.Sight", "customer__person", gettext_noop("记下哪家机构因订单可以看到您"), Basis.CONTRACT,
            "customer", links("customer"), row_goes=True),
)  # fmt: skip

WORKERS = (
    Holding("workers.Worker", "person", gettext_noop("展示家政员、就近派单"), Basis.CONTRACT, "worker",
            (*links("person"), *held(Kind.NAME, "name_hash"), *held(Kind.HOME, "home_town", "home_point"),
             *held(Kind.PLACE, "lat", "lng"), *held(Kind.WORDS, "intro"), *held(Kind.PICTURE, "photo")),
            masked=(EVERYBODY,), whole=(SELF, PROVIDER, CUSTOMER)),
    Holding("workers.Affiliation", "worker__person", gettext_noop("家政员属于哪家机构"), Basis.CONTRACT, "worker",
            links("worker"), whole=(SELF, PROVIDER, EVERYBODY)),
    Holding("workers.Standing", "worker__person", gettext_noop("公布评分与完成单数"), Basis.CONTRACT, "worker",
            (*links("worker"), *held(Kind.WORK, "rating_hundredths", "completed", "late", "credit_score",
                                     fate=Fate.KEEP)), whole=(SELF, EVERYBODY)),
    Holding("workers.Skill", "worker__person", gettext_noop("按技能派单"), Basis.CONTRACT, "worker",
            (*links("worker"), *held(Kind.WORK, "item_code", "level", fate=Fate.KEEP)), whole=(SELF, EVERYBODY)),
    Holding("workers.Credential", "worker__person", FITNESS_PURPOSE, Basis.SEPARATE_CONSENT, "worker",
            (*links("worker", "created_by", "verified_by"), *held(Kind.PAPER, "number", "file", fate=Fate.KEEP),
             *held(Kind.HEALTH, "health_tier", fate=Fate.KEEP),
             *held(Kind.BACKGROUND, "conclusion", fate=Fate.KEEP)),
            masked=(EVERYBODY,), whole=(SELF, PROVIDER, ISSUER), since="worker__state_at",
            where={"worker__state": "left"}),
    Holding("workers.Credential", "worker__person", FITNESS_PURPOSE, Basis.SEPARATE_CONSENT, "health_original",
            held(Kind.HEALTH, "file"), whole=(SELF, PROVIDER, ISSUER), since="valid_to",
            where={"kind": "health_check"}),
    Holding("workers.WorkArea", "worker__person", TIME_PURPOSE, Basis.CONTRACT, "worker", links("worker"),
            whole=(SELF, PROVIDER), row_goes=True),
    Holding("workers.Shift", "worker__person", TIME_PURPOSE, Basis.CONTRACT, "worker", links("worker"),
            whole=(SELF, PROVIDER), row_goes=True),
    Holding("workers.Booking", "worker__person", TIME_PURPOSE, Basis.CONTRACT, "worker",
            (*links("worker"), *held(Kind.WORDS, "note"), *held(Kind.PLACE, "lat", "lng", fate=Fate.COARSE)),
            whole=(SELF, PROVIDER)),
    Holding("safetycode.SafetyCode", "worker__person", FITNESS_PURPOSE, Basis.SEPARATE_CONSENT, "worker",
            links("worker"), masked=(EVERYBODY,), whole=(SELF, PROVIDER, ISSUER)),
    Holding("safetycode.Scan", "by_person", gettext_noop("证明进门的人当时安心码是什么颜色"), Basis.CONTRACT, "scan",
            (*links("by_person"), *held(Kind.PLACE, "place")), whole=(SELF, AUDITOR), since="at"),
    Holding("safetycode.Tally", "", gettext_noop("防止有人批量扫码"), Basis.DUTY, "code",
            held(Kind.SIGN_IN, "address_hash", fate=Fate.KEEP), whole=(NOBODY,)),
)  # fmt: skip

TOLD = (
    Holding("messaging.SmsMessage", "", gettext_noop("给您发短信，并证明发过"), Basis.CONTRACT, "message",
            (*held(Kind.CONTACT, "phone", "phone_masked"), *held(Kind.WORDS, "params")),
            masked=(OPERATOR,), whole=(NOBODY,)),
    Holding("notices.Notice", "person", gettext_noop("把进展告诉您"), Basis.CONTRACT, "notice",
            (*links("person"), *held(Kind.WORDS, "params")), row_goes=True),
    Holding("files.StoredFile", "person", gettext_noop("保存您上传的照片和证件"), Basis.CONTRACT, "account",
            (*links("person"), *held(Kind.PICTURE, "name")), whole=(SELF, LOOKED)),
    Holding("audit.Entry", "by_person", gettext_noop("查清谁在什么时候做了什么"), Basis.DUTY, "audit",
            (*links("by_person"), *held(Kind.SIGN_IN, "address", "detail", fate=Fate.KEEP)), whole=(AUDITOR,)),
    Holding("audit.Answer", "", gettext_noop("同一件事重复提交时给出同样的答复"), Basis.CONTRACT, "code",
            held(Kind.WORDS, "body", fate=Fate.KEEP), whole=(NOBODY,)),
)  # fmt: skip

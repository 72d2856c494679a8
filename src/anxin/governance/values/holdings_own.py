"""What the protection of personal data itself holds of people."""

from anxin.governance.values.kinds import Basis, Fate, Kind
from anxin.governance.values.register import AUDITOR, OPERATOR, SELF, Holding, held, links
from anxin.kit.text import gettext_noop

RIGHTS = (
    Holding("governance.Look", "person", gettext_noop("让您知道谁看过您的完整信息、为什么"), Basis.DUTY, "privacy",
            (*links("person", "by_person"), *held(Kind.WORDS, "reason", "words", fate=Fate.KEEP)),
            whole=(SELF, AUDITOR), since="at", ends="delete"),
    Holding("accounts.Consent", "person", gettext_noop("证明您同意过什么、什么时候撤回"), Basis.DUTY, "privacy",
            (*links("person"), *held(Kind.WORDS, "text_hash", fate=Fate.KEEP)), whole=(SELF, AUDITOR),
            since="withdrawn_at", ends="delete"),
    Holding("governance.Copy", "person", gettext_noop("把您的信息交给您"), Basis.DUTY, "export",
            (*links("person"), *held(Kind.WORDS, "body")), row_goes=True),
    Holding("governance.Correction", "person", gettext_noop("更正不对的信息"), Basis.DUTY, "privacy",
            (*links("person"), *held(Kind.NAME, "before", "wanted"),
             *held(Kind.WORDS, "why", "answer", fate=Fate.KEEP)), whole=(SELF, OPERATOR), since="state_at",
            ends="delete", where={"state__in": ("done", "refused", "withdrawn")}),
    Holding("governance.Closing", "person", gettext_noop("证明账号按您的要求注销"), Basis.DUTY, "privacy",
            links("person"), whole=(SELF, OPERATOR), since="state_at", ends="delete",
            where={"state__in": ("done", "withdrawn")}),
)  # fmt: skip

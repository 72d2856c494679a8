"""What is held of workers by the way to their code: applications, the clock's stops, appeals, uploads."""

from anxin.governance.values.holdings_deals import WHO_DID
from anxin.governance.values.kinds import Basis, Fate, Kind
from anxin.governance.values.register import AUDITOR, ISSUER, PROVIDER, SELF, Holding, held, links
from anxin.kit.text import gettext_noop

_APPLIED = gettext_noop("办理您申领的安心码，并说明时限和理由")
_CONTESTED = gettext_noop("处理您对红码或未通过的申诉")

APPLYING = (
    Holding("safetycode.Application", "worker__person", _APPLIED, Basis.SEPARATE_CONSENT, "worker",
            links("worker", "opened_by"), whole=(SELF, PROVIDER, ISSUER)),
    Holding("safetycode.Pause", "application__worker__person", _APPLIED, Basis.DUTY, "worker",
            (*links("by_person"), *held(Kind.WORDS, "why", fate=Fate.KEEP)), whole=(SELF, PROVIDER, ISSUER)),
    Holding("safetycode.Extension", "application__worker__person", _APPLIED, Basis.DUTY, "worker",
            (*links("by_person"), *held(Kind.WORDS, "why", fate=Fate.KEEP)), whole=(SELF, PROVIDER, ISSUER)),
    Holding("safetycode.Appeal", "worker__person", _CONTESTED, Basis.DUTY, "worker",
            (*links("worker"), *held(Kind.WORDS, "statement", "answer", "reply", "ruling"),
             *held(Kind.PAPER, "file")), whole=(SELF, PROVIDER, ISSUER)),
    Holding("safetycode.Upload", "created_by", WHO_DID, Basis.DUTY, "worker",
            (*links("created_by"), *held(Kind.WORDS, "rows")), whole=(PROVIDER, AUDITOR)),
)  # fmt: skip

"""What is held of workers by the care of their codes: measures, refreshes, faults, subsidies, the Ministry's record."""

from anxin.governance.values.holdings_deals import WHO_DID
from anxin.governance.values.kinds import Basis, Fate, Kind
from anxin.governance.values.register import AUDITOR, ISSUER, PROVIDER, SELF, Holding, held, links
from anxin.kit.text import gettext_noop

_KEPT_TRUE = gettext_noop("核对安心码的信息是否属实，处理问题码")
_SUBSIDY = gettext_noop("申领和核对健康体检补贴")

CARE = (
    Holding("safetycode.Measure", "code__worker__person", gettext_noop("暂停、收回、注销安心码的原因，供您查看和申诉"),
            Basis.DUTY, "worker",
            (*links("by_person"), *held(Kind.WORDS, "why", fate=Fate.KEEP)), whole=(SELF, PROVIDER, ISSUER)),
    Holding("safetycode.RefreshFact", "refresh__code__worker__person", _KEPT_TRUE, Basis.DUTY, "worker",
            (*links("by_person"), *held(Kind.WORDS, "note")), whole=(PROVIDER, ISSUER)),
    Holding("safetycode.Fault", "worker__person", _KEPT_TRUE, Basis.DUTY, "worker", links("worker"),
            whole=(ISSUER,)),
    Holding("safetycode.ClaimLine", "code__worker__person", _SUBSIDY, Basis.DUTY, "business",
            links("voided_by"), whole=(ISSUER,)),
    Holding("safetycode.MinistryRecord", "worker__person", gettext_noop("与商务部平台的记录核对，两边一致才能享受补贴"),
            Basis.SEPARATE_CONSENT, "worker", links("worker"), whole=(SELF, PROVIDER, ISSUER)),
    Holding("safetycode.Claim", "created_by", WHO_DID, Basis.DUTY, "business", links("created_by", "approved_by"),
            whole=(AUDITOR,)),
    Holding("safetycode.Delegation", "created_by", WHO_DID, Basis.DUTY, "business", links("created_by", "revoked_by"),
            whole=(AUDITOR,)),
    Holding("safetycode.FaultRun", "by_person", WHO_DID, Basis.DUTY, "business", links("by_person"),
            whole=(AUDITOR,)),
)  # fmt: skip

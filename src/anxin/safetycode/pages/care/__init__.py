"""Pages of the care of codes: by whom each may be opened."""

from anxin.kit.access import any_of, holds

# Who cares for codes; who looks on as well; who confirms facts.
CARERS = any_of(holds("safetycode.manage"), holds("workers.oversee"))
OVERSEERS = any_of(
    holds("safetycode.manage"), holds("workers.oversee"), holds("governance.supervise")
)  # fmt: skip
# Whoever works by a bureau's leave sees what leave there is.
ENTRUSTED = any_of(OVERSEERS, holds("safetycode.vet"), holds("safetycode.issue"))
REFRESHERS = any_of(
    holds("workers.manage"),
    holds("safetycode.manage"),
    holds("safetycode.issue"),
    holds("workers.oversee"),
    holds("governance.supervise"),
)
CONFIRMERS = any_of(holds("workers.manage"), holds("safetycode.issue"), holds("workers.oversee"))
# Figures are read by issuers too, each its own.
COUNTED = any_of(OVERSEERS, holds("safetycode.issue"))
PER_PAGE = 30

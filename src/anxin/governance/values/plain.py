"""Fields that look as if they held a person and do not, each with the reason; and what every history row holds."""

from anxin.governance.values.kinds import Fate, Kind
from anxin.governance.values.register import held, links

# Of every model of states: who moved it, and why.
HISTORY = (*links("by_person", "row"), *held(Kind.WORDS, "why", fate=Fate.KEEP))

NOT_PERSONAL: dict[str, str] = {
    "places.Division.lat": "the centre of a town",
    "places.Division.lng": "the centre of a town",
    "agencies.Agency.address": "an agency's place of business, published by law",
    "agencies.Agency.lat": "an agency's place of business",
    "agencies.Agency.lng": "an agency's place of business",
    "agencies.Agency.intro": "an agency's words about itself",
    "agencies.Agency.decision_note": "about an agency's application",
    "catalogue.CatalogueVersion.note": "about a catalogue",
    "policies.PolicyVersion.reason": "why a rule changed, published",
    "workers.Authorisation.text_hash": "the hash of a published text",
    "workers.Credential.withdrawn_why": "why a paper was withdrawn, in the desk's words",
    "safetycode.SafetyCode.secret": "the seed of a rotating code",
    "safetycode.Scan.reasons": "codes of the colour rule",
    "safetycode.Card.reason": "why a card was made: one of four",
    "safetycode.CardStock.reason": "why the stock of blank cards changed: one of four",
    "safetycode.CardStock.note": "about a delivery of blank cards",
    "safetycode.Judged.reasons": "codes of the colour rule",
    "safetycode.Delegation.reason": "why a bureau entrusts an association",
    "safetycode.Delegation.revoked_why": "why a bureau entrusts it no more",
    "safetycode.RefreshFact.answer": "whether a fact was confirmed",
    "safetycode.Fault.detail": "a day or a number that is wrong about a code",
    "safetycode.ClaimLine.why": "why a subsidy is taken back, in the desk's words",
    "safetycode.ClaimLine.voided_why": "why a subsidy was struck out, in the desk's words",
    "safetycode.ExamSlot.place": "where an institution examines, published",
    "safetycode.RuleChoice.reason": "why an issuer's rule changed, published",
    "orders.Order.cancelled_by": "which side cancelled",
    "orders.Visit.contact_how": "by which means the customer was reached",
    "orders.Order.selection_reasons": "codes of the matching formula",
    "orders.Assignment.reason": "why a worker was chosen, in the formula's words",
    "orders.Offer.reason": "why an agency declined",
    "orders.Step.text": "a step of the service's checklist",
    "orders.Note.text": "a template of the house; its values are in params",
    "orders.Change.answer": "yes or no",
    "contracts.Authority.key": "the platform's own signing key",
    "contracts.Seal.key": "an organisation's signing key",
    "contracts.Seal.picture": "an organisation's seal",
    "contracts.Signature.consent": "a text of the house",
    "payments.Bill.adjust_reason": "why a price changed",
    "payments.TaxSetting.exempt_reason": "a ground of tax law",
    "payments.InvoiceRequest.note": "words printed on the invoice by the agency",
    "payments.CallbackLog.address": "a partner's server",
    "payments.ReconciliationDifference.detail": "a difference between two ledgers",
    "reviews.Review.answer": "an agency's words, published",
    "reviews.Review.hide_reason": "a ground of law, in the desk's words",
}

"""Tables of contracts: texts, keys and seals, contracts with their documents, signatures and evidence."""

from anxin.contracts.models.contract import Contract, ContractMoved, Document, Evidence, Signature
from anxin.contracts.models.keys import Authority, Seal, SealMoved
from anxin.contracts.models.text import Template

__all__ = [
    "Authority", "Contract", "ContractMoved", "Document", "Evidence", "Seal", "SealMoved", "Signature", "Template",
]  # fmt: skip

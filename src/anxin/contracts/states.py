"""The states of a contract and of a seal, one table each. Plain."""

from __future__ import annotations

from enum import StrEnum

from anxin.kit.states import Machine


class ContractState(StrEnum):
    DRAFTING = "drafting"
    READY = "ready"
    CUSTOMER_SIGNED = "customer_signed"
    WORKER_SIGNED = "worker_signed"
    SIGNED = "signed"
    VOID = "void"


CONTRACT = Machine(
    "contract",
    ContractState.DRAFTING,
    {
        ContractState.DRAFTING: {ContractState.READY: "complete", ContractState.VOID: "void"},
        ContractState.READY: {
            ContractState.DRAFTING: "reopen",
            ContractState.CUSTOMER_SIGNED: "sign",
            ContractState.VOID: "void",
        },
        # With three parties the worker signs in between.
        ContractState.CUSTOMER_SIGNED: {
            ContractState.SIGNED: "seal",
            ContractState.WORKER_SIGNED: "countersign",
            ContractState.VOID: "void",
        },
        ContractState.WORKER_SIGNED: {ContractState.SIGNED: "seal", ContractState.VOID: "void"},
        ContractState.SIGNED: {ContractState.VOID: "void"},
    },
)


class SealState(StrEnum):
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REVOKED = "revoked"


SEAL = Machine(
    "seal",
    SealState.ACTIVE,
    {
        SealState.ACTIVE: {SealState.SUSPENDED: "suspend", SealState.REVOKED: "revoke"},
        SealState.SUSPENDED: {SealState.ACTIVE: "resume", SealState.REVOKED: "revoke"},
    },
)

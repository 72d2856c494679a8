"""Decisions about numbers, codes and signing in. Plain."""

from anxin.accounts.rules.idcard import IdFacts, IdRefused, id_facts, normal_id
from anxin.accounts.rules.sign_in import idle_limit, is_phone, normal_phone, password_fault, wait_for
from anxin.accounts.rules.uscc import UsccRefused, normal_uscc, parse_uscc

__all__ = [
    "IdFacts",
    "IdRefused",
    "UsccRefused",
    "id_facts",
    "idle_limit",
    "is_phone",
    "normal_id",
    "normal_phone",
    "normal_uscc",
    "parse_uscc",
    "password_fault",
    "wait_for",
]

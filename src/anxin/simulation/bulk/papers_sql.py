"""The statements of `papers`: one for each table, from the orders in `bulk_paper` and the contract that was signed.

Keys are made of the order's, so that rows find each other without being asked for.
"""

from __future__ import annotations

from typing import LiteralString

WAITING: LiteralString = """
SELECT o.id FROM orders_order o
WHERE o.state = 'closed' AND NOT EXISTS (SELECT 1 FROM payments_bill b WHERE b.order_id = o.id)
ORDER BY o.id LIMIT %(size)s
"""
TABLE: LiteralString = """
CREATE TEMP TABLE bulk_paper (order_id uuid, contract uuid, facts bytea, document uuid, body bytea) ON COMMIT DROP
"""
# What the statements below read: an order with its parties, moments and sum.
_OF: LiteralString = """
WITH o AS (
  SELECT b.*, o.number, o.city_code, o.provider_id AS org, c.person_id AS payer, o.item_name, o.terms,
    o.created_at + interval '20 minutes' AS signed, o.ends_at + interval '20 minutes' AS billed,
    o.ends_at + interval '40 minutes' AS paid, (o.terms->'quote'->>'total_fen')::bigint AS total,
    (o.terms->'quote'->>'total_fen')::bigint * 2 / 100 AS fee,
    md5('bill' || b.order_id)::uuid AS bill, md5('payment' || b.order_id)::uuid AS payment
  FROM bulk_paper b JOIN orders_order o ON o.id = b.order_id JOIN customers_customer c ON c.id = o.customer_id
), p AS (SELECT * FROM contracts_contract WHERE id = %(pattern)s),
m AS (
  SELECT o.*, a.* FROM o CROSS JOIN LATERAL (VALUES
    ('bill', bill, 'customer_receivable', 'asset', org, NULL::uuid, payer, total),
    ('bill', bill, 'service_income', 'income', org, NULL, NULL, -total),
    ('payment', payment, 'channel_clearing', 'asset', NULL, NULL, NULL, total),
    ('payment', payment, 'agency_payable', 'liability', NULL, org, NULL, fee - total),
    ('payment', payment, 'fee_income', 'income', NULL, NULL, NULL, -fee),
    ('payment', payment, 'platform_receivable', 'asset', org, NULL, NULL, total - fee),
    ('payment', payment, 'fee_expense', 'expense', org, NULL, NULL, fee),
    ('payment', payment, 'customer_receivable', 'asset', org, NULL, payer, -total)
  ) AS a(source, source_id, code, kind, owner, about_org, about_person, fen) WHERE fen <> 0
)
"""
_ACCOUNT: LiteralString = "md5(concat_ws(':', 'account', code, owner, about_org, about_person))::uuid"
_EACH: tuple[LiteralString, ...] = (
    """
INSERT INTO contracts_contract (id, state, state_at, number, kind, order_id, assignment_id, organisation_id, person_id,
  tripartite, template_id, facts, revision, signed_at, created_at, read_at)
SELECT o.contract, p.state, o.signed, 'C' || substr(o.number, 2), p.kind, o.order_id, s.id, o.org, o.payer,
  false, p.template_id, o.facts, p.revision, o.signed, o.signed - interval '9 minutes', o.signed - interval '5 minutes'
FROM o CROSS JOIN p JOIN orders_assignment s ON s.order_id = o.order_id AND s.state = 'agreed'
""",
    """
INSERT INTO contracts_contractmoved (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at,
  why)
SELECT o.contract, v.from_state, v.to_state, o.payer, NULL, '', 'bulk', o.signed + v.later, ''
FROM o CROSS JOIN (VALUES ('', 'drafting', interval '-9 min'), ('drafting', 'ready', interval '-8 min'),
  ('ready', 'customer_signed', interval '-1 min'), ('customer_signed', 'signed', interval '0')
) AS v(from_state, to_state, later)
""",
    """
INSERT INTO contracts_document (id, contract_id, revision, stage, sha256, size, body, created_at)
SELECT o.document, o.contract, p.revision, 'sealed', encode(sha256(o.body), 'hex'), octet_length(o.body), o.body,
  o.signed FROM o CROSS JOIN p
""",
    """
INSERT INTO contracts_evidence (contract_id, position, kind, at, by_person, by_organisation, detail, previous, hash)
SELECT o.contract, e.place, e.kind, o.signed, o.payer, NULL, e.detail, e.previous, e.hash
FROM o CROSS JOIN (
  SELECT row_number() OVER (ORDER BY position) AS place, * FROM contracts_evidence
  WHERE contract_id = %(pattern)s AND kind IN ('generated', 'signed', 'sealed')
) e
""",
    """
INSERT INTO contracts_signature (id, contract_id, party, person_id, organisation_id, certificate, serial, authority,
  document_id, evidence_id, consent, signed_at, address, user_agent)
SELECT md5(s.party || o.contract)::uuid, o.contract, s.party, s.person_id, s.organisation_id, s.certificate, s.serial,
  s.authority, o.document, e.id, s.consent, o.signed, s.address, s.user_agent
FROM o JOIN contracts_signature s ON s.contract_id = %(pattern)s
JOIN contracts_evidence e ON e.contract_id = o.contract
  AND e.kind = CASE s.party WHEN 'customer' THEN 'signed' ELSE 'sealed' END
""",
    """
INSERT INTO payments_bill (id, state, state_at, number, city_code, kind, version, title, total_fen, deposit_fen,
  due_fen, paid_fen, refunded_fen, fee_fen, usage, adjust_reason, pay_by, accepted_at, paid_at, created_at, order_id,
  organisation_id, payer_id)
SELECT bill, 'paid', paid, 'B' || substr(number, 2), city_code, 'service', 1, item_name, total, 0, total, total, 0,
  fee, terms->'usage', '', billed + interval '3 days', paid, paid, billed, order_id, org, payer
FROM o
""",
    """
INSERT INTO payments_billline (position, code, label, quantity, unit, unit_price_fen, amount_fen, explanation, bill_id)
SELECT l.place, l.line->>'code', l.line->>'label', (l.line->>'quantity')::numeric, l.line->>'unit',
  (l.line->>'unit_price_fen')::bigint, (l.line->>'amount_fen')::bigint, l.line->>'explanation', o.bill
FROM o CROSS JOIN jsonb_array_elements(o.terms->'quote'->'lines') WITH ORDINALITY AS l(line, place)
""",
    """
INSERT INTO payments_payment (id, state, state_at, number, city_code, channel, way, amount_fen, paid_fen,
  allocated_fen, url, transaction_id, expires_at, tries, channel_at, late, started_by, problem, created_at, bill_id)
SELECT payment, 'succeeded', paid, 'P' || substr(number, 2), city_code, 'wechatpay', 'h5', total, total, total, '',
  'BULK' || left(md5(order_id::text), 28), paid + interval '2 hours', 0, paid, false, payer, '', paid, bill
FROM o WHERE total > 0
""",
    """
INSERT INTO payments_billhistory (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at, why)
SELECT o.bill, v.from_state, v.to_state, o.payer, NULL, '', 'bulk', CASE v.to_state WHEN 'drawn' THEN billed
  ELSE paid END, '' FROM o CROSS JOIN (VALUES ('', 'drawn'), ('drawn', 'accepted'), ('accepted', 'paid')
) AS v(from_state, to_state)
""",
    """
INSERT INTO payments_paymenthistory (row_id, from_state, to_state, by_person, by_organisation, by_post, channel, at,
  why)
SELECT o.payment, v.from_state, v.to_state, o.payer, NULL, '', 'bulk', paid, ''
FROM o CROSS JOIN (VALUES ('', 'created'), ('created', 'pending'), ('pending', 'succeeded')
) AS v(from_state, to_state) WHERE o.total > 0
""",
    """
INSERT INTO ledger_account (id, code, kind, owner_organisation_id, about_organisation_id, about_person_id, created_at)
SELECT ACCOUNT_OF, code, min(kind), owner, about_org, about_person, min(billed)
FROM m GROUP BY code, owner, about_org, about_person ON CONFLICT DO NOTHING
""",
    """
INSERT INTO ledger_entry (id, at, what, source, source_id, by_person)
SELECT md5('entry' || source_id)::uuid, CASE source WHEN 'bill' THEN billed ELSE paid END,
  CASE source WHEN 'bill' THEN '账单 B' ELSE '收款 P' END || substr(number, 2), 'payments.' || source, source_id, payer
FROM m WHERE code = 'customer_receivable'
""",
    """
INSERT INTO ledger_posting (entry_id, account_id, amount_fen)
SELECT md5('entry' || source_id)::uuid, ACCOUNT_OF, fen FROM m
""",
    """
INSERT INTO audit_entry (action, at, by_person, by_organisation, by_post, channel, address, request_id, subject,
  subject_id, detail, mark)
SELECT 'orders.' || h.to_state, h.at, o.payer, o.org, '', 'bulk', '10.0.0.1', left(md5(h.id::text), 32), 'order',
  o.order_id::text, jsonb_build_object('from', h.from_state), md5('mark' || h.id)
FROM o JOIN orders_orderhistory h ON h.row_id = o.order_id
UNION ALL
SELECT v.action, o.paid, o.payer, o.org, '', 'bulk', '10.0.0.1', left(md5(o.number), 32), v.subject, v.id, '{}'::jsonb,
  md5(v.id || v.action)
FROM o CROSS JOIN LATERAL (VALUES ('contracts.sign', 'contract', o.contract::text),
  ('contracts.seal', 'contract', o.contract::text), ('payments.draw_bill', 'bill', o.bill::text),
  ('payments.accept_bill', 'bill', o.bill::text), ('payments.receive', 'payment', o.payment::text)
) AS v(action, subject, id)
""",
)
INSERTS: tuple[LiteralString, ...] = tuple(_OF + one.replace("ACCOUNT_OF", _ACCOUNT) for one in _EACH)

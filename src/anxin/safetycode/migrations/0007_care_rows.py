from django.db import migrations

# Whoever issued before delegations were kept goes on until the bureau says otherwise; every code that stands gets
# the issue that it stands by.
ROWS = """
INSERT INTO safetycode_delegation (id, bureau_id, issuer_id, area, city_code, starts_at, document, reason, created_at,
    revoked_why)
SELECT gen_random_uuid(), NULL, found.issuer_id, found.city, found.city, found.first, '', '启用委托登记前已经发码',
    found.last, ''
FROM (
    SELECT k.issuer_id, split_part(k.number, '-', 2) AS city, min(k.issued_at) AS first, max(k.issued_at) AS last
    FROM safetycode_safetycode k JOIN accounts_organisation o ON o.id = k.issuer_id AND o.kind <> 'operator'
    GROUP BY 1, 2
) found;
INSERT INTO safetycode_issue (id, code_id, issuer_id, delegation_id, city_code, handle, issued_at, ended_at, ended_how)
SELECT gen_random_uuid(), k.id, k.issuer_id, d.id, split_part(k.number, '-', 2), k.handle, k.issued_at,
    CASE WHEN k.state NOT IN ('issued', 'suspended') THEN k.state_at END,
    CASE k.state WHEN 'expired' THEN 'expired' WHEN 'revoked' THEN 'recalled' WHEN 'superseded' THEN 'superseded'
        ELSE '' END
FROM safetycode_safetycode k
LEFT JOIN safetycode_delegation d ON d.issuer_id = k.issuer_id AND d.city_code = split_part(k.number, '-', 2);
"""
NO_ROWS = "DELETE FROM safetycode_issue; DELETE FROM safetycode_delegation;"


class Migration(migrations.Migration):
    dependencies = [("safetycode", "0006_care")]

    operations = [migrations.RunSQL(ROWS, NO_ROWS)]

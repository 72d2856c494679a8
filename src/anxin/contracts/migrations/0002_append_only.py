from django.db import migrations

TABLES = ("contracts_template", "contracts_document", "contracts_evidence", "contracts_signature")
FORBID = "".join(
    f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
    "FOR EACH ROW EXECUTE FUNCTION anxin_append_only();\n"
    for table in TABLES
) + """
-- The bodies are sealed: compressing them would only cost time.
ALTER TABLE contracts_document ALTER COLUMN body SET STORAGE EXTERNAL;
CREATE FUNCTION contracts_contract_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a contract is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    IF OLD.state IN ('customer_signed', 'signed', 'void') AND (
        (NEW.number, NEW.kind, NEW.order_id, NEW.assignment_id, NEW.organisation_id, NEW.person_id,
         NEW.parent_id, NEW.template_id, NEW.facts, NEW.revision)
        IS DISTINCT FROM
        (OLD.number, OLD.kind, OLD.order_id, OLD.assignment_id, OLD.organisation_id, OLD.person_id,
         OLD.parent_id, OLD.template_id, OLD.facts, OLD.revision)
        OR (OLD.state <> 'customer_signed' AND NEW.document_id IS DISTINCT FROM OLD.document_id)
    ) THEN
        RAISE EXCEPTION 'what was signed is never changed' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER contracts_contract_frozen BEFORE UPDATE OR DELETE ON contracts_contract
    FOR EACH ROW EXECUTE FUNCTION contracts_contract_frozen();
"""
ALLOW = """
DROP TRIGGER contracts_contract_frozen ON contracts_contract;
DROP FUNCTION contracts_contract_frozen();
""" + "".join(f"DROP TRIGGER {table}_append_only ON {table};\n" for table in TABLES)


class Migration(migrations.Migration):
    """What was signed, and the evidence of it, is only ever added to."""

    dependencies = [("contracts", "0001_initial"), ("audit", "0002_append_only")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]

import anxin.kit.fields
from django.db import migrations


def guard(table: str, column: str) -> str:
    return (
        f"DROP TRIGGER {table}_append_only ON {table};\n"
        f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
        f"FOR EACH ROW EXECUTE FUNCTION anxin_append_only({column});\n"
    )


FROZEN = """
CREATE OR REPLACE FUNCTION contracts_contract_frozen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        RAISE EXCEPTION 'a contract is never deleted' USING ERRCODE = 'restrict_violation';
    END IF;
    {exception}
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
"""
SEALED_ANEW = """IF current_setting('anxin.reseal', true) = 'on' AND to_jsonb(NEW) - 'facts' = to_jsonb(OLD) - 'facts' THEN
        RETURN NEW;
    END IF;"""
ALLOW = (
    guard("contracts_document", "'body'")
    + guard("contracts_signature", "'picture'")
    + FROZEN.replace("{exception}", SEALED_ANEW)
)
FORBID = (
    guard("contracts_document", "") + guard("contracts_signature", "") + FROZEN.replace("{exception}", "")
)


class Migration(migrations.Migration):
    """The rotation of keys may seal documents, drawn signatures and the facts of a contract anew."""

    dependencies = [("contracts", "0003_rescheduled_form"), ("audit", "0004_reseal")]
    operations = [
        migrations.AlterField(
            model_name="document",
            name="body",
            field=anxin.kit.fields.SealedField(),
        ),
        migrations.AlterField(
            model_name="signature",
            name="picture",
            field=anxin.kit.fields.SealedField(null=True),
        ),
        migrations.RunSQL(ALLOW, FORBID),
    ]

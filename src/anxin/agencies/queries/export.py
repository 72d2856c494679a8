"""All that the platform keeps of an agency in this area, for the agency to take along (E-22)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import datetime
from typing import Any

from anxin.agencies.models import Agency, ServiceVersion
from anxin.files import public as files
from anxin.kit.errors import NotFound


def gathered(row: Agency) -> dict[str, Any]:
    """Profile, papers, services with every version, ratings and history as plain JSON. Six queries."""
    return {
        "agency": {
            "number": row.number,
            "name": row.name,
            "uscc": row.organisation.uscc,
            "mode": row.mode,
            "legal_representative": row.legal_representative,
            "phone": row.phone,
            "town_code": row.town_code,
            "address": row.address,
            "lat": row.lat,
            "lng": row.lng,
            "intro": row.intro,
            "state": row.state,
            "agreement_version": row.agreement_version,
            "agreed_at": _iso(row.agreed_at),
            "verified_at": _iso(row.verified_at),
            "created_at": _iso(row.created_at),
        },
        "rating": {
            "reviews": row.standing.rating.count,
            "sums": dict(row.standing.rating.sums or {}),
            "completed_orders": row.standing.completed,
        },
        "documents": [
            {
                "id": str(one.pk),
                "kind": one.kind,
                "title": one.title,
                "issuer": one.issuer,
                "number": one.number,
                "valid_from": _iso(one.valid_from),
                "valid_to": _iso(one.valid_to),
                "verification": one.verification,
                "verified_at": _iso(one.verified_at),
                "verified_how": one.verified_how,
                "replaced_at": _iso(one.replaced_at),
            }
            for one in row.documents.model.objects.filter(agency=row).order_by("created_at")
        ],
        "service_versions": [
            {
                "item_code": one.service.item_code,
                "state": one.service.state,
                "number": one.number,
                "published_at": _iso(one.published_at),
                **one.content.to_json(),
            }
            for one in ServiceVersion.objects.filter(service__agency=row)
            .select_related("service")
            .order_by("service__item_code", "number")
        ],
        "history": [
            {"from": one.from_state, "to": one.to_state, "at": _iso(one.at), "why": one.why}
            for one in row.history.order_by("id")
        ],
    }


def archive(row: Agency, at: datetime) -> bytes:
    """A ZIP with data.json and the files of the papers."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as bundle:
        missing = []
        for one in row.documents.model.objects.filter(agency=row, file__isnull=False).select_related("file"):
            name = f"documents/{one.pk}-{one.file.name}"
            try:
                bundle.writestr(name, files.content(one.file))
            except NotFound:
                missing.append(name)
        told = {"exported_at": at.isoformat(), **gathered(row), "missing_files": missing}
        bundle.writestr("data.json", json.dumps(told, ensure_ascii=False, indent=2))
    return buffer.getvalue()


def _iso(value: Any) -> str | None:
    return value.isoformat() if value else None

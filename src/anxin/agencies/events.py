"""What agencies announce."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from anxin.kit.events import Event


@dataclass(frozen=True)
class AgencyWentLive(Event):
    """The agency was verified, or came back: it may publish and take orders."""

    agency_id: UUID
    organisation_id: UUID


@dataclass(frozen=True)
class AgencySuspended(Event):
    """The agency takes no new orders until it is reinstated."""

    agency_id: UUID
    organisation_id: UUID


@dataclass(frozen=True)
class AgencyLeft(Event):
    """The 30 days' notice has run out; the agency is off the platform."""

    agency_id: UUID
    organisation_id: UUID


@dataclass(frozen=True)
class VersionPublished(Event):
    """A service can be ordered under a new version from now on."""

    version_id: UUID
    service_id: UUID
    agency_id: UUID


@dataclass(frozen=True)
class ServiceWithdrawn(Event):
    """A service can no longer be ordered."""

    service_id: UUID
    agency_id: UUID

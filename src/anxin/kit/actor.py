"""Who acts: for which organisation, in which post, from where. Every action takes one as `by`."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts.

    person_id is None for the system and for a stranger. `permissions` are those of the post in which the
    person acts right now, not of all posts they hold. `region` is the start of the division codes ("330112",
    "3301") that a post which looks after others answers for, "" = everywhere. `on_behalf` is the person for whom
    the actor stands in.
    """

    person_id: UUID | None
    organisation_id: UUID | None = None
    post: str = ""
    permissions: frozenset[str] = field(default_factory=frozenset)
    channel: str = "web"
    address: str = ""
    request_id: str = ""
    name: str = ""
    verified: bool = False
    # Proved within the last five minutes who they are: what is grave asks for it (kit.access.fresh).
    fresh: bool = False
    is_system: bool = False
    region: str = ""
    on_behalf: UUID | None = None

    @property
    def person(self) -> UUID:
        """The acting person's key, where the rule has already made sure that there is one."""
        if self.person_id is None:
            raise ValueError("nobody is acting here")
        return self.person_id

    @property
    def is_anonymous(self) -> bool:
        return self.person_id is None and not self.is_system

    def holds(self, permission: str) -> bool:
        """Whether the actor may do what `permission` names. The system may do all."""
        return self.is_system or permission in self.permissions

    def within(self, code: str) -> bool:
        """Whether the division with this code lies in the region the actor answers for."""
        return code.startswith(self.region)

    def through(self, channel: str) -> Actor:
        """The same actor, acting through another channel."""
        return replace(self, channel=channel)


ANONYMOUS = Actor(person_id=None)
SYSTEM = Actor(person_id=None, channel="system", name="system", is_system=True)

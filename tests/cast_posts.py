"""The whole cast by post: every post of every kind, in the organisation and region of the stage and in others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from anxin.accounts import public as accounts
from anxin.accounts.models import Organisation
from anxin.accounts.values import POSTS, OrganisationKind
from anxin.kit.actor import SYSTEM
from tests import cast

# A town of another county of the same city, and of the county of the stage.
FAR_TOWN, FAR_COUNTY, COUNTY, CITY = "330122103", "330122", "330112", "3301"


WITH_DESKS = {OrganisationKind.AGENCY, OrganisationKind.ASSOCIATION, OrganisationKind.BUREAU}


@dataclass
class Ensemble:
    """Members by name: "agency.head", "agency.head of 乙", "bureau.supervisor of 桐庐"."""

    near: dict[str, cast.Member] = field(default_factory=dict)
    far: dict[str, cast.Member] = field(default_factory=dict)


def ensemble(kind: OrganisationKind, near: Organisation | None, far: Organisation | None) -> Ensemble:
    """Somebody in every post of a kind, in the organisation given (else a new one) and in another of the kind."""
    found = Ensemble()
    # Below 900 for every kind: there identity numbers begin anew.
    serial = 400 + 45 * list(OrganisationKind).index(kind)
    here = near or found_one(kind, serial, cast.JINCHENG)
    there = far or found_one(kind, serial + 1, FAR_TOWN)
    posts = [key for key, post in POSTS.items() if post.kind == kind]
    for step, key in enumerate(posts):
        found.near[key] = cast.in_post(cast.new_person(serial + 2 + step, "近成员"), here, key)
        # There is one operator; and of kinds that have no desk of their own yet, one from elsewhere shows it for all.
        if kind in WITH_DESKS or (kind is not OrganisationKind.OPERATOR and step == 0):
            found.far[key] = cast.in_post(cast.new_person(serial + 30 + step, "远成员"), there, key)
    return found


def everybody(stage: Any, **more: cast.Member) -> dict[str, cast.Member]:
    """The whole cast: every post, of the organisation concerned and of another, and people without one."""
    jia = Organisation.objects.get(pk=stage.head.organisation.pk)
    found = {"customer": stage.customer, "worker": stage.people[0], "other worker": stage.people[1], **more}
    for kind in OrganisationKind:
        agency = kind is OrganisationKind.AGENCY
        near = jia if agency else Organisation.objects.filter(kind=kind).first()
        people = ensemble(kind, near, stage.rival.organisation if agency else None)
        found |= people.near | {f"{name} of another": one for name, one in people.far.items()}
    return found


def found_one(kind: OrganisationKind, serial: int, town_code: str) -> Organisation:
    return accounts.found_organisation(
        kind=kind, name=f"{kind}-{serial}", uscc=cast.uscc(serial), city_code=CITY, town_code=town_code, by=SYSTEM,
        at=cast.BEGIN,
    )  # fmt: skip

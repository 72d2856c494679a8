"""Fixtures of the safety code's tests: the workers' world, an entrusted association, the city's bureau."""

from anxin.accounts.models import Appointment, Organisation
from tests.cast import Member, in_post, new_organisation, new_person
from tests.safetycode.entrusting import entrust
from tests.tape import taped
from tests.workers.conftest import world

__all__ = ["world"]


@taped
def carer(association_staff: Member) -> Member:
    Organisation.objects.filter(pk=association_staff.organisation.pk).update(region="330112")
    post = Appointment.objects.select_related("organisation", "person").get(person=association_staff.id)
    entrust(post.organisation, "330112")
    return Member(post.person, post)


@taped
def head(db: None) -> Member:
    body = new_organisation("bureau", "杭州市商务主管部门", 409)
    Organisation.objects.filter(pk=body.pk).update(region="3301")
    body.refresh_from_db()
    return in_post(new_person(69, "冯局"), body, "bureau.head")

"""Reviewing and issuing are entrusted apart: to an association, to a credit agency, one or both."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.db import IntegrityError, transaction

from anxin.accounts.models import Organisation, Person
from anxin.accounts.values import POSTS
from anxin.kit.actor import SYSTEM, Actor
from anxin.kit.clock import local
from anxin.kit.errors import Refusal
from anxin.notices.models import Notice
from anxin.safetycode import public as codes
from anxin.safetycode.actions import applying
from anxin.safetycode.actions.applying.refusals import NoApplication, NotEntrustedToReview
from anxin.safetycode.models import Appeal, Application, Delegation, Issue, SafetyCode
from anxin.safetycode.queries import applications
from anxin.safetycode.values.applying import Desk
from anxin.safetycode.values.care import Task
from tests.cast import token_of
from tests.safetycode.applying import COUNTY, Cast, brought_to, in_office, opened, world
from tests.safetycode.entrusting import entrust
from tests.safetycode.test_apply_pages import QUEUE, browser, post_of
from tests.tape import taped
from tests.workers.world import NOW

__all__ = ["world"]

LATER = NOW + timedelta(days=1)


def house(actor: Actor) -> Organisation:
    found: Organisation = Organisation.objects.get(pk=actor.organisation_id)
    return found


def credit(post: str, *tasks: Task, beside: Actor | None = None) -> Actor:
    """Somebody in a post of a credit agency that the bureau entrusted with `tasks`."""
    who = in_office("credit", post, organisation=house(beside) if beside else None)
    if tasks:
        entrust(house(who), COUNTY, tasks=tasks)
    return who


@taped
def issuer(world: Cast) -> Actor:
    """Who issues for a credit agency that was entrusted with just that."""
    return credit("issuer", Task.ISSUE)


@taped
def approved(world: Cast, issuer: Actor) -> Application:
    return brought_to(world, "approved")


def only(world: Cast, *tasks: Task) -> None:
    """The association has leave for these tasks alone."""
    Delegation.objects.all().delete()
    if tasks:
        entrust(house(world.association), COUNTY, tasks=tasks)


def sees(actor: Actor) -> bool:
    return Application.objects.visible_to(actor).exists()


def mine(actor: Actor) -> int:
    return applications.figures(actor, LATER).mine


@pytest.mark.requirement("D-5a")
def test_who_may_only_review_does_not_issue(world: Cast) -> None:
    only(world, Task.REVIEW)
    row = brought_to(world, "association_review")
    assert mine(world.association) == 1
    applying.pass_on(application_id=row.pk, by=world.association, at=LATER)
    other = credit("issuer", Task.ISSUE)
    row = Application.objects.get()
    row.state = "approved"
    row.save(update_fields=["state"])
    assert (mine(world.association), mine(other)) == (0, 1)
    with pytest.raises(codes.NotEntrusted):
        applying.issue_applied(application_id=row.pk, by=world.association, at=LATER)
    assert not SafetyCode.objects.exists()


@pytest.mark.requirement("D-5a")
def test_who_may_only_issue_does_not_review(world: Cast) -> None:
    row = brought_to(world, "association_review")
    only(world, Task.ISSUE)
    assert mine(world.association) == 0
    with pytest.raises(NotEntrustedToReview):
        applying.pass_on(application_id=row.pk, by=world.association, at=LATER)
    with pytest.raises(NotEntrustedToReview):
        applying.send_back(application_id=row.pk, why="缺件", by=world.association, at=LATER)
    assert Application.objects.get().state == "association_review"
    with time_machine.travel(LATER, tick=False):
        page = browser(world.association).get(f"{QUEUE}{row.number}/").content.decode()
    assert "没有受托复核" in page and "复核通过，报主管部门" not in page


@pytest.mark.requirement("D-5a")
@pytest.mark.requirement("D-9")
def test_a_credit_agency_issues_what_others_reviewed(
    world: Cast, issuer: Actor, approved: Application
) -> None:
    assert Notice.objects.filter(person=issuer.person_id, title__contains="待发放").count() == 1
    done = applying.issue_applied(application_id=approved.pk, by=issuer, at=LATER)
    assert done.state == "issued"
    issue = Issue.objects.get()
    assert issue.issuer_id == issuer.organisation_id and issue.delegation is not None
    assert (issue.delegation.reviews, issue.delegation.issues) == (False, True)
    # Who issues, manages.
    codes.suspend(worker_id=world.worker.pk, why="投诉核查", by=issuer, at=LATER)
    assert SafetyCode.objects.get().state == "suspended"


def test_a_post_for_one_is_none_for_the_other_though_the_house_has_both(world: Cast) -> None:
    reviewer = credit("reviewer", Task.REVIEW, Task.ISSUE)
    issuer = credit("issuer", beside=reviewer)
    row = brought_to(world, "association_review")
    with pytest.raises(NoApplication):
        applying.pass_on(application_id=row.pk, by=issuer, at=LATER)
    applying.pass_on(application_id=row.pk, by=reviewer, at=LATER)
    applying.clear(application_id=row.pk, by=world.bureau, at=LATER)
    Application.objects.update(state="approved")
    with pytest.raises(applying.NotYourTurn):
        applying.issue_applied(application_id=row.pk, by=reviewer, at=LATER)
    assert "safetycode.vet" not in POSTS["credit.issuer"].permissions
    assert "safetycode.issue" not in POSTS["credit.reviewer"].permissions


def test_a_credit_agency_sees_what_waits_for_it_and_what_it_did_and_no_more(world: Cast) -> None:
    issuer, reviewer = credit("issuer", Task.ISSUE), credit("reviewer", Task.REVIEW)
    far = in_office("credit", "head", "330122")
    opened(world)
    assert not any(sees(one) for one in (issuer, reviewer, far))
    Application.objects.all().delete()
    row = brought_to(world, "association_review")
    assert (sees(issuer), sees(reviewer), sees(far)) == (False, True, False)
    applying.pass_on(application_id=row.pk, by=reviewer, at=LATER)
    # What went through its hands stays in its sight.
    assert (sees(issuer), sees(reviewer), sees(far)) == (False, True, False)
    Application.objects.update(state="approved")
    assert (sees(issuer), sees(far)) == (True, False)


def test_where_nobody_is_entrusted_the_bureau_hears_it(world: Cast) -> None:
    only(world)
    chief = in_office("bureau", "head", organisation=house(world.bureau))
    row = opened(world)
    applying.submit(application_id=row.pk, declared=True, by=world.own, at=NOW)
    applying.forward(application_id=row.pk, by=world.head, at=LATER)
    told = Notice.objects.filter(title__contains="待复核")
    assert [one.person_id for one in told] == [chief.person_id]
    assert applications.people_at(Desk.ISSUER, row, LATER) == {chief.person_id}


@pytest.mark.requirement("D-9")
def test_one_task_does_not_bring_the_other(world: Cast) -> None:
    chief = in_office("bureau", "head", organisation=house(world.bureau))
    who = credit("head")
    given = {
        "issuer_id": who.organisation_id, "area": COUNTY, "starts_at": NOW, "ends_at": None, "document": "文1",
        "reason": "委托", "by": chief, "at": NOW,
    }  # fmt: skip
    with pytest.raises(Refusal):
        codes.entrust(tasks=[], **given)
    assert Delegation.objects.filter(issuer=who.organisation_id).count() == 0
    row = codes.entrust(tasks=[Task.REVIEW], **given)
    assert (row.reviews, row.issues) == (True, False)
    with pytest.raises(Refusal):
        codes.issue(worker_id=world.worker.pk, by=who, at=LATER)
    assert Notice.objects.filter(person=who.person_id, kind="safetycode.delegation").count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=row.pk).update(reviews=False)


def test_the_database_lets_nobody_issue_by_leave_to_review(world: Cast) -> None:
    brought_to(world, "issued")
    issue = Issue.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        Delegation.objects.filter(pk=issue.delegation_id).update(issues=False)
        Issue.objects.filter(pk=issue.pk).update(issued_at=issue.issued_at + timedelta(seconds=1))
    assert Delegation.objects.get(pk=issue.delegation_id).issues


def test_a_refusal_at_the_issue_is_answered_by_who_issues_and_decided_by_the_bureau(
    world: Cast, issuer: Actor, approved: Application
) -> None:
    applying.reject(application_id=approved.pk, why="号码有误", by=issuer, at=LATER)
    filed = applying.appeal(
        worker_id=world.worker.pk, application_id=approved.pk, statement="没有误", by=world.own, at=LATER
    )
    assert (filed.desk, filed.against_id) == ("bureau", issuer.organisation_id)
    assert [one.pk for one in Appeal.objects.visible_to(issuer)] == [filed.pk]
    assert not Appeal.objects.visible_to(credit("reviewer")).exists()
    applying.answer(appeal_id=filed.pk, text="号码与身份证不符", by=issuer, at=LATER)
    applying.reply(appeal_id=filed.pk, text="", by=world.own, at=LATER)
    applying.decide(appeal_id=filed.pk, upheld=True, ruling="相符", by=world.second, at=LATER)
    assert Application.objects.get().state == "approved"


def test_more_time_at_the_issue_may_be_given_by_who_issues(
    world: Cast, issuer: Actor, approved: Application
) -> None:
    assert applying.extend(application_id=approved.pk, days=2, why="证卡缺货", by=issuer, at=LATER).days == 2


@pytest.mark.requirement("D-9")
def test_the_pages_say_with_what_a_house_is_entrusted(world: Cast) -> None:
    issuer = credit("issuer", Task.ISSUE)
    reviewer = credit("reviewer", beside=issuer)
    row = brought_to(world, "approved")
    with time_machine.travel(LATER, tick=False):
        desk = browser(issuer)
        assert row.number in desk.get(QUEUE).content.decode()
        page = desk.get(f"{QUEUE}{row.number}/").content.decode()
        assert "发放安心码和服务证" in page and "复核通过" not in page
        told = desk.get("/desk/care/delegations/").content.decode()
        assert ">发码和管理</td>" in told
        assert desk.get("/desk/care/").status_code == 403 and desk.get("/desk/codes/").status_code == 200
        shown = browser(reviewer)
        assert shown.get("/desk/codes/").status_code == 403
        assert row.number not in shown.get(QUEUE).content.decode()


@pytest.mark.requirement("D-9")
def test_programs_name_the_tasks(world: Cast) -> None:
    issuer = credit("issuer", Task.ISSUE)
    browser(issuer)
    with time_machine.travel(LATER, tick=False):
        mark = token_of(Person.objects.get(pk=issuer.person_id), post_of(issuer))
        [row] = browser(issuer).get("/api/v1/safety-code/delegations", headers=mark).json()
    assert row["tasks"] == ["issues"]


@pytest.mark.requirement("D-5a")
@pytest.mark.requirement("D-9")
def test_who_comes_too_late_is_told_which_house_took_the_step(world: Cast) -> None:
    first, second = credit("issuer", Task.ISSUE), credit("issuer", Task.ISSUE)
    Organisation.objects.filter(pk=first.organisation_id).update(name="甲信用公司")
    row = brought_to(world, "approved")
    browser(second), browser(first)
    with time_machine.travel(LATER, tick=False):
        desk = browser(second)
        assert desk.get(f"{QUEUE}{row.number}/").status_code == 200
        applying.issue_applied(application_id=row.pk, by=first, at=LATER)
        late = desk.get(f"{QUEUE}{row.number}/")
        told = late.content.decode()
        assert late.status_code == 409 and told.count("其他单位已经办理") == 2  # title and heading
        assert "甲信用公司" in told and f"{local(LATER):%Y-%m-%d %H:%M}" in told
        assert world.worker.person.name not in told and world.worker.number not in told
        sent = desk.post(f"{QUEUE}{row.number}/decision/", {"verdict": "forward", "why": ""})
        assert sent.status_code == 409 and "甲信用公司" in sent.content.decode()
        batched = desk.post(f"{QUEUE}forwards/", {"row": [row.number, "A000000-NONE"]}).content.decode()
        assert batched.count("甲信用公司") == 1
        mark = token_of(Person.objects.get(pk=second.person_id), post_of(second))
        answer = desk.get(f"/api/v1/safety-code/applications/{row.number}", headers=mark)
        assert (answer.status_code, answer.json()["code"]) == (409, "handled_elsewhere")
        # Who took it has it in sight still.
        assert browser(first).get(f"{QUEUE}{row.number}/").status_code == 200
    with pytest.raises(applications.HandledElsewhere):
        applying.issue_applied(application_id=row.pk, by=second, at=LATER)
    assert Issue.objects.count() == 1


def test_for_whom_it_never_waited_there_is_no_such_case(world: Cast) -> None:
    first, reviewer, idle = credit("issuer", Task.ISSUE), credit("issuer", Task.REVIEW), credit("issuer")
    far = in_office("credit", "head", "330122")
    entrust(house(far), "330122", tasks=[Task.ISSUE])
    row = brought_to(world, "approved")
    applying.issue_applied(application_id=row.pk, by=first, at=LATER)
    later = credit("issuer")
    codes.entrust(
        issuer_id=later.organisation_id, area=COUNTY, tasks=[Task.ISSUE], starts_at=LATER + timedelta(days=1),
        ends_at=None, document="文2", reason="委托", by=SYSTEM, at=LATER,
    )  # fmt: skip
    strangers = (reviewer, idle, far, later, world.rival, Actor(None))
    with time_machine.travel(LATER, tick=False):
        for who in strangers:
            assert applications.handled_elsewhere(who, number=row.number) is None
        for who in (reviewer, idle, far, later):
            assert browser(who).get(f"{QUEUE}{row.number}/").status_code == 404
    # While it goes its way nobody has taken the step.
    assert applications.handled_elsewhere(first, number="A000000-NONE") is None

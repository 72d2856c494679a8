"""Addresses of workers' pages. The public e-card is the safety code's."""

from django.urls import path

from anxin.workers.pages import archive, archives, authorisation, desk, phone

app_name = "workers"
urlpatterns = [
    path("worker/enrolment/", phone.enrolment, name="enrolment"),
    path("worker/papers/", phone.papers, name="papers"),
    path("worker/profile/", phone.profile, name="profile"),
    path("worker/photo/", phone.photo, name="photo"),
    path("worker/photo/removal/", phone.photo_removal, name="photo_removal"),
    path("worker/skills/", phone.skills, name="skills"),
    path("worker/areas/", phone.areas, name="areas"),
    path("worker/shifts/", phone.shifts, name="shifts"),
    path("worker/week/", phone.week, name="week"),
    path("worker/leave/", phone.leave, name="leave"),
    path("worker/leave/<str:booking_id>/cancellation/", phone.leave_cancellation, name="leave_cancellation"),
    path("worker/archive/", archive.archive, name="archive"),
    path("worker/archive/paper/", archive.paper, name="archive_paper"),
    path("worker/archive/education/", archive.education, name="education"),
    path("worker/archive/practices/", archive.practices, name="practices"),
    path(
        "worker/archive/practices/<str:practice_id>/removal/",
        archive.practice_removal,
        name="practice_removal",
    ),
    path("worker/archive/conducts/<str:conduct_id>/appeal/", archive.appeal, name="conduct_appeal"),
    path("worker/departure/", archive.departure, name="own_departure"),
    path("worker/return/", archive.coming_back, name="coming_back"),
    path("worker/authorisation/", authorisation.authorisation, name="authorisation"),
    path("worker/authorisation/code/", authorisation.code, name="authorisation_code"),
    path("worker/authorisation/signature/", authorisation.signature, name="authorisation_signature"),
    path("worker/authorisation/withdrawal/", authorisation.withdrawal, name="authorisation_withdrawal"),
    path("authorisations/<str:number>/paper/", authorisation.document, name="authorisation_paper"),
    path("desk/workers/", desk.staff, name="staff"),
    path("desk/workers/papers/", archives.papers, name="verification_queue"),
    path("desk/workers/former/", archives.former, name="former"),
    path("desk/workers/appeals/", archives.appeals, name="appeals"),
    path("desk/workers/appeals/<str:conduct_id>/decision/", archives.decision, name="appeal_decision"),
    path(
        "desk/workers/conducts/<str:conduct_id>/revocation/", archives.revocation, name="conduct_revocation"
    ),
    path("desk/workers/new/", desk.taking_on, name="taking_on"),
    path("desk/workers/<str:number>/", desk.member, name="member"),
    path("desk/workers/<str:number>/papers/", desk.paper, name="paper"),
    path(
        "desk/workers/<str:number>/papers/<str:credential_id>/verification/",
        desk.verification,
        name="verification",
    ),
    path(
        "desk/workers/<str:number>/papers/<str:credential_id>/withdrawal/", desk.withdrawal, name="withdrawal"
    ),
    path("desk/workers/<str:number>/skills/", desk.skills, name="member_skills"),
    path("desk/workers/<str:number>/areas/", desk.areas, name="member_areas"),
    path("desk/workers/<str:number>/shifts/", desk.shifts, name="member_shifts"),
    path("desk/workers/<str:number>/leave/", desk.leave, name="member_leave"),
    path("desk/workers/<str:number>/archive/", archives.archive, name="member_archive"),
    path("desk/workers/<str:number>/conducts/", archives.conduct, name="conduct"),
    path("desk/workers/<str:number>/departure/", archives.departure, name="departure"),
    path("desk/workers/<str:number>/grabbing/", desk.grabbing, name="grabbing"),
    path("desk/workers/<str:number>/state/", desk.state, name="state"),
]

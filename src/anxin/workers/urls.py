"""Addresses of workers' pages. The public e-card is the safety code's."""

from django.urls import path

from anxin.workers.pages import desk, phone

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
    path("desk/workers/", desk.staff, name="staff"),
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
    path("desk/workers/<str:number>/departure/", desk.departure, name="departure"),
    path("desk/workers/<str:number>/grabbing/", desk.grabbing, name="grabbing"),
    path("desk/workers/<str:number>/state/", desk.state, name="state"),
]

"""Addresses of the inbox."""

from django.urls import path

from anxin.notices import pages

app_name = "notices"
urlpatterns = [
    path("inbox/", pages.inbox, name="inbox"),
    path("inbox/list/", pages.fragment, name="fragment"),
    path("inbox/badge/", pages.badge, name="badge"),
    path("inbox/reading/", pages.read_all, name="read_all"),
    path("inbox/<uuid:notice_id>/reading/", pages.read, name="read"),
]

"""Addresses of the inbox."""

from django.urls import path

from anxin.notices.pages import announcements
from anxin.notices.pages import inbox as pages

app_name = "notices"
urlpatterns = [
    path("inbox/", pages.inbox, name="inbox"),
    path("inbox/advertising/", pages.advertising, name="advertising"),
    path("announcements/", announcements.send, name="send"),
    path("announcements/list/", announcements.fragment, name="announcements_fragment"),
    path("announcements/<uuid:announcement_id>/stop/", announcements.stop, name="stop"),
    path("inbox/list/", pages.fragment, name="fragment"),
    path("inbox/badge/", pages.badge, name="badge"),
    path("inbox/reading/", pages.read_all, name="read_all"),
    path("inbox/<uuid:notice_id>/reading/", pages.read, name="read"),
]

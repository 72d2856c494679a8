"""Addresses of governance."""

from django.urls import path

from anxin.governance.pages import notice

app_name = "governance"
urlpatterns = [
    path("privacy/", notice.notice, name="privacy"),
]

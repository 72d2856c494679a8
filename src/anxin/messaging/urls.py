"""Addresses of messaging."""

from django.urls import path

from anxin.messaging import pages

app_name = "messaging"
urlpatterns = [path("desk/sms/", pages.outbox, name="outbox")]

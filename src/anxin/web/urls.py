"""Addresses of the pages that show several areas."""

from django.urls import path

from anxin.web import pages

app_name = "web"
urlpatterns = [
    path("", pages.home, name="home"),
    path("health/", pages.health, name="health"),
]

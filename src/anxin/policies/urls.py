"""Addresses of the rules."""

from django.urls import path

from anxin.policies import pages

app_name = "policies"
urlpatterns = [
    path("rules/", pages.published, name="published"),
    path("desk/rules/", pages.desk, name="desk"),
    path("desk/rules/<str:key>/", pages.rule, name="rule"),
    path("desk/rules/<str:key>/change/", pages.change, name="change"),
]

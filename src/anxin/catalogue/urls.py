"""Addresses of the catalogue."""

from django.urls import path

from anxin.catalogue import pages

app_name = "catalogue"
urlpatterns = [
    path("services/", pages.services, name="services"),
    path("services/<str:code>/", pages.service, name="service"),
    path("desk/catalogue/", pages.desk, name="desk"),
    path("desk/catalogue/publication/", pages.publish, name="publish"),
]

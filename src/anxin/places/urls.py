"""Addresses of geography and calendar."""

from django.urls import path

from anxin.places import pages

app_name = "places"
urlpatterns = [
    path("places/villages/", pages.villages, name="villages"),
    path("places/outline.geojson", pages.outline, name="outline"),
    path("desk/calendar/", pages.calendar, name="calendar"),
    path("desk/calendar/days/", pages.set_day, name="set_day"),
    path("desk/points/", pages.points, name="points"),
    path("desk/points/<str:code>/", pages.point, name="point"),
]

"""Addresses of files."""

from django.urls import path

from anxin.files import pages

app_name = "files"
urlpatterns = [path("files/<str:token>/", pages.file, name="file")]

"""Addresses of files."""

from django.urls import path

from anxin.files import pages

app_name = "files"
urlpatterns = [
    path("files/<str:token>/", pages.file, name="file"),
    path("uploads/", pages.uploads, name="uploads"),
    path("uploads/<str:upload_id>/", pages.upload, name="upload"),
]

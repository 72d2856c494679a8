"""Addresses of the ledger."""

from django.urls import path

from anxin.ledger import pages

app_name = "ledger"
urlpatterns = [path("book/", pages.book, name="book")]

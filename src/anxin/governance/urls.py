"""Addresses of governance."""

from django.urls import path

from anxin.governance.pages import closing, copies, looks, mine, notice

app_name = "governance"
urlpatterns = [
    path("privacy/", notice.notice, name="privacy"),
    path("me/privacy/", mine.mine, name="mine"),
    path("me/privacy/looks/", looks.at_me, name="at_me"),
    path("me/privacy/copies/", copies.copies, name="copies"),
    path("me/privacy/copies/<str:token>/", copies.copy, name="copy"),
    path("me/privacy/closing/", closing.closing, name="closing"),
    path("desk/looks/", looks.watched, name="watched"),
    path("look/<str:kind>/<uuid:record>/", looks.look, name="look"),
]

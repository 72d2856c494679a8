"""Addresses of choosing and ranking."""

from django.urls import path

from anxin.matching import pages

app_name = "matching"
urlpatterns = [
    path("desk/dispatch/", pages.board, name="board"),
    path("orders/<str:number>/candidates/", pages.candidates, name="candidates"),
    path("orders/<str:number>/assignment/", pages.propose, name="propose"),
    path("orders/<str:number>/assignment/withdrawal/", pages.withdraw, name="withdraw"),
    path("orders/<str:number>/standing/", pages.standing, name="standing"),
    path("rules/ranking/", pages.published, name="published"),
]

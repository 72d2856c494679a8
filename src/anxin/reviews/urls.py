"""Addresses of reviews."""

from django.urls import path

from anxin.reviews import pages

app_name = "reviews"
urlpatterns = [
    path("orders/<str:number>/review/", pages.write, name="write"),
    path("agencies/<str:number>/reviews/", pages.of_agency, name="of_agency"),
    path("workers/<str:number>/reviews/", pages.of_worker, name="of_worker"),
    path("desk/reviews/", pages.desk, name="desk"),
    path("reviews/<uuid:review_id>/answer/", pages.answer, name="answer"),
    path("oversight/reviews/", pages.overseen, name="overseen"),
    path("operator/reviews/", pages.manage, name="manage"),
    path("reviews/<uuid:review_id>/hiding/", pages.hide, name="hide"),
    path("reviews/<uuid:review_id>/showing/", pages.show, name="show"),
    path("reviews/<uuid:review_id>/look/", pages.look, name="look"),
]

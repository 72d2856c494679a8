"""An empty Django view with one query: what a page cannot be faster than."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from anxin.orders.models import Order


def one(request: HttpRequest, number: str) -> HttpResponse:
    return HttpResponse(Order.objects.values_list("state", flat=True).get(number=number))


urlpatterns = [path("bare/<str:number>/", one)]

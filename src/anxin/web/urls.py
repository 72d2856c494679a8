"""Addresses of the pages that show several areas."""

from django.urls import path

from anxin.web.pages import (
    audit,
    desks,
    home,
    offices,
    offline,
    order,
    preferences,
    search,
    sheet,
    styleguide,
)

app_name = "web"
urlpatterns = [
    path("", home.home, name="home"),
    path("orders/<str:number>/", order.order, name="order"),
    path("orders/<str:number>/live/", order.order_live, name="order_live"),
    path("orders/<str:number>/sheet/", sheet.sheet, name="sheet"),
    path("sw.js", offline.service_worker, name="service_worker"),
    path("offline/", offline.offline, name="offline"),
    path("today/", desks.today, name="today"),
    path("today/live/", desks.today_live, name="today_live"),
    path("desk/", desks.agency_desk, name="agency_desk"),
    path("desk/live/", desks.agency_desk_live, name="agency_desk_live"),
    path("supervision/", offices.supervision_desk, name="supervision_desk"),
    path("operator/", offices.operator_desk, name="operator_desk"),
    path("operator/audit/", audit.trail, name="audit"),
    path("audit/key.pem", audit.key, name="audit_key"),
    path("operator/audit/check/", audit.check, name="audit_check"),
    path("search/", search.search, name="search"),
    path("health/", home.health, name="health"),
    path("preferences/", preferences.preferences, name="preferences"),
    path("styleguide/", styleguide.styleguide, name="styleguide"),
    path("styleguide/live/", styleguide.fragment, name="styleguide_fragment"),
    path("styleguide/<slug:layout>/", styleguide.styleguide, name="styleguide_layout"),
]

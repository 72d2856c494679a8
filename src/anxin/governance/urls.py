"""Addresses of governance."""

from django.urls import path

from anxin.governance.pages import closing, consents, copies, corrections, looks, mine, notice, retention

app_name = "governance"
urlpatterns = [
    path("privacy/", notice.notice, name="privacy"),
    path("me/privacy/", mine.mine, name="mine"),
    path("me/privacy/looks/", looks.at_me, name="at_me"),
    path("me/privacy/copies/", copies.copies, name="copies"),
    path("me/privacy/copies/<str:token>/", copies.copy, name="copy"),
    path("me/privacy/closing/", closing.closing, name="closing"),
    path("me/consents/", consents.mine, name="consents"),
    path("me/consents/<str:purpose>/giving/", consents.give, name="give_consent"),
    path("me/consents/<str:purpose>/withdrawal/", consents.take_back, name="take_back_consent"),
    path("me/privacy/corrections/", corrections.mine, name="corrections"),
    path(
        "me/privacy/corrections/<uuid:correction_id>/withdrawal/",
        corrections.withdraw,
        name="withdraw_correction",
    ),
    path("operator/privacy/", corrections.desk, name="desk"),
    path("operator/privacy/<uuid:correction_id>/decision/", corrections.decide, name="decide_correction"),
    path("operator/retention/", retention.retention, name="retention"),
    path("desk/looks/", looks.watched, name="watched"),
    path("look/<str:kind>/<uuid:record>/", looks.look, name="look"),
]

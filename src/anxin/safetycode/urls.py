"""Addresses of the safety code."""

from django.urls import path

from anxin.safetycode.pages import desk, look, own, past, ruling, signed

app_name = "safetycode"
urlpatterns = [
    path("code/", own.mine, name="mine"),
    path("code/live/", own.live, name="live"),
    path("code/past/", past.mine, name="my_past"),
    path("code/rules/", ruling.published, name="rules"),
    path("c/<str:token>/", look.scan, name="scan"),
    path("check/", look.check, name="check"),
    path("check/offline/", signed.offline, name="offline"),
    path("check/keys/", signed.keys, name="keys"),
    path("check/status/<int:number>/", signed.status, name="status"),
    path("workers/<str:number>/", look.card, name="card"),
    path("desk/codes/", desk.codes, name="codes"),
    path("desk/codes/rules/", ruling.choose, name="choose_rules"),
    path("desk/codes/<str:number>/", desk.code, name="code"),
    path("desk/codes/<str:number>/past/", past.past, name="past"),
    path("desk/codes/<str:number>/card/", desk.printed, name="printed"),
    path("desk/codes/<str:number>/issue/", desk.issue, name="issue"),
    path("desk/codes/<str:number>/suspension/", desk.suspend, name="suspend"),
    path("desk/codes/<str:number>/restoration/", desk.restore, name="restore"),
    path("desk/codes/<str:number>/revocation/", desk.revoke, name="revoke"),
]

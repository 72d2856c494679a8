"""Addresses of the safety code."""

from django.urls import path

from anxin.safetycode.pages import desk, look, own, past, ruling, signed
from anxin.safetycode.pages.applying import appeals, uploads
from anxin.safetycode.pages.applying import desk as applying
from anxin.safetycode.pages.applying import own as applied

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
    path("code/application/", applied.application, name="application"),
    path("code/application/live/", applied.live, name="application_live"),
    path("code/application/submission/", applied.submission, name="application_submission"),
    path("code/application/resubmission/", applied.resubmission, name="application_resubmission"),
    path("code/application/withdrawal/", applied.withdrawal, name="application_withdrawal"),
    path("code/appeals/", appeals.own, name="appeals"),
    path("code/appeals/<str:number>/", appeals.one, name="appeal"),
    path("code/appeals/<str:number>/reply/", appeals.reply, name="appeal_reply"),
    path("code/appeals/<str:number>/withdrawal/", appeals.withdrawal, name="appeal_withdrawal"),
    path("desk/code-applications/", applying.queue, name="applications"),
    path("desk/code-applications/late/", applying.late, name="late"),
    path("desk/code-applications/new/", applying.new, name="new_application"),
    path("desk/code-applications/forwards/", applying.forwards, name="forwards"),
    path("desk/code-applications/uploads/", uploads.upload, name="upload"),
    path("desk/code-applications/uploads/template/", uploads.template, name="upload_template"),
    path("desk/code-applications/uploads/<uuid:upload_id>/", uploads.preview, name="preview"),
    path("desk/code-applications/uploads/<uuid:upload_id>/faults/", uploads.faults, name="upload_faults"),
    path("desk/code-applications/uploads/<uuid:upload_id>/import/", uploads.imported, name="upload_import"),
    path("desk/code-applications/uploads/<uuid:upload_id>/end/", uploads.given_up, name="upload_end"),
    path("desk/code-applications/<str:number>/", applying.application, name="desk_application"),
    path("desk/code-applications/<str:number>/decision/", applying.decision, name="decision"),
    path("desk/code-applications/<str:number>/pause/", applying.stop, name="pause"),
    path("desk/code-applications/<str:number>/resumption/", applying.go_on, name="resume"),
    path("desk/code-applications/<str:number>/extension/", applying.extension, name="extension"),
    path("desk/appeals/", appeals.listed, name="desk_appeals"),
    path("desk/appeals/<str:number>/", appeals.desk_one, name="desk_appeal"),
    path("desk/appeals/<str:number>/answer/", appeals.answer, name="appeal_answer"),
    path("desk/appeals/<str:number>/decision/", appeals.decision, name="appeal_decision"),
]

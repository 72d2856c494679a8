"""Addresses of accounts."""

from django.urls import path

from anxin.accounts.pages import factors, kept, me, notice, rights, second, sign_in, staff, step_up

app_name = "accounts"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-in/code/", sign_in.sign_in_code, name="sign_in_code"),
    path("sign-in/password/", sign_in.sign_in_password, name="sign_in_password"),
    path("sign-in/second/", second.second, name="second"),
    path("sign-in/kept/", kept.kept, name="kept"),
    path("sign-in/notice/", notice.notice, name="notice"),
    path("sign-in/passkey/", second.passkey_sign_in, name="passkey_sign_in"),
    path("sign-in/passkey/question/", second.passkey_question, name="passkey_question"),
    path("sign-in/link/<str:token>/", second.link, name="link"),
    path("step-up/", step_up.step_up, name="step_up"),
    path("step-up/code/", step_up.code, name="step_up_code"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("demo/sign-in/<slug:key>/", sign_in.demo_sign_in, name="demo_sign_in"),
    path("post/", sign_in.switch_post, name="switch_post"),
    path("me/", me.me, name="me"),
    path("me/real-name/", me.real_name, name="real_name"),
    path("me/password/", me.password, name="password"),
    path("me/password/code/", me.password_code, name="password_code"),
    path("me/phone/", me.phone, name="phone"),
    path("me/phone/code/", me.phone_code, name="phone_code"),
    path("me/security/", factors.security, name="security"),
    path("me/security/totp/", factors.totp, name="totp"),
    path("me/security/totp/removal/", factors.totp_removal, name="totp_removal"),
    path("me/security/recovery/", factors.recovery, name="recovery"),
    path("me/security/passkeys/", factors.passkeys, name="passkeys"),
    path("me/security/passkeys/question/", factors.passkey_question, name="passkey_new_question"),
    path("me/security/passkeys/<str:passkey_id>/name/", factors.passkey_name, name="passkey_name"),
    path("me/security/passkeys/<str:passkey_id>/removal/", factors.passkey_removal, name="passkey_removal"),
    path("me/sign-ins/end/", me.end_others, name="end_others"),
    path("me/sign-ins/<str:sign_in_id>/end/", me.end_sign_in, name="end_sign_in"),
    path("rights/", rights.rights, name="rights"),
    path("rights/stand-ins/", rights.stand_in, name="stand_in"),
    path("rights/stand-ins/<str:appointment_id>/end/", rights.stand_in_end, name="stand_in_end"),
    path("rights/requests/", rights.ask, name="ask_rights"),
    path("rights/requests/<str:request_id>/withdrawal/", rights.withdrawal, name="request_withdrawal"),
    path("rights/requests/<str:request_id>/decision/", rights.decision, name="request_decision"),
    path("staff/", staff.staff, name="staff"),
    path("desk/organisations/", staff.organisations, name="organisations"),
    path("desk/organisations/<str:organisation_id>/", staff.organisation, name="organisation"),
    path("staff/<str:appointment_id>/dismissal/", staff.dismissal, name="dismissal"),
]

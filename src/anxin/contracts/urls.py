"""Addresses of contracts."""

from django.urls import path

from anxin.contracts.pages import desk, reading, seal, texts, verification

app_name = "contracts"
urlpatterns = [
    path("verify/", verification.verify, name="verify"),
    path("verify/file/", verification.file, name="verify_file"),
    path("verify/root/", verification.root, name="root"),
    path("verify/revoked/", verification.revoked, name="revoked"),
    path("verify/<slug:number>/", verification.record, name="record"),
    path("contracts/", desk.desk, name="desk"),
    path("contracts/mine/", reading.mine, name="mine"),
    path("contracts/seal/", seal.seal, name="seal"),
    path("contracts/seal/<uuid:seal_id>/picture/", seal.picture, name="seal_picture"),
    path("contracts/seal/<uuid:seal_id>/suspension/", seal.suspend, name="seal_suspension"),
    path("contracts/seal/<uuid:seal_id>/resumption/", seal.resume, name="seal_resumption"),
    path("contracts/seal/<uuid:seal_id>/revocation/", seal.revoke, name="seal_revocation"),
    path("contracts/texts/", texts.templates, name="templates"),
    path("contracts/texts/<uuid:template_id>/", texts.text, name="text"),
    path("contracts/<slug:number>/", reading.contract, name="contract"),
    path("contracts/<slug:number>/status/", reading.status, name="status"),
    path("contracts/<slug:number>/correction/", reading.correction, name="correction"),
    path("contracts/<slug:number>/code/", reading.code, name="code"),
    path("contracts/<slug:number>/signature/", reading.signature, name="signature"),
    path("contracts/<slug:number>/sealing/", desk.sealing, name="sealing"),
    path("contracts/<slug:number>/document/", reading.document, name="document"),
    path("contracts/<slug:number>/evidence/", reading.evidence, name="evidence"),
]

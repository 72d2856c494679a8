"""Addresses of agencies: public pages, the agency's desk, the operator's desk."""

from django.urls import path

from anxin.agencies.pages import desk, directory, operator, services

app_name = "agencies"
urlpatterns = [
    path("agencies/", directory.directory, name="directory"),
    path("agencies/<str:number>/", directory.agency, name="agency"),
    path("agencies/<str:number>/services/<str:code>/", directory.service, name="service"),
    path("agencies/<str:number>/services/<str:code>/estimate/", directory.estimate, name="estimate"),
    path("services/<str:code>/offers/", directory.offers, name="offers"),
    path("compare/", directory.compare, name="compare"),
    path("join/", directory.join, name="join"),
    path("join/application/", desk.apply, name="apply"),
    path("join/agreement/", desk.agreement, name="agreement"),
    path("desk/agency/", desk.profile, name="profile"),
    path("desk/agency/profile/", desk.edit, name="edit"),
    path("desk/agency/documents/", desk.documents, name="documents"),
    path("desk/agency/documents/<uuid:document_id>/removal/", desk.remove_document, name="remove_document"),
    path("desk/agency/submission/", desk.submission, name="submission"),
    path("desk/agency/appeal/", desk.appeal, name="appeal"),
    path("desk/agency/departure/", desk.departure, name="departure"),
    path("desk/agency/return/", desk.stay, name="stay"),
    path("desk/agency/export/", desk.export, name="export"),
    path("desk/services/", services.items, name="items"),
    path("desk/services/new/", services.open_service, name="open_service"),
    path("desk/services/<uuid:service_id>/", services.editor, name="editor"),
    path("desk/services/<uuid:service_id>/draft/", services.draft, name="draft"),
    path("desk/services/<uuid:service_id>/discarding/", services.discard, name="discard"),
    path("desk/services/<uuid:service_id>/preview/", services.preview, name="preview"),
    path("desk/services/<uuid:service_id>/publication/", services.publication, name="publication"),
    path("desk/services/<uuid:service_id>/withdrawal/", services.withdrawal, name="withdrawal"),
    path("desk/services/<uuid:service_id>/versions/", services.versions, name="versions"),
    path("desk/applications/", operator.applications, name="applications"),
    path("desk/applications/<str:number>/", operator.application, name="application"),
    path("desk/applications/<str:number>/decision/", operator.decision, name="decision"),
    path("desk/applications/<str:number>/documents/<uuid:document_id>/check/", operator.check, name="check"),
    path("desk/applications/<str:number>/suspension/", operator.suspension, name="suspension"),
    path("desk/applications/<str:number>/reinstatement/", operator.reinstatement, name="reinstatement"),
    path("desk/applications/<str:number>/reverification/", operator.reverification, name="reverification"),
]

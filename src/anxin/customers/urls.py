"""Addresses of customers' pages."""

from django.urls import path

from anxin.customers import pages

app_name = "customers"
urlpatterns = [
    path("addresses/", pages.addresses, name="addresses"),
    path("addresses/new/", pages.add_address, name="add_address"),
    path("addresses/<str:address_id>/", pages.change_address, name="change_address"),
    path("addresses/<str:address_id>/removal/", pages.removal, name="remove_address"),
    path("household/", pages.household, name="household"),
    path("household/wishes/", pages.wishes, name="wishes"),
    path("household/<str:housemate_id>/removal/", pages.housemate_removal, name="remove_housemate"),
    path("desk/customers/", pages.clientele, name="clientele"),
    path("desk/customers/<str:customer_id>/", pages.client, name="client"),
]

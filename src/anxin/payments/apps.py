from importlib import import_module

from django.apps import AppConfig


class PaymentsConfig(AppConfig):
    name = "anxin.payments"
    label = "payments"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("anxin.payments.handlers")

from importlib import import_module

from django.apps import AppConfig


class GovernanceConfig(AppConfig):
    name = "anxin.governance"
    label = "governance"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        import_module("anxin.governance.handlers")

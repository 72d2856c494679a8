from django.apps import AppConfig


class ContractsConfig(AppConfig):
    name = "anxin.contracts"
    label = "contracts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anxin.contracts import handlers  # noqa: F401

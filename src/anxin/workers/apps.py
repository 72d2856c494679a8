from django.apps import AppConfig


class WorkersConfig(AppConfig):
    name = "anxin.workers"
    label = "workers"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anxin.workers import handlers  # noqa: F401

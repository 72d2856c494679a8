from django.apps import AppConfig


class SafetyCodeConfig(AppConfig):
    name = "anxin.safetycode"
    label = "safetycode"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anxin.safetycode import handlers  # noqa: F401

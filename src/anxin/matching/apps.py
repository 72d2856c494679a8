from django.apps import AppConfig


class MatchingConfig(AppConfig):
    name = "anxin.matching"
    label = "matching"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anxin.matching import handlers  # noqa: F401

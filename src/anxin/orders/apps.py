from django.apps import AppConfig


class OrdersConfig(AppConfig):
    name = "anxin.orders"
    label = "orders"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from anxin.orders import handlers  # noqa: F401

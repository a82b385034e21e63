from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "tiwizi.base"
    label = "base"

    def ready(self) -> None:
        from tiwizi.base import lookups

        lookups.register()

from django.apps import AppConfig


class BaseConfig(AppConfig):
    name = "tiwizi.base"
    label = "base"

from django.apps import AppConfig


class InteropConfig(AppConfig):
    name = "tiwizi.interop"
    label = "interop"

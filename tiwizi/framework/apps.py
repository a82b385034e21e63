from django.apps import AppConfig


class FrameworkConfig(AppConfig):
    name = "tiwizi.framework"
    label = "framework"

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "tiwizi.portal"
    label = "portal"

from django.apps import AppConfig


class NetworkConfig(AppConfig):
    name = "tiwizi.network"
    label = "network"

from django.apps import AppConfig


class PoolingConfig(AppConfig):
    name = "tiwizi.pooling"
    label = "pooling"

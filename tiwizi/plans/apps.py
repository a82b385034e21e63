from django.apps import AppConfig


class PlansConfig(AppConfig):
    name = "tiwizi.plans"
    label = "plans"

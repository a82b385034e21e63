from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "tiwizi.accounts"
    label = "accounts"

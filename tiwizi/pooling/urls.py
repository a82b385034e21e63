"""Addresses of the room pooling."""

from django.urls import URLPattern

app_name = "pooling"
urlpatterns: list[URLPattern] = []

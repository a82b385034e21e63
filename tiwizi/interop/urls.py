"""Addresses of the room interop."""

from django.urls import URLPattern

app_name = "interop"
urlpatterns: list[URLPattern] = []

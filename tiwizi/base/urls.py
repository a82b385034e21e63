"""Addresses of the room base."""

from django.urls import URLPattern

app_name = "base"
urlpatterns: list[URLPattern] = []

"""Addresses of the network."""

from django.urls import path

from tiwizi.network import views

app_name = "network"
urlpatterns = [
    path("b/<slug:slug>/people/", views.people, name="people"),
    path("bodies/", views.switcher, name="switcher"),
    path("roles/", views.roles, name="roles"),
]

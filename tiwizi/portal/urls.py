"""Addresses of the door portal."""

from django.urls import path

from tiwizi.portal import views

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("b/<slug:slug>/", views.body, name="body"),
    path("b/<slug:slug>/handover/", views.handover, name="handover"),
    path("account/my-data.zip", views.my_data, name="my-data"),
    path("credits/", views.credits_page, name="credits"),
]

"""Addresses of the base."""

from django.urls import path

from tiwizi.base import views

app_name = "base"
urlpatterns = [
    path("jobs/<uuid:pk>/", views.job, name="job"),
    path("drafts/", views.draft, name="draft"),
    path("what-we-keep/", views.keeping, name="keeping"),
    path("components/", views.components, name="components"),
]

"""Addresses of the room documents. Those below `documents/` may be sent larger requests (`DOCUMENT_REQUESTS`)."""

from django.urls import URLPattern, path

from tiwizi.documents import views

app_name = "documents"
urlpatterns: list[URLPattern] = [
    path("b/<slug:slug>/documents/", views.documents, name="documents"),
    path("b/<slug:slug>/documents/add/", views.add, name="add"),
    path("b/<slug:slug>/documents/<uuid:pk>/", views.document, name="document"),
    path("b/<slug:slug>/documents/<uuid:pk>/change/", views.change, name="change"),
    path("b/<slug:slug>/documents/<uuid:pk>/version/", views.add_version, name="add-version"),
    path("b/<slug:slug>/documents/<uuid:pk>/archive/", views.archive, name="archive"),
    path("b/<slug:slug>/documents/<uuid:pk>/restore/", views.restore, name="restore"),
    path("b/<slug:slug>/documents/<uuid:pk>/<int:number>/", views.file, name="file"),
]

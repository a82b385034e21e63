"""Addresses of the room indicators."""

from django.urls import URLPattern, path, re_path

from tiwizi.indicators.views import overview, sheets

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    # reporting sheets
    path("b/<slug:slug>/results/sheets/", overview.sheets, name="sheets"),
    path("b/<slug:slug>/results/sheets/many/", overview.sheets_many, name="sheets-many"),
    path("b/<slug:slug>/results/report/<str:code>/", sheets.sheet, name="sheet"),
    path("b/<slug:slug>/results/report/<str:code>/cell/", sheets.sheet_cell, name="sheet-cell"),
    re_path(
        r"^b/(?P<slug>[-\w]+)/results/report/(?P<code>[^/]+)/(?P<act>return|validate|certify|reopen)/$",
        sheets.sheet_act,
        name="sheet-act",
    ),
]

"""Addresses of the room interop."""

from django.urls import URLPattern, path, re_path

from tiwizi.interop import handover, indicator_views, network_views, sheet_views, views

app_name = "interop"
urlpatterns: list[URLPattern] = [
    path("b/<slug:slug>/handover.pdf", handover.pdf, name="handover-pdf"),
    path("b/<slug:slug>/handover.docx", handover.word, name="handover-word"),
    path("b/<slug:slug>/network/workbook.xlsx", network_views.template, name="network-template"),
    path("b/<slug:slug>/network/import/", network_views.upload, name="network-import"),
    path("b/<slug:slug>/network/import/<uuid:pk>/", network_views.detail, name="network-import-detail"),
    re_path(
        r"^b/(?P<slug>[-\w]+)/network/import/(?P<pk>[0-9a-f-]{36})/(?P<act>apply|valid|discard|recover|undo)/$",
        network_views.act,
        name="network-import-act",
    ),
    path("b/<slug:slug>/results/define/workbook.xlsx", indicator_views.template, name="indicator-template"),
    path("b/<slug:slug>/results/define/import/", indicator_views.upload, name="indicator-import"),
    path("b/<slug:slug>/results/define/import/<uuid:pk>/", indicator_views.detail, name="indicator-import-detail"),
    re_path(
        r"^b/(?P<slug>[-\w]+)/results/define/import/(?P<pk>[0-9a-f-]{36})/(?P<act>apply|valid|discard|recover|undo)/$",
        indicator_views.act,
        name="indicator-import-act",
    ),
    path("b/<slug:slug>/plan/workbook.xlsx", views.plan_template, name="plan-template"),
    path("b/<slug:slug>/plan/import/", views.plan_import, name="plan-import"),
    path("b/<slug:slug>/plan/import/<uuid:pk>/", views.import_detail, name="import-detail"),
    path("b/<slug:slug>/pooling/<uuid:pk>/agreed.xlsx", views.agreed_workbook, name="agreed-workbook"),
    path("b/<slug:slug>/results/report/<str:code>/workbook.xlsx", sheet_views.sheet_download, name="sheet-workbook"),
    path("b/<slug:slug>/results/report/<str:code>/workbook/", sheet_views.sheet_import, name="sheet-import"),
    re_path(
        r"^b/(?P<slug>[-\w]+)/plan/import/(?P<pk>[0-9a-f-]{36})/(?P<act>apply|valid|discard|recover|undo)/$",
        views.import_act,
        name="import-act",
    ),
]

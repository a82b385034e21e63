"""Addresses of the room plans."""

from django.urls import URLPattern, path, re_path

from tiwizi.plans.views import activities, plans

app_name = "plans"
urlpatterns: list[URLPattern] = [
    path("activities/<uuid:pk>/", activities.activity_short, name="activity-short"),
    path("b/<slug:slug>/plan/", plans.plan, name="plan"),
    path("b/<slug:slug>/plan/activities.csv", plans.plan_csv, name="plan-csv"),
    path("b/<slug:slug>/plan/open/", plans.plan_open, name="plan-open"),
    path("b/<slug:slug>/plan/title/", plans.plan_title, name="plan-title"),
    path("b/<slug:slug>/plan/budget/", plans.plan_budget, name="plan-budget"),
    re_path(r"^b/(?P<slug>[-\w]+)/plan/(?P<act>submit|return|validate)/$", plans.plan_act, name="plan-act"),
    path("b/<slug:slug>/plan/sign/", plans.plan_sign, name="plan-sign"),
    path("b/<slug:slug>/plan/unsign/", plans.plan_unsign, name="plan-unsign"),
    path("b/<slug:slug>/plan/add/", activities.activity_add, name="activity-add"),
    path("b/<slug:slug>/plan/<uuid:pk>/", activities.activity_detail, name="activity-detail"),
    path("b/<slug:slug>/plan/<uuid:pk>/edit/", activities.activity_edit, name="activity-edit"),
    path("b/<slug:slug>/plan/<uuid:pk>/archive/", activities.activity_archive, name="activity-archive"),
    path("b/<slug:slug>/plan/<uuid:pk>/restore/", activities.activity_restore, name="activity-restore"),
]

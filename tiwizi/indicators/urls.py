"""Addresses of the room indicators."""

from django.urls import URLPattern, path, re_path

from tiwizi.indicators.views import (
    coverage,
    definitions,
    evidence,
    figures,
    overview,
    publication,
    results,
    reviews,
    shares,
    sheets,
    targets,
)

app_name = "indicators"
urlpatterns: list[URLPattern] = [
    # Results: the tab, its table, what is covered, what is said.
    path("b/<slug:slug>/results/", results.results_page, name="results"),
    path("b/<slug:slug>/results/table/", results.results_table, name="results-table"),
    path("b/<slug:slug>/results/table.csv", results.results_csv, name="results-csv"),
    path("b/<slug:slug>/results/table.xlsx", results.results_workbook, name="results-workbook"),
    path("b/<slug:slug>/results/coverage/", coverage.coverage_page, name="coverage"),
    path("b/<slug:slug>/results/lessons/", reviews.reviews, name="reviews"),
    path("b/<slug:slug>/results/lessons.csv", reviews.reviews_csv, name="reviews-csv"),
    path("b/<slug:slug>/results/lessons.xlsx", reviews.reviews_workbook, name="reviews-workbook"),
    path("b/<slug:slug>/results/lessons/<uuid:pk>/<int:year>/", reviews.review_edit, name="review-edit"),
    path("b/<slug:slug>/results/<uuid:pk>/", figures.figure, name="figure"),
    path("b/<slug:slug>/results/<uuid:pk>/remarks/", figures.remark_add, name="remark-add"),
    path(
        "b/<slug:slug>/results/<uuid:pk>/remarks/<uuid:remark>/archive/",
        figures.remark_archive,
        name="remark-archive",
    ),
    # Definitions: what is measured, by whom, and the targets.
    path("b/<slug:slug>/results/define/", definitions.definitions, name="definitions"),
    path("b/<slug:slug>/results/define/add/", definitions.indicator_add, name="indicator-add"),
    path("b/<slug:slug>/results/define/periods/", definitions.periods, name="periods"),
    path("b/<slug:slug>/results/define/breakdowns/", definitions.breakdown_sets, name="breakdown-sets"),
    path("b/<slug:slug>/results/define/breakdowns/<uuid:pk>/end/", definitions.category_end, name="category-end"),
    path("b/<slug:slug>/results/define/carry-over/", targets.carry_over, name="carry-over"),
    path("b/<slug:slug>/results/define/<uuid:pk>/", definitions.indicator_define, name="indicator-define"),
    path("b/<slug:slug>/results/define/<uuid:pk>/breakdowns/", definitions.indicator_sets, name="indicator-sets"),
    path("b/<slug:slug>/results/define/<uuid:pk>/who/", definitions.indicator_reporters, name="indicator-reporters"),
    path("b/<slug:slug>/results/define/<uuid:pk>/archive/", definitions.indicator_archive, name="indicator-archive"),
    path("b/<slug:slug>/results/define/<uuid:pk>/recover/", definitions.indicator_recover, name="indicator-recover"),
    path("b/<slug:slug>/results/define/<uuid:pk>/library/", definitions.indicator_library, name="indicator-library"),
    path("b/<slug:slug>/results/define/<uuid:pk>/targets/", targets.targets, name="targets"),
    # Open to everybody.
    path("b/<slug:slug>/results/public/", publication.publication, name="publication"),
    path("b/<slug:slug>/results/public/open/", publication.publication_open, name="publication-open"),
    path("b/<slug:slug>/results/public/introduce/", publication.publication_introduce, name="publication-introduce"),
    path("b/<slug:slug>/results/public/withdraw/", publication.publication_withdraw, name="publication-withdraw"),
    # reporting sheets
    path("b/<slug:slug>/results/sheets/", overview.sheets, name="sheets"),
    path("b/<slug:slug>/results/sheets/many/", overview.sheets_many, name="sheets-many"),
    path("b/<slug:slug>/results/report/<str:code>/", sheets.sheet, name="sheet"),
    path("b/<slug:slug>/results/report/<str:code>/shares/<str:cell>/", shares.shares, name="shares"),
    path("b/<slug:slug>/documents/evidence/<str:code>/<str:cell>/", evidence.evidence, name="evidence"),
    path(
        "b/<slug:slug>/documents/evidence/<str:code>/<str:cell>/<uuid:pk>/remove/",
        evidence.evidence_remove,
        name="evidence-remove",
    ),
    path(
        "b/<slug:slug>/documents/evidence/<str:code>/<str:cell>/<uuid:pk>/restore/",
        evidence.evidence_restore,
        name="evidence-restore",
    ),
    path("b/<slug:slug>/results/report/<str:code>/cell/", sheets.sheet_cell, name="sheet-cell"),
    re_path(
        r"^b/(?P<slug>[-\w]+)/results/report/(?P<code>[^/]+)/(?P<act>return|validate|certify|reopen)/$",
        sheets.sheet_act,
        name="sheet-act",
    ),
]

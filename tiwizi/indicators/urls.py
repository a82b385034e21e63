"""Addresses of the room indicators."""

from django.urls import URLPattern, path

from tiwizi.indicators.views import coverage, figures, results, reviews

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
    path("b/<slug:slug>/results/<uuid:pk>/history/<uuid:cell>/", figures.figure_history, name="figure-history"),
]

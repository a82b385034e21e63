"""The measure of the bench of readers: Tiwizi's own addresses, and one bare Django page of 50 rows beside them."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.utils.html import format_html, format_html_join


def rows(request: HttpRequest) -> HttpResponse:
    """One query, 50 rows, one table: about the least that a page from a database can be."""
    from tiwizi.network.models import Organisation

    found = Organisation.objects.order_by("pk").values_list("slug", "country", "region")[:50]
    cells = format_html_join("", "<tr><td>{}</td><td>{}</td><td>{}</td></tr>", found)
    return HttpResponse(format_html("<!doctype html><title>Rows</title><table>{}</table>", cells))


urlpatterns = [path("bare/", rows), path("", include("tiwizi.config.urls"))]

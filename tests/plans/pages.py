"""Reading the plans' pages in tests."""

from bs4 import BeautifulSoup
from django.urls import reverse


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return BeautifulSoup(response.content, "html.parser")


def plan_url(name="plan", body="jette-belfaa", *args):
    return reverse(f"plans:{name}", args=[body, *args])

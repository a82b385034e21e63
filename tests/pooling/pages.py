"""What the tests of pages read them with."""

from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils.translation import override

from tiwizi.base import wording
from tiwizi.pooling import rules


def url(name, round, *more, body="souss-massa"):
    return reverse(f"pooling:{name}", args=[body, round.pk, *more])


def page(response, status=200):
    assert response.status_code == status, response.content.decode()[:3000]
    return BeautifulSoup(response.content, "html.parser")


def text(soup):
    """What is read, without the marks that isolate an amount or a name."""
    return " ".join(soup.get_text("").split())


def facts(soup):
    """The line of facts under a round's or a proposal's title; the body's own comes first."""
    return text(soup.select(".body-facts")[-1])


def acts(soup):
    """Where the forms of a page's content post to."""
    return {form["action"] for form in soup.select("main form[action]")}


def amount(cents):
    with override("en"):
        return wording.amount(cents)


def part_of(proposal, body):
    return proposal.parts.get(body=body)


def agree(cast, proposal):
    """Both partners accept."""
    rules.accept_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette))
    rules.accept_part(by=cast.etterbeek_coordinator, part=part_of(proposal, cast.etterbeek))
    proposal.refresh_from_db()

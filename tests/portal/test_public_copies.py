"""Public copies hold nobody: names, addresses, numbers and words are planted in every column of every table, then every
public address is read in every language."""

import re
from collections.abc import Iterator
from datetime import date
from itertools import count

import pytest
from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.test import Client
from django.urls import reverse

from tests.factories.cast import make_cast
from tests.house.world import World, make_world
from tiwizi.base.fields import TranslatedField
from tiwizi.base.merging import Seen
from tiwizi.indicators import rules
from tiwizi.indicators.models import Indicator, Report
from tiwizi.network import rules as network

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LANGUAGES = ["fr", "nl", "en", "ar"]
WHO = "Fatima Zqxadi, +212 6 99 88 77 66, fatima@zqx.example"
TRACES = re.compile(r"zqx|99 ?88 ?77|fatima", re.IGNORECASE)
MAIL = re.compile(r"[\w.+-]+@[\w-]+\.\w+")
KINDS = (models.CharField, models.TextField, models.JSONField, models.FileField, models.GenericIPAddressField)
# What public pages show, and nothing else: names of what is public, and definitions that the coordinator wrote for all.
SHOWN = {
    "network.Body.name", "network.BodyKind.name", "network.Organisation.name", "framework.Framework.name",
    "framework.Framework.objective", "framework.Result.name", "framework.Result.number", "indicators.Indicator.code",
    "indicators.Indicator.name", "indicators.Indicator.unit", "indicators.Indicator.note", "indicators.Period.code",
    "indicators.BreakdownSet.name", "indicators.Category.name", "indicators.Publication.introduction",
}  # fmt: skip
# Codes by which rows find each other, and figures themselves: no place for words of people.
CODES = {
    "base.AuditHead.seal", "network.Body.slug", "network.Organisation.slug", "network.OrganisationKind.code",
    "network.BodyKind.code", "documents.DocumentKind.code", "indicators.BreakdownSet.code", "indicators.Category.code",
    "indicators.Total.by", "indicators.Measurement.breakdown", "indicators.Basis.fingerprint",
    "contenttypes.ContentType.app_label", "contenttypes.ContentType.model", "auth.Permission.name",
    "auth.Permission.codename", "accounts.User.password", "network.Mandate.role",
}  # fmt: skip
# What tables hold to lists of their own, or to rows that are archived or closed: there the acts of this test wrote it.
LISTED = {
    "state", "counts", "calculation", "direction", "frequency", "language", "side", "sort", "method", "score", "answer",
    "archive_reason", "close_reason", "email",
}  # fmt: skip
# The trail is changed by nobody, this test neither: what stands there was said in acts.
GUARDED = {"base.AuditEntry", "base.AuditWords"}


@pytest.fixture
def world() -> World:
    """The house's world, with a closed and an open publication, contacts, names that are counted, and all accepted."""
    made = make_world(make_cast())
    cast, measured = made.cast, made.figures.measured
    by = {"by": cast.programme_coordinator, "body": cast.programme}
    rules.withdraw_results(**by, reason=WHO)
    rules.publish_results(**by, reason=WHO, introduction={"fr": "Bienvenue"})
    network.set_contact(by=cast.jette_coordinator, body=cast.jette, organisation=cast.belfaa, seen=Seen(1), office=WHO)
    rules.write_review(
        by=cast.jette_coordinator, body=cast.jette, result=cast.result, year=2018, score="B", justification=WHO,
        lessons=WHO,
    )  # fmt: skip
    measured.indicator("named", "unique", counts="structures")
    measured.indicator("told", "latest", counts="text")
    measured.report(cast.etterbeek, measured.first, named={"members": WHO, "comment": WHO}, told={"text": WHO})
    for sheet in Report.objects.filter(period=measured.first).exclude(state="validated"):
        rules.validate_report(by=None, report=sheet)
    return made


def columns() -> Iterator[tuple[type[models.Model], models.Field]]:
    """Every column that can hold words, of every table."""
    for model in apps.get_models(include_auto_created=True):
        for field in model._meta.local_fields:
            if isinstance(field, KINDS) and not field.is_relation and not field.primary_key:
                yield model, field


def plant() -> tuple[set[str], set[str]]:
    """Write a person into every column but those that are shown; which ones took it, and which the database refused."""
    taken, refused, number = set(), set(), count()
    for model, field in columns():
        place = f"{model._meta.app_label}.{model.__name__}.{field.name}"
        if place in SHOWN | CODES or place.rpartition(".")[0] in GUARDED:
            continue
        rows = model._base_manager.all()
        try:
            with transaction.atomic():
                for row in rows.values_list("pk", flat=True):
                    rows.filter(pk=row).update(**{field.name: _value(field, next(number))})
                if rows.exists():
                    taken.add(place)
        except IntegrityError:
            refused.add(place)
    return taken, refused


def _value(field: models.Field, number: int) -> object:
    if isinstance(field, models.GenericIPAddressField):
        return "203.0.113.99"
    if isinstance(field, TranslatedField):
        return dict.fromkeys(LANGUAGES, WHO)
    if isinstance(field, models.JSONField):
        return [WHO]
    text = f"Zqx{number} {WHO}"
    return text[: field.max_length] if field.max_length else text


def walk(client: Client, start: list[str]) -> dict[str, str]:
    """Every page that can be reached from these by links under /public/, with its headers."""
    found: dict[str, str] = {}
    waiting = list(start)
    while waiting:
        address = waiting.pop()
        if address in found:
            continue
        answer = client.get(address)
        assert answer.status_code == 200, address
        text = answer.getvalue().decode()
        found[address] = f"{answer.headers}{text}"
        waiting += [one for one in re.findall(r'href="(/public/[^"#]*)', text) if one != "/public/"]
    return found


def test_nobody_is_in_any_public_copy(world, signed_in, settings):
    settings.ACCOUNT_RATE_LIMITS = {}
    taken, refused = plant()
    assert len(taken) > 75, sorted(taken)
    # An address is refused of a role that was lent to an account; offers and invitations keep theirs.
    assert {one for one in refused if one.rpartition(".")[2] not in LISTED} == set(), refused
    for place in ("accounts.User.name", "accounts.User.email", "network.Contact.office", "indicators.Remark.text",
                  "indicators.Report.comment", "indicators.Measurement.comment", "indicators.Measurement.members",
                  "indicators.Measurement.text", "indicators.Review.lessons", "documents.Document.title",
                  "documents.DocumentVersion.file_name", "network.Invitation.email", "network.Decision.text",
                  "indicators.Indicator.baseline_source", "plans.Activity.title"):  # fmt: skip
        assert place in taken

    client = Client()
    found = walk(client, [f"/public/{code}/" for code in LANGUAGES] + ["/", "/robots.txt", "/sitemap.xml"])
    indicators = Indicator.objects.filter(public=True, archived_at=None).exclude(counts="text").count()
    assert len(found) == 3 + 4 * (1 + 1 + 1 + indicators)  # the list, the programme, its file, its indicators
    assert any(address.endswith(".csv") for address in found)
    assert {address: TRACES.findall(text) for address, text in found.items() if TRACES.search(text)} == {}
    assert {address: MAIL.findall(text) for address, text in found.items() if MAIL.search(text)} == {}
    assert "52" in found["/public/fr/programme/"]  # the figures are there

    # The search would find something: inside, the same figure is opened with what was said about it.
    inside = signed_in(world.cast.programme_coordinator)
    trained = world.figures.measured.trained
    told = inside.get(reverse("indicators:figure", args=["programme", trained.pk])).content.decode()
    assert TRACES.search(told)
    assert TRACES.search(inside.get(reverse("indicators:results", args=["jette-belfaa"])).content.decode())


def test_a_figure_that_is_withheld_is_nowhere(world, settings):
    """A figure that is handed in and not accepted, one that is not public, and a part that is too small."""
    settings.ACCOUNT_RATE_LIMITS = {}
    measured = world.figures.measured
    cast = measured.cast
    measured.indicator("secret", "sum", public=False)
    measured.indicator("small", "sum")
    sexes = measured.trained.breakdowns.get().set
    rules.break_down(by=None, indicator=Indicator.objects.get(code="small"), by_set=sexes)
    third = rules.add_period(
        by=None, framework=cast.framework, code="2019-1", start=date(2019, 1, 1), end=date(2019, 6, 30),
        due=date(2019, 7, 31),
    )  # fmt: skip
    measured.report(cast.jette, measured.second, trained="717171")
    parts = {"value": "636363", "breakdown": {"sex": {"f": "636360", "m": "3"}}}
    measured.report(cast.jette, third, secret="848484", small=parts)
    rules.validate_report(by=None, report=Report.objects.get(period=third))
    found = walk(Client(), [f"/public/{code}/" for code in LANGUAGES])
    bare = {address: re.sub(r"[\s\u202f\u00a0.,]", "", text) for address, text in found.items()}
    assert any("636363" in text for text in bare.values())
    for number in ("717171", "717223", "848484", "636360"):
        assert [address for address, text in bare.items() if number in text] == []

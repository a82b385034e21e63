"""Results open to everybody: who opens and closes them, what is refused, and what is shown of which periods."""

from datetime import date
from decimal import Decimal

import pytest
from bs4 import BeautifulSoup
from django.db import IntegrityError, transaction
from django.urls import reverse

from tests.factories.published import accept
from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.indicators import rules
from tiwizi.indicators.models import Period, Publication, Report
from tiwizi.indicators.queries import publication as queries
from tiwizi.indicators.queries.results import Look, lines_of
from tiwizi.indicators.queries.scope import around, scope_of

pytestmark = pytest.mark.django_db


def refused(act, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    return caught.value.code


def publish(cast, **changes):
    return rules.publish_results(
        **{"by": cast.programme_coordinator, "body": cast.programme, "reason": "Le comité"} | changes
    )


def shown(cast, *indicators):
    public = queries.public_results(cast.programme)
    return queries.shown_of(indicators or public.indicators, public)


# --- Who may, and what is refused ---


def test_it_is_opened_told_anew_and_closed_with_the_trail(cast):
    by = {"by": cast.programme_coordinator, "body": cast.programme}
    opened = publish(cast, introduction={"fr": " Bonjour\r\nà tous ", "nl": " "})
    assert opened.introduction == {"fr": "Bonjour\nà tous"}
    assert [one.pk for one in queries.open_publications()] == [opened.pk]
    again = rules.introduce_results(**by, introduction={"fr": "Bonsoir"}, version=1)
    assert (again.version, str(again.introduction)) == (2, "Bonsoir")
    assert rules.introduce_results(**by, introduction={"fr": "Bonsoir"}, version=2).version == 2
    closed = rules.withdraw_results(**by, reason="Une erreur")
    assert closed.closed_at is not None
    assert closed.close_reason == "Une erreur"
    assert queries.open_publications() == []
    assert queries.open_publication("programme") is None
    acts = AuditEntry.objects.filter(object_id=str(opened.pk)).order_by("pk")
    assert [one.act for one in acts] == ["publish-results", "introduce-results", "withdraw-results"]
    assert {one.body for one in acts} == {cast.programme.pk}
    assert publish(cast).pk != opened.pk  # opened again: another row, and the first stays
    assert Publication.objects.count() == 2


@pytest.mark.parametrize(
    "who", ["animator", "jette_coordinator", "neighbour", "elected", "association", "donor", "stranger"]
)
def test_who_does_not_define_indicators_opens_and_closes_nothing(cast, who):
    by = getattr(cast, who)
    assert refused(publish, cast, by=by) == "not-allowed"
    publish(cast)
    assert refused(rules.withdraw_results, by=by, body=cast.programme, reason="Non") == "not-allowed"
    assert refused(rules.introduce_results, by=by, body=cast.programme, introduction={}, version=1) == "not-allowed"
    assert Publication.objects.get().closed_at is None


def test_refusals(cast):
    by = {"by": cast.programme_coordinator, "body": cast.programme}
    assert refused(publish, cast, reason=" ") == "reason-missing"
    assert refused(publish, cast, introduction={"fr": "x" * 401}) == "words-too-long"
    assert refused(publish, cast, body=cast.jette) == "publication-no-plan"
    assert refused(rules.withdraw_results, **by, reason="Non") == "publication-closed"
    assert refused(rules.introduce_results, **by, introduction={}, version=1) == "publication-closed"
    publish(cast)
    assert refused(publish, cast) == "publication-open"
    assert refused(rules.withdraw_results, **by, reason="") == "reason-missing"
    rules.introduce_results(**by, introduction={"fr": "A"}, version=1)
    with pytest.raises(Conflict):  # another one wrote meanwhile
        rules.introduce_results(**by, introduction={"fr": "B"}, version=1)
    assert Publication.objects.get().introduction == {"fr": "A"}


def test_the_database_refuses_two_open_ones_and_a_silent_end(cast):
    first = publish(cast)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.create(body=cast.programme)
    first.closed_at = first.opened_at
    with pytest.raises(IntegrityError), transaction.atomic():
        first.save()


# --- What is shown ---


def test_a_period_is_shown_when_everything_in_it_is_accepted(figures):
    measured = figures.measured
    cast = measured.cast

    def periods():
        return [one.code for one in queries.public_results(cast.programme).periods]

    mine, others = Report.objects.get(body=cast.jette), Report.objects.get(body=cast.souss)
    assert periods() == []
    accept(mine)
    assert periods() == []  # the group's sheet waits
    accept(others)
    assert periods() == ["2018-1"]
    measured.report(cast.etterbeek, measured.first, handed_in=False, trained="3")
    assert periods() == []  # a draft with a figure is a figure that waits
    draft = Report.objects.get(body=cast.etterbeek)
    rules.submit_report(by=None, report=draft)
    assert periods() == []
    rules.return_report(by=cast.programme_coordinator, report=draft, reason="À revoir")
    assert periods() == []
    rules.submit_report(by=None, report=Report.objects.get(pk=draft.pk))
    accept(Report.objects.get(pk=draft.pk))
    assert periods() == ["2018-1"]
    rules.reopen_report(by=cast.programme_coordinator, report=Report.objects.get(pk=mine.pk), reason="Une faute")
    assert periods() == []
    ready = queries.public_results(cast.programme).ready
    assert [(one.accepted, one.waiting, one.due) for one in ready] == [(2, 1, True), (0, 0, True)]


def test_a_period_that_is_not_due_is_not_shown(published, monkeypatch):
    cast = published.figures.measured.cast
    monkeypatch.setattr(queries.network, "today", lambda: date(2018, 7, 31))
    assert queries.public_results(cast.programme).periods == []  # others may still hand in on this day
    monkeypatch.setattr(queries.network, "today", lambda: date(2018, 8, 1))
    assert [one.code for one in queries.public_results(cast.programme).periods] == ["2018-1"]


def test_only_public_indicators_that_are_numbers(published):
    measured = published.figures.measured
    assert [one.line.indicator.code for one in shown(measured.cast)] == ["trained", "members"]
    rules.archive_indicator(by=measured.cast.programme_coordinator, indicator=measured.members, reason="Double")
    rules.change_indicator(by=measured.cast.programme_coordinator, indicator=measured.trained, version=1, public=False)
    assert shown(measured.cast) == []


def test_a_figure_is_the_one_that_the_page_inside_shows(published):
    measured = published.figures.measured
    cast = measured.cast
    scope = scope_of(around(cast.programme, cast.framework))
    for one in shown(cast):
        (inside,) = lines_of([one.line.indicator], scope, Look(measured.first), [])
        assert one.line.value == inside.value
        assert [cell.value for cell in one.line.cells] == [inside.value]
        (life,) = lines_of([one.line.indicator], scope, Look(), [])
        assert one.line.target == life.target
        assert life.value != one.line.value  # the second period is inside, and not here
        assert one.line.missing == inside.missing
        assert one.withheld


def test_a_stock_that_rests_on_what_is_not_accepted_is_not_shown(published):
    """The second period is accepted; of Etterbeek only an earlier figure stands, and it is opened again."""
    measured = published.figures.measured
    cast = measured.cast
    measured.report(cast.etterbeek, measured.second, trained="9")
    accept(*Report.objects.filter(period=measured.second))
    (before,) = shown(cast, measured.members)
    assert [cell.value for cell in before.line.cells] == [Decimal(20), Decimal(31)]
    third = rules.add_period(
        by=None, framework=cast.framework, code="2019-1", start=date(2019, 1, 1), end=date(2019, 6, 30),
        due=date(2019, 7, 31),
    )  # fmt: skip
    rules.reopen_report(
        by=cast.programme_coordinator,
        report=Report.objects.get(body=cast.jette, period=measured.second),
        reason="Faute",
    )
    rules.submit_report(by=None, report=Report.objects.get(body=cast.jette, period=measured.second))
    measured.report(cast.etterbeek, third, trained="1")
    accept(Report.objects.get(period=third))
    (after,) = shown(cast, measured.members)
    assert [(cell.period.code, cell.value) for cell in after.line.cells] == [("2018-1", Decimal(20)), ("2019-1", None)]
    assert after.line.value == 20  # the last one that is accepted, not the 31 that wait


def test_different_ones_are_counted_over_the_periods_shown_only(figures):
    measured = figures.measured
    cast = measured.cast
    named = measured.indicator("named", "unique", counts="structures")
    measured.report(cast.etterbeek, measured.first, named={"members": "A\nB"})
    measured.report(cast.schaerbeek, measured.first, named={"members": "B\nC"})
    measured.report(cast.jette, measured.second, named={"members": "C\nD"})
    accept(*Report.objects.filter(period=measured.first))
    (one,) = shown(cast, named)
    assert (one.line.value, one.withheld) == (3, True)
    accept(*Report.objects.filter(period=measured.second))
    (one,) = shown(cast, named)
    assert (one.line.value, one.withheld) == (4, False)


def test_breakdowns_are_shown_or_hidden_whole(figures):
    measured = figures.measured
    cast = measured.cast
    accept(*Report.objects.filter(period=measured.first))
    (trained,) = shown(cast, measured.trained)
    assert [(str(one.set), [split.parts for split in one.splits]) for one in trained.breakdowns] == [("Sexe", [[7, 5]])]
    assert trained.breakdowns[0].uneven  # 40 of the 52 were told without it
    small = {"value": "14", "breakdown": {"sex": {"f": "13", "m": "1"}}}
    measured.report(cast.jette, measured.second, trained=small)
    accept(*Report.objects.filter(period=measured.second))
    (trained,) = shown(cast, measured.trained)
    assert [split.parts for split in trained.breakdowns[0].splits] == [[7, 5], None]
    assert trained.breakdowns[0].hidden
    assert [cell.value for cell in trained.line.cells] == [52, 14]  # the figure itself stays


def test_a_breakdown_of_one_part_says_of_everybody_what_they_are(figures):
    measured = figures.measured
    cast = measured.cast
    only = rules.define_set(
        by=None,
        framework=cast.framework,
        code="refuge",
        name={"fr": "Refuge"},
        categories=[{"code": "r", "name": {"fr": "R"}}],
    )
    rules.break_down(by=None, indicator=measured.trained, by_set=only)
    broken = {"value": "30", "breakdown": {"refuge": {"r": "30"}, "sex": {"f": "30"}}}
    measured.report(cast.jette, measured.second, trained=broken)
    accept(*Report.objects.all())
    (trained,) = shown(cast, measured.trained)
    assert [one.set.code for one in trained.breakdowns] == ["sex"]
    assert [split.parts for split in trained.breakdowns[0].splits] == [[7, 5], [30, None]]  # not told, and not 0


def test_without_a_strategic_plan_there_is_nothing(cast):
    assert queries.public_results(cast.jette) is None


# --- The coordinator's page ---


def page(client, cast, name="publication", data=None):
    client.cookies["tiwizi_language"] = "en"
    address = reverse(f"indicators:{name}", args=["programme"])
    answer = client.get(address) if data is None else client.post(address, data)
    return answer, BeautifulSoup(answer.content, "html.parser")


@pytest.fixture
def withdrawn(published):
    """Open once, and closed since."""
    cast = published.figures.measured.cast
    rules.withdraw_results(by=cast.programme_coordinator, body=cast.programme, reason="Pour le test")
    return cast


def test_the_coordinator_sees_what_would_be_shown(withdrawn, signed_in):
    _answer, soup = page(signed_in(withdrawn.programme_coordinator), withdrawn)
    text = " ".join(soup.main.get_text(" ").split())
    assert "Nobody reads these results without signing in" in text
    rows = [[" ".join(cell.get_text(" ").split()) for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    assert ["2018-1", "shown", "3", "0"] in rows
    assert ["2018-2", "held back", "0", "1"] in rows
    public = {row[0].split()[0]: row[1:] for row in rows if len(row) == 4 and row[1].split()[0] in ("yes", "no")}
    assert public["trained"][:2] == ["yes", "52"]
    assert public["secret"] == ["no", "", ""]
    assert public["told"][0] == "no told in words"
    assert "8,811" not in text


def test_the_coordinator_opens_it_and_closes_it(withdrawn, signed_in):
    cast, client = withdrawn, signed_in(withdrawn.programme_coordinator)
    answer, soup = page(client, cast, "publication-open", {"reason": "", "introduction_fr": "Gardé"})
    assert answer.status_code == 422
    assert "Say why" in soup.get_text()
    assert soup.select_one("#id_introduction_fr").get_text().strip() == "Gardé"
    answer, _ = page(client, cast, "publication-open", {"reason": "Oui", "introduction_fr": "Bonjour"})
    assert answer.status_code == 302
    answer, soup = page(client, cast)
    assert soup.select_one(f"a[href='{reverse('portal:public-programme', args=['en', 'programme'])}']")
    assert "Pour le test" in soup.get_text()  # why it was closed before

    sent = {"introduction_en": "Hello", "version": soup.select_one("[name=version]")["value"]}
    answer, _ = page(client, cast, "publication-introduce", sent)
    assert answer.status_code == 302
    answer, soup = page(client, cast, "publication-introduce", sent | {"introduction_en": "Again"})
    assert answer.status_code == 422  # the version of before
    assert queries.open_publication("programme").introduction == {"en": "Hello"}
    answer, _ = page(client, cast, "publication-withdraw", {"reason": "Fini"})
    assert answer.status_code == 302
    assert queries.open_publication("programme") is None


def test_from_a_body_below_it_leads_to_the_programme(published, signed_in):
    cast = published.figures.measured.cast
    answer = signed_in(cast.programme_coordinator).get(reverse("indicators:publication", args=["jette-belfaa"]))
    assert answer.headers["Location"] == reverse("indicators:publication", args=["programme"])


def test_its_history_is_told(published, signed_in):
    cast = published.figures.measured.cast
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    address = reverse("network:history", args=["programme", "indicators.publication", published.publication.pk])
    told = client.get(address).content.decode()
    assert "opened the results to everybody" in told
    assert "What municipalities did together." in told
    assert "Décision du comité" in told


def test_periods_do_not_cost_queries(published, django_assert_max_num_queries):
    measured = published.figures.measured
    cast = measured.cast
    with django_assert_max_num_queries(14):
        shown(cast)
    for k in range(12):
        Period.objects.create(
            body=cast.programme, code=f"x{k}", start=date(2019, k + 1, 1), end=date(2019, k + 1, 27),
            due=date(2019, k + 1, 28),
        )  # fmt: skip
    with django_assert_max_num_queries(14):
        shown(cast)

"""The story of audited objects, who reads it, and putting an earlier state back."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse
from django.utils import translation

from tests.factories.lending import stand_in
from tests.factories.rounds import opened, with_plans
from tiwizi.base import audit
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.network import histories, rules
from tiwizi.network.models import Organisation
from tiwizi.plans import rules as plans
from tiwizi.plans.models import Activity
from tiwizi.plans.queries import natural_values
from tiwizi.pooling import rules as pooling

ACCOUNTS = {"accounts.user", "base.auditentry", "base.audithead"}  # a person's own; the trail's own


def soup_of(response, status=200):
    assert response.status_code == status, response.content.decode()[:2000]
    return BeautifulSoup(response.content, "html.parser")


def address(name, obj, *more, body="jette-belfaa"):
    return reverse(f"network:{name}", args=[body, obj._meta.label_lower, obj.pk, *more])


@pytest.fixture
def changed(cast):
    """An activity changed twice, and the entries of both acts."""
    activity, by = cast.activity(cast.plan_jette), cast.jette_coordinator
    activity = plans.change_activity(by=by, activity=activity, version=1, title="Deux", participants=None)
    activity = plans.change_activity(
        by=by, activity=activity, version=2, title="Trois", cost_cents=5, reason="Nouveau devis"
    )
    return activity, *AuditEntry.objects.filter(object_id=str(activity.pk)).order_by("pk")


# --- The story ---


def test_a_story_says_who_what_when_why_before_and_after(cast, changed):
    with translation.override("en"):
        last, first = histories.story(changed[0])
        assert (last.who, str(last.act), last.reason) == ("Coordination Jette", "changed the activity", "Nouveau devis")
        told = {str(one.label): (one.before, one.after) for one in first.changes}
        assert told == {"Title": ("Formation des éducatrices du préscolaire", "Deux"), "Participants": ("12", "")}
    assert (first.may_put_back, last.may_put_back) == (True, False)


def test_who_acts_in_anothers_name_is_told_with_both(cast, changed):
    today = rules.mandates.queries.today()
    mandate = cast.jette_coordinator.mandates.get()
    stand_in(mandate, cast.neighbour, today, today)
    plans.change_activity(by=cast.neighbour, activity=changed[0], version=3, note="Vu")
    with translation.override("en"):
        who = histories.story(changed[0])[0].who
    assert "Coordination Schaerbeek" in who
    assert "Coordination Jette" in who


def test_erased_words_are_said_to_be_erased(cast, changed, signed_in):
    activity, first, _second = changed
    audit.forget(first, by=cast.programme_coordinator, reason="Demande")
    soup = soup_of(signed_in(cast.jette_coordinator).get(address("history", activity)))
    assert "Deux" in soup.select("ol.story > li")[0].text
    assert "Formation des" not in soup.select("ol.story > li")[1].text


def test_a_bodys_story_holds_its_seats_ties_and_roles(cast, signed_in):
    rules.grant_mandate(by=cast.programme_coordinator, user=cast.stranger, body=cast.jette, role="elected")
    town = Organisation.objects.get(slug="etterbeek")
    rules.seat_organisation(by=cast.programme_coordinator, body=cast.jette, organisation=town, side="north")
    rules.name_successor(by=cast.programme_coordinator, body=cast.jette, successor=cast.etterbeek)
    told = soup_of(signed_in(cast.elected).get(address("history", cast.jette))).select_one("ol.story").text
    for one in ("Sans mandat", "Etterbeek", "Etterbeek–Aït Baha"):
        assert one in told


def test_a_rounds_story_holds_its_settings(cast, signed_in):
    with_plans(cast)
    round = opened(cast)
    partner = round.partners.get(body=cast.jette)
    pooling.set_partner(by=cast.animator, partner=partner, takes_part=True, budget_cents=123_400)
    soup = soup_of(signed_in(cast.animator).get(address("history", round, body="souss-massa")))
    first = soup.select_one("ol.story > li").text
    assert "Jette–Belfaa" in first
    assert "1\u202f234" in first


def test_queries_of_a_story_do_not_grow(cast, changed, signed_in, django_assert_max_num_queries):
    activity, client = changed[0], signed_in(cast.jette_coordinator)
    for number in range(30):
        activity = plans.change_activity(
            by=cast.jette_coordinator, activity=activity, version=3 + number, note=f"{number}", hosts=["ait-baha"]
        )
    with django_assert_max_num_queries(30):
        assert len(soup_of(client.get(address("history", activity))).select("ol.story > li")) == 32


def test_a_long_story_has_pages(cast, changed, signed_in):
    activity = changed[0]
    for number in range(55):
        activity = plans.change_activity(
            by=cast.jette_coordinator, activity=activity, version=3 + number, note=f"{number}"
        )
    client = signed_in(cast.jette_coordinator)
    assert len(soup_of(client.get(address("history", activity))).select("ol.story > li")) == 50
    assert len(soup_of(client.get(address("history", activity) + "?page=2")).select("ol.story > li")) == 7


@pytest.mark.parametrize(
    ("code", "pk"), [("plans.activity", "x"), ("plans.nothing", "1"), ("accounts.user", "1"), ("base.job", "1")]
)
def test_what_is_not_told_is_not_there(cast, signed_in, code, pk):
    path = reverse("network:history", args=["jette-belfaa", code, pk])
    assert signed_in(cast.programme_coordinator).get(path).status_code == 404


def test_an_object_stands_under_its_own_body_only(cast, changed, signed_in):
    client = signed_in(cast.programme_coordinator)
    assert client.get(address("history", changed[0])).status_code == 200
    assert client.get(address("history", changed[0], body="etterbeek-ait-baha")).status_code == 404


def test_a_delegation_is_read_by_who_reads_people_only(cast, signed_in):
    today = rules.mandates.queries.today()
    lent = stand_in(cast.jette_coordinator.mandates.get(), cast.elected, today, today)
    assert signed_in(cast.jette_coordinator).get(address("history", lent)).status_code == 200
    assert signed_in(cast.association).get(address("history", lent)).status_code == 404


def test_an_invitations_story_hides_its_address_and_is_read_by_who_gives_roles(cast, signed_in):
    made = rules.invite(
        by=cast.jette_coordinator, body=cast.jette, email="nouveau@test.example", role="elected", language="fr",
        site="http://testserver/",
    )  # fmt: skip
    soup = soup_of(signed_in(cast.jette_coordinator).get(address("history", made)))
    assert "nouveau@" not in soup.select_one("main").text
    assert signed_in(cast.elected).get(address("history", made)).status_code == 404


# --- An earlier state put back ---


def test_an_earlier_state_is_looked_at_then_put_back_as_a_new_act(cast, changed, signed_in):
    activity, first, _second = changed
    client, path = signed_in(cast.jette_coordinator), address("put-back", activity, first.pk)
    soup = soup_of(client.get(path))
    cells = [[cell.text for cell in row.select("td")] for row in soup.select("main tbody tr")]
    assert [one[0] for one in cells] == ["Trois", "0,05\u00a0€"]
    assert cells[0][1] == "Deux"
    version = soup.find("input", {"name": "version"})["value"]
    assert client.post(path, {"version": version, "reason": ""}).status_code == 422
    assert client.post(path, {"version": version, "reason": "Erreur de devis"}).status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.cost_cents, activity.participants) == ("Deux", 420_000, None)
    entry = AuditEntry.objects.latest("pk")
    assert (entry.act, entry.reason, entry.before["title"]) == ("put-back-activity", "Erreur de devis", "Trois")
    assert AuditEntry.objects.filter(object_id=str(activity.pk)).count() == 3


def test_the_state_between_two_acts_is_reckoned_back(cast, changed):
    activity, first, second = changed
    assert rules.earlier_state(activity, second)["title"] == "Trois"
    state = rules.earlier_state(activity, first)
    assert (state["title"], state["participants"], state["cost_cents"]) == ("Deux", None, 420_000)
    assert set(state) == set(natural_values(activity))


def put_back(cast, changed, by=None, **more):
    activity, first, _second = changed
    said = {"by": by or cast.jette_coordinator, "body": cast.jette, "obj": activity, "entry": first}
    return rules.put_back(**said | {"version": activity.version, "reason": "Retour"} | more)


@pytest.mark.parametrize("who", ["neighbour", "stranger", "elected", "animator"])
def test_who_may_not_change_may_not_put_back(cast, changed, who, signed_in):
    with pytest.raises(Refusal) as caught:
        put_back(cast, changed, by=getattr(cast, who))
    assert caught.value.code == "not-allowed"
    values = {"version": changed[0].version, "reason": "x"}
    assert signed_in(getattr(cast, who)).post(address("put-back", changed[0], changed[1].pk), values).status_code in (
        403, 404,
    )  # fmt: skip
    assert Activity.objects.get().title == "Trois"


def test_what_cannot_be_put_back_is_refused_with_a_sentence(cast, changed):
    activity, _first, second = changed
    for code, more in {
        "reason-missing": {"reason": " "},
        "state-same": {"entry": second},
        "changed-meanwhile": {"version": activity.version - 1},
        "not-put-back": {"obj": cast.jette},
    }.items():
        with pytest.raises(Refusal) as caught:
            put_back(cast, changed, **more)
        assert caught.value.code == code
    plans.submit_plan(by=cast.jette_coordinator, plan=cast.plan_jette)
    with pytest.raises(Refusal) as caught:
        put_back(cast, changed)
    assert caught.value.code == "plan-submitted"
    audit.forget(second, by=cast.programme_coordinator, reason="Demande")
    with pytest.raises(Refusal) as caught:
        put_back(cast, changed)
    assert caught.value.code == "state-forgotten"


def test_a_change_meanwhile_shows_the_preview_again(cast, changed, signed_in):
    activity, first, _second = changed
    client, path = signed_in(cast.jette_coordinator), address("put-back", activity, first.pk)
    plans.change_activity(by=cast.programme_coordinator, activity=activity, version=3, note="Entre-temps")
    soup = soup_of(client.post(path, {"version": "3", "reason": "Retour"}), 422)
    assert "Entre-temps" in soup.select_one("main table").text
    assert soup.find("input", {"name": "version"})["value"] == "4"
    assert soup.find("textarea", {"name": "reason"}).text.strip() == "Retour"
    assert client.post(path, {"version": "4", "reason": "Retour"}).status_code == 302
    activity.refresh_from_db()
    assert (activity.title, activity.note) == ("Deux", "")


def test_money_rules_partners_kinds_and_places_are_put_back_too(cast, signed_in):
    with_plans(cast)
    round = opened(cast)
    partner, kind, host = round.partners.get(body=cast.jette), round.kinds.first(), round.hosts.first()
    by = cast.animator
    plans.set_budget(by=cast.jette_coordinator, plan=cast.plan_jette, pooling_budget_cents=100)
    plans.set_budget(by=cast.jette_coordinator, plan=cast.plan_jette, pooling_budget_cents=300)
    said = {"method": "equal", "min_saving_cents": 0, "max_members": 8}
    pooling.change_rules(by=by, round=round, title="Un", version=1, **said)
    pooling.change_rules(by=by, round=round, title="Deux", version=2, **said)
    for cents in (100, 200):
        pooling.set_partner(by=by, partner=partner, takes_part=True, budget_cents=cents)
        pooling.set_kind(by=by, kind=kind, included=True, fixed_cents=cents)
        pooling.set_host(by=by, host=host, accepts=True, seats=cents, cost_percent=100, blocked_weeks=[cents // 100])
    cases = [
        (cast.plan_jette, cast.jette, cast.jette_coordinator, "pooling_budget_cents", 100, "put-back-plan"),
        (round, cast.souss, by, "title", "Un", "put-back-round"),
        (partner, cast.souss, by, "budget_cents", 100, "put-back-partner"),
        (kind, cast.souss, by, "fixed_cents", 100, "put-back-kind"),
        (host, cast.souss, by, "blocked_weeks", [1], "put-back-host"),
    ]
    for obj, body, who, name, value, act in cases:
        entries = AuditEntry.objects.filter(object_type=obj._meta.label_lower, object_id=str(obj.pk)).order_by("-pk")
        client, path = signed_in(who), address("put-back", obj, entries[1].pk, body=body.slug)
        soup = soup_of(client.get(path))
        values = {"version": soup.find("input", {"name": "version"})["value"], "reason": "Retour"}
        assert client.post(path, values).status_code == 302
        obj.refresh_from_db()
        assert getattr(obj, name) == value
        latest = AuditEntry.objects.filter(object_id=str(obj.pk)).latest("pk")
        assert (latest.act, latest.reason) == (act, "Retour")


def test_every_kind_that_is_audited_is_told_in_words(cast):
    """Each act and each field that these tests' rules record has its words."""
    with_plans(cast)
    opened(cast)
    for entry in AuditEntry.objects.exclude(object_type__in=ACCOUNTS):
        kind = histories.kinds()[entry.object_type]
        assert entry.act in kind.acts, entry.act

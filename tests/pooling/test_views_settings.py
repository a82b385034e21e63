"""Pages of what a round computes with: rules, partners, kinds, places, activities kept out."""

import pytest

from tests.factories.rounds import opened, with_plans
from tests.pooling.pages import acts, page, text, url
from tiwizi.base.errors import Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.pooling import queries, rules

SETTINGS = ["round-rules", "round-partners", "round-kinds", "round-hosts"]


@pytest.fixture
def plans(cast):
    return with_plans(cast)


@pytest.fixture
def round(cast, plans):
    return opened(cast)


def typed(soup, action):
    """What a form of the page would post as it stands."""
    return typed_of(soup.find("form", action=action) if action else soup.find(id="general").form)


def typed_of(form):
    found = {}
    for box in form.select("input[name]:not([name=csrfmiddlewaretoken])"):
        if box["type"] in ("checkbox", "radio"):
            if box.has_attr("checked"):
                found.setdefault(box["name"], []).append(box["value"] if box.has_attr("value") else "on")
        else:
            found[box["name"]] = [box.get("value", "")]
    return found


def fault(soup, name):
    """The fault said beside a field, or nothing."""
    box = soup.find(attrs={"name": name}).find_parent(class_="has-error")
    return text(box.select_one(".field-error")) if box else ""


@pytest.mark.parametrize("name", SETTINGS)
def test_what_is_shown_posted_back_changes_nothing(as_, round, name):
    client = as_("animator")
    soup = page(client.get(url("round-rules", round)))
    before = AuditEntry.objects.exclude(act="change-round").count()
    values = typed(soup, None if name == "round-rules" else url(name, round))
    assert values
    answer = client.post(url(name, round), values)
    part = name.removeprefix("round-")
    assert answer.url == url("round-rules", round) + ("" if part == "rules" else f"#{part}")
    assert AuditEntry.objects.exclude(act="change-round").count() == before


@pytest.mark.parametrize("who", ["jette_coordinator", "elected", "donor"])
def test_who_does_not_lead_reads_and_changes_nothing(as_, round, who):
    client = as_(who)
    soup = page(client.get(url("round-rules", round)))
    assert len(soup.select("main fieldset[disabled]")) == 4
    assert not soup.select("main fieldset button")
    assert "You read these rules" in text(soup)
    before = AuditEntry.objects.count()
    for name in SETTINGS:
        assert client.post(url(name, round), typed(soup, None)).status_code == 403
    assert AuditEntry.objects.count() == before


def rules_typed(round, **more):
    values = {"title": "Autre", "method": "equal", "min_saving_cents": "1 234,50", "max_members": "3"}
    return values | {"version": round.version} | more


def test_rules_are_changed_with_amounts_as_people_write_them(as_, round):
    assert as_("animator").post(url("round-rules", round), rules_typed(round)).status_code == 302
    round.refresh_from_db()
    assert (round.title, round.method, round.min_saving_cents, round.max_members) == ("Autre", "equal", 123_450, 3)
    soup = page(as_("animator").get(url("round-rules", round)))
    assert soup.find(id="id_min_saving_cents")["value"] == "1234,50"
    assert as_("animator").post(url("round-rules", round), rules_typed(round, min_saving_cents="")).status_code == 302
    round.refresh_from_db()
    assert round.min_saving_cents == 0


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"title": " "}, "title"),
        ({"max_members": "1"}, "max_members"),
        ({"min_saving_cents": "-1"}, "min_saving_cents"),
    ],
)
def test_faulty_rules_return_with_what_was_typed(as_, round, more, field):
    values = rules_typed(round, **more)
    soup = page(as_("animator").post(url("round-rules", round), values), 422)
    assert fault(soup, field)
    assert soup.find("input", {"name": "method", "checked": True})["value"] == "equal"
    round.refresh_from_db()
    assert round.title == "Automne 2017"


def test_a_second_writer_is_asked_and_keeps_what_was_typed(cast, as_, round):
    seen = page(as_("animator").get(url("round-rules", round))).find(id="general").find("input", {"name": "seen"})
    rules.change_rules(
        by=cast.programme_coordinator, round=round, title="Premier", method="nucleolus", min_saving_cents=0,
        max_members=7, version=round.version,
    )  # fmt: skip
    values = rules_typed(round, seen=seen["value"], max_members="8")
    soup = page(as_("animator").post(url("round-rules", round), values), 409)
    assert [text(one) for one in soup.select("form.merge legend")] == ["Title"]
    assert soup.select_one("form.merge input[name=title]")["value"] == "Autre"
    again = typed_of(soup.select_one("form.merge")) | {"keep:title": "theirs"}
    told = as_("animator").post(url("round-rules", round), again, follow=True)
    round.refresh_from_db()
    assert (round.title, round.method, round.max_members) == ("Premier", "equal", 7)
    assert "Most activities in one shared activity (7)" in text(page(told).select_one(".messages"))


def test_partners_take_part_with_their_money(cast, as_, round):
    jette, etterbeek = round.partners.get(body=cast.jette), round.partners.get(body=cast.etterbeek)
    values = {f"{jette.pk}-budget_cents": "12\u202f345,67", f"{jette.pk}-takes_part": "on",
              f"{etterbeek.pk}-budget_cents": "", "version": round.version}  # fmt: skip
    answer = as_("animator").post(url("round-partners", round), values)
    assert answer.url == url("round-rules", round) + "#partners"
    jette.refresh_from_db()
    etterbeek.refresh_from_db()
    assert (jette.takes_part, jette.budget_cents) == (True, 1_234_567)
    assert (etterbeek.takes_part, etterbeek.budget_cents) == (False, None)  # not known, not zero
    assert {entry.act for entry in AuditEntry.objects.filter(object_type="pooling.roundpartner")} == {"set-partner"}


@pytest.mark.parametrize("wrong", ["beaucoup", "-1", "1,234.50"])
def test_when_one_partner_is_faulty_none_is_written(cast, as_, round, wrong):
    """`-1` is the rule's refusal, said once the first row has been written: it is taken back."""
    etterbeek, jette = round.partners.get(body=cast.etterbeek), round.partners.get(body=cast.jette)
    values = {f"{etterbeek.pk}-budget_cents": "5", f"{jette.pk}-budget_cents": wrong, f"{jette.pk}-takes_part": "on"}
    values["version"] = round.version
    before = AuditEntry.objects.count()
    soup = page(as_("animator").post(url("round-partners", round), values), 422)
    assert fault(soup, f"{jette.pk}-budget_cents")
    assert soup.find(attrs={"name": f"{jette.pk}-budget_cents"})["value"] == wrong
    assert soup.find(attrs={"name": f"{jette.pk}-budget_cents"}).find_parent("details").has_attr("open")
    assert soup.find(attrs={"name": f"{etterbeek.pk}-budget_cents"})["value"] == "5"
    etterbeek.refresh_from_db()
    assert etterbeek.budget_cents == 2_000_000
    assert AuditEntry.objects.count() == before


def kinds_typed(round, chosen, **more):
    """Every kind of the round as it stands, `chosen` with something else."""
    round.refresh_from_db()
    values = {"version": round.version}
    for row in round.kinds.all():
        said = {"included": "on", "fixed_cents": "2500", "per_head_cents": "50", "travel_rate_cents": "10",
                "pool_min": "10", "pool_max": "60"} | (more if row.kind == chosen else {})  # fmt: skip
        values |= {f"{row.pk}-{name}": value for name, value in said.items()}
    return values


def test_a_kinds_tariff_is_changed_for_this_round_only(cast, as_, round):
    values = kinds_typed(round, cast.training, fixed_cents="3 000", pool_max="40")
    assert as_("animator").post(url("round-kinds", round), values).status_code == 302
    kind = round.kinds.get(kind=cast.training)
    assert (kind.fixed_cents, kind.pool_max) == (300_000, 40)
    cast.training.refresh_from_db()
    assert cast.training.fixed_cents == 250_000
    assert round.kinds.get(kind=cast.diagnosis).fixed_cents == 250_000


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"fixed_cents": ""}, "fixed_cents"),
        ({"fixed_cents": "2500,50"}, "fixed_cents"),  # the engine counts whole euros
        ({"per_head_cents": "-1"}, "per_head_cents"),
        ({"pool_min": "0"}, "pool_min"),
        ({"pool_max": "x"}, "pool_max"),
        ({"pool_max": "100001"}, "pool_max"),
        ({"pool_min": "9" * 25, "pool_max": "60"}, "pool_min"),
        ({"per_head_cents": "1e999999"}, "per_head_cents"),
    ],
)
def test_a_faulty_tariff_is_said_beside_its_field(cast, as_, round, more, field):
    row = round.kinds.get(kind=cast.diagnosis)
    values = kinds_typed(round, cast.diagnosis, **more)
    soup = page(as_("animator").post(url("round-kinds", round), values), 422)
    assert fault(soup, f"{row.pk}-{field}")
    assert soup.find(attrs={"name": f"{row.pk}-{field}"}).get("value", "") == more[field]


def test_sizes_out_of_order_are_said_with_their_kind(cast, as_, round):
    row = round.kinds.get(kind=cast.training)
    values = kinds_typed(round, cast.training, pool_min="50", pool_max="20")
    soup = page(as_("animator").post(url("round-kinds", round), values), 422)
    tile = soup.find(attrs={"name": f"{row.pk}-pool_min"}).find_parent("details")
    assert tile.has_attr("open")
    assert "not above the largest" in text(tile)
    assert len(soup.select("#kinds details[open]")) == 1


def hosts_typed(round, chosen, **more):
    round.refresh_from_db()
    values = {"version": round.version}
    for row in round.hosts.all():
        said = {"accepts": "on", "seats": "60", "cost_percent": "100"} | (more if row.organisation == chosen else {})
        values |= {f"{row.pk}-{name}": value for name, value in said.items()}
    return values


def test_weeks_in_which_a_place_is_closed_are_added_and_removed(cast, as_, round):
    client = as_("animator")
    days = {"closed_from": "2017-08-01", "closed_to": "2017-08-18"}
    assert client.post(url("round-hosts", round), hosts_typed(round, cast.belfaa, **days)).status_code == 302
    host = round.hosts.get(organisation=cast.belfaa)
    assert host.blocked_weeks == [4, 5, 6]
    assert round.hosts.get(organisation=cast.ait_baha).blocked_weeks == []
    soup = page(client.get(url("round-rules", round)))
    kept = soup.find("input", {"name": f"{host.pk}-keep"})
    assert kept["value"] == "4-6"
    assert kept.has_attr("checked")
    assert "31 July 2017 – 20 August 2017" in text(kept.parent)
    more = {"keep": "4-6", "closed_from": "2017-10-02", "closed_to": "2017-10-02"}
    assert client.post(url("round-hosts", round), hosts_typed(round, cast.belfaa, **more)).status_code == 302
    host.refresh_from_db()
    assert host.blocked_weeks == [4, 5, 6, 13]
    assert client.post(url("round-hosts", round), hosts_typed(round, cast.belfaa, keep="13-13")).status_code == 302
    host.refresh_from_db()
    assert host.blocked_weeks == [13]


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"closed_from": "2017-10-09", "closed_to": "2017-10-02"}, "closed_to"),
        ({"closed_from": "2017-10-09"}, "closed_to"),
        ({"closed_to": "2017-10-09"}, "closed_to"),
        ({"closed_from": "2016-01-04", "closed_to": "2016-01-10"}, "closed_to"),  # before the round: nothing to close
        ({"closed_from": "demain", "closed_to": "2017-10-09"}, "closed_from"),
        ({"seats": "0"}, "seats"),
        ({"seats": "100001"}, "seats"),
        ({"closed_from": "2017-10-09", "closed_to": "9999-12-31"}, "closed_to"),
        ({"cost_percent": "0"}, "cost_percent"),
        ({"cost_percent": "1001"}, "cost_percent"),
        ({"keep": "0-77"}, "keep"),  # a stretch that the page never offered
    ],
)
def test_faulty_terms_of_a_place_are_said_beside_their_field(cast, as_, round, more, field):
    host = round.hosts.get(organisation=cast.belfaa)
    rules.set_host(by=cast.animator, host=host, accepts=True, seats=60, cost_percent=100, blocked_weeks=[4])
    values = hosts_typed(round, cast.belfaa, **({"keep": "4-4"} | more))
    soup = page(as_("animator").post(url("round-hosts", round), values), 422)
    assert fault(soup, f"{host.pk}-{field}")
    host.refresh_from_db()
    assert host.blocked_weeks == [4]


def test_a_place_that_no_longer_receives_is_said(cast, as_, round):
    client = as_("animator")
    values = hosts_typed(round, cast.belfaa)
    del values[f"{round.hosts.get(organisation=cast.belfaa).pk}-accepts"]
    assert client.post(url("round-hosts", round), values).status_code == 302
    assert "does not receive" in text(page(client.get(url("round-rules", round))).find(id="hosts"))


# --- Activities kept out ---


def test_a_partnership_keeps_its_own_out_and_lets_it_in(cast, as_, round, plans):
    client = as_("jette_coordinator")
    out, back = (url(name, round, plans.jette.pk) for name in ("opt-out", "opt-in"))
    soup = page(client.get(url("round-activities", round)))
    assert acts(soup) == {out, url("opt-out", round, plans.alone.pk)}
    assert acts(page(as_("animator").get(url("round-activities", round)))) == set()
    soup = page(client.post(out, {"reason": " "}), 422)
    box = soup.find(id=f"out-{plans.jette.pk}").find_parent("details")
    assert box.has_attr("open")
    assert "Say why" in text(box.select_one(".field-error"))
    assert len(soup.select(".field-error")) == 1
    soup = page(client.post(out, {"reason": "Déjà engagée"}, follow=True))
    assert "Déjà engagée" in text(soup.select_one(".todo-list"))
    assert acts(soup) == {back, url("opt-out", round, plans.alone.pk)}
    assert acts(page(as_("etterbeek_coordinator").get(url("round-activities", round)))) == {
        url("opt-out", round, plans.etterbeek.pk)
    }
    assert "1 kept out" in text(page(client.get(url("round", round))))
    assert client.post(back).url == url("round-activities", round)
    assert plans.jette in queries.taking_part(round)
    assert client.post(back).status_code == 409


@pytest.mark.parametrize("who", ["animator", "etterbeek_coordinator", "elected"])
def test_nobody_keeps_out_anothers(cast, as_, round, plans, who):
    for name in ("opt-out", "opt-in"):
        assert as_(who).post(url(name, round, plans.jette.pk), {"reason": "x"}).status_code == 403
    assert plans.jette in queries.taking_part(round)


def test_an_activity_that_is_not_there_or_not_in_the_round(cast, as_, round, plans):
    assert as_("jette_coordinator").post(url("opt-out", round, round.pk), {"reason": "x"}).status_code == 404
    plans.jette.kind = cast.diagnosis
    plans.jette.save()
    rules.set_kind(by=cast.animator, kind=round.kinds.get(kind=cast.diagnosis), included=False)
    refused = as_("jette_coordinator").post(url("opt-out", round, plans.jette.pk), {"reason": "x"})
    assert "does not take part in the round" in text(page(refused, 409))


@pytest.mark.parametrize("name", ["round-partners", "round-kinds", "round-hosts"])
def test_an_older_page_overwrites_nothing(cast, as_, round, name):
    """Two people at once on different rows: both changes stand."""
    client = as_("animator")
    values = typed(page(client.get(url("round-rules", round))), url(name, round))
    jette = round.partners.get(body=cast.jette)
    rules.set_partner(by=cast.programme_coordinator, partner=jette, takes_part=True, budget_cents=500_000)
    etterbeek = round.partners.get(body=cast.etterbeek)
    if name == "round-partners":
        values[f"{etterbeek.pk}-budget_cents"] = ["777"]
    answer = client.post(url(name, round), values, follow=True)
    told = text(page(answer).select_one(".messages"))
    jette.refresh_from_db()
    etterbeek.refresh_from_db()
    assert jette.budget_cents == 500_000
    if name == "round-partners":
        assert etterbeek.budget_cents == 77_700
        assert "Jette–Belfaa, Money for this round (€5,000)" in told


def test_an_older_page_that_does_not_say_what_it_saw_is_asked(cast, as_, round):
    client = as_("animator")
    values = typed(page(client.get(url("round-rules", round))), url("round-partners", round))
    del values["seen"]
    jette = round.partners.get(body=cast.jette)
    rules.set_partner(by=cast.programme_coordinator, partner=jette, takes_part=True, budget_cents=500_000)
    soup = page(client.post(url("round-partners", round), values), 409)
    assert text(soup.select_one("form.merge legend")) == "Jette–Belfaa, Money for this round"
    jette.refresh_from_db()
    assert jette.budget_cents == 500_000


def test_two_change_the_same_money_and_the_second_chooses(cast, as_, round):
    client = as_("animator")
    values = typed(page(client.get(url("round-rules", round))), url("round-partners", round))
    jette = round.partners.get(body=cast.jette)
    rules.set_partner(by=cast.programme_coordinator, partner=jette, takes_part=True, budget_cents=500_000)
    values[f"{jette.pk}-budget_cents"] = ["600"]
    form = page(client.post(url("round-partners", round), values), 409).select_one("form.merge")
    assert "€600" in text(form)
    assert "€5,000" in text(form)
    assert "€20,000" in text(form)  # what it was
    assert "Coordination du programme" in text(form)
    chosen = typed_of(form) | {f"keep:{jette.pk}-budget_cents": "mine"}
    assert client.post(url("round-partners", round), chosen).status_code == 302
    jette.refresh_from_db()
    assert jette.budget_cents == 60_000


def test_going_back_to_what_was_typed_writes_nothing(cast, as_, round):
    client = as_("animator")
    values = typed(page(client.get(url("round-rules", round))), url("round-partners", round))
    jette = round.partners.get(body=cast.jette)
    values[f"{jette.pk}-budget_cents"] = ["600"]
    before = AuditEntry.objects.count()
    soup = page(client.post(url("round-partners", round), values | {"again": "1"}))
    assert soup.find("input", {"name": f"{jette.pk}-budget_cents"})["value"] == "600"
    assert typed(soup, url("round-partners", round))["seen"] == values["seen"]
    assert AuditEntry.objects.count() == before


def test_settings_are_written_whole_or_not_at_all(cast, round):
    jette, etterbeek = round.partners.get(body=cast.jette), round.partners.get(body=cast.etterbeek)
    rows = {jette: {"takes_part": True, "budget_cents": 5}, etterbeek: {"takes_part": True, "budget_cents": -1}}
    with pytest.raises(rules.FaultySettings) as caught:
        rules.change_settings(by=cast.animator, round=round, rows=rows, version=round.version)
    assert (caught.value.code, [one.code for one in caught.value.faults.values()]) == (
        "settings-faulty", ["budget-negative"],
    )  # fmt: skip
    jette.refresh_from_db()
    assert jette.budget_cents == 2_000_000
    with pytest.raises(Refusal) as refused:
        rules.change_settings(by=cast.jette_coordinator, round=round, rows=rows, version=round.version)
    assert refused.value.code == "not-allowed"

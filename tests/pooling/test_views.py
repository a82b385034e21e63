"""Pages of rounds: what each state shows, to whom; what others are refused."""

import pytest
from django.urls import reverse

from tests.factories.rounds import opened, run, with_plans
from tests.pooling.pages import acts, agree, amount, facts, page, part_of, text, url
from tiwizi.base import jobs
from tiwizi.base.models import AuditEntry, Job
from tiwizi.pooling import queries, rules
from tiwizi.pooling.models import Round

OTHERS = ["neighbour", "association", "stranger"]


def _refusal(who):
    """Whoever may not even read the body is told that there is none."""
    return 404 if who == "stranger" else 403


# --- The list, and a new round ---


def test_the_list_invites_who_leads_and_tells_the_others(cast, as_):
    with_plans(cast)
    where = reverse("pooling:rounds", args=["souss-massa"])
    new = reverse("pooling:round-open", args=["souss-massa"])
    assert page(as_("animator").get(where)).select_one(f"main a[href='{new}']")
    coordinator = page(as_("jette_coordinator").get(reverse("pooling:rounds", args=["jette-belfaa"])))
    assert "No round yet" in text(coordinator)
    assert not coordinator.select(f"main a[href='{new}']")
    assert "read in the group concerned" in text(page(as_("association").get(where)))


def test_a_round_stands_in_the_list_of_its_group_and_of_its_partners_only(cast, as_, waiting):
    round, proposal = waiting
    for body in ("souss-massa", "maroc", "jette-belfaa"):
        (row,) = page(as_("donor").get(reverse("pooling:rounds", args=[body]))).select("main tbody tr")
        assert row.a["href"] == url("round", round)
        assert [cell.get_text() for cell in row.select("td.num")] == ["1", "0"]
    assert not page(as_("donor").get(reverse("pooling:rounds", args=["nord"]))).select("main tbody tr")
    assert not page(as_("neighbour").get(reverse("pooling:rounds", args=["souss-massa"]))).select("main tbody tr")
    agree(cast, proposal)
    soup = page(as_("donor").get(reverse("pooling:rounds", args=["souss-massa"])))
    assert [cell.get_text() for cell in soup.select("main tbody td.num")] == ["0", "1"]
    saved = proposal.alone_cents - proposal.cost_cents
    assert amount(saved).removesuffix(".00") in text(soup.select_one("dl.figures"))


def said(**more):
    values = {"title": "Automne", "start": "2017-07-05", "weeks": "78", "method": "shapley"}
    return values | {"min_saving_cents": "1 234,50", "max_members": "4"} | more


def test_a_new_round_offers_the_weeks_of_the_plans(cast, as_):
    with_plans(cast)
    soup = page(as_("animator").get(reverse("pooling:round-open", args=["souss-massa"])))
    assert soup.find(id="id_start")["value"] == "2017-07-03"
    assert soup.find(id="id_weeks")["value"] == "78"
    assert soup.find("input", {"name": "method", "checked": True})["value"] == "nucleolus"


def test_a_round_is_opened_as_typed_from_the_monday(cast, as_):
    with_plans(cast)
    answer = as_("animator").post(reverse("pooling:round-open", args=["souss-massa"]), said())
    round = Round.objects.get()
    assert answer.url == url("round", round)
    assert (round.title, round.start.isoformat(), round.weeks) == ("Automne", "2017-07-03", 78)
    assert (round.method, round.min_saving_cents, round.max_members) == ("shapley", 123_450, 4)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"title": ""}, "title"),
        ({"start": "2030-01-01"}, "start"),  # the rule's refusal: nobody has a plan then
        ({"start": "9999-12-31", "weeks": "260"}, "start"),
        ({"start": "0001-01-01"}, "start"),
        ({"weeks": "0"}, "weeks"),
        ({"method": "dice"}, "method"),
        ({"min_saving_cents": "douze"}, "min_saving_cents"),
        ({"min_saving_cents": "-5"}, "min_saving_cents"),
        ({"min_saving_cents": "1e999999"}, "min_saving_cents"),
        ({"max_members": "99"}, "max_members"),
    ],
)
def test_a_faulty_round_returns_with_what_was_typed(cast, as_, typed, field):
    with_plans(cast)
    soup = page(as_("animator").post(reverse("pooling:round-open", args=["souss-massa"]), said(**typed)), 422)
    assert not Round.objects.exists()
    box = soup.find(attrs={"name": field})
    assert box.find_parent(class_="has-error").select_one(".field-error")
    for name in ("title", "weeks", "min_saving_cents", "max_members"):
        assert soup.find(id=f"id_{name}").get("value", "") == said(**typed)[name]


@pytest.mark.parametrize("who", ["jette_coordinator", "elected", "donor", *OTHERS])
def test_a_round_is_opened_by_who_leads_only(cast, as_, who):
    with_plans(cast)
    where = reverse("pooling:round-open", args=["souss-massa"])
    assert as_(who).get(where).status_code == _refusal(who)
    assert as_(who).post(where, said()).status_code == _refusal(who)
    assert not Round.objects.exists()


# --- The round, state by state ---


def test_an_open_round_says_what_it_lacks_and_where(cast, as_):
    plans = with_plans(cast)
    plans.jette.cost_cents = None
    plans.jette.save()
    round = opened(cast)
    rules.set_partner(
        by=cast.animator, partner=round.partners.get(body=cast.etterbeek), takes_part=True, budget_cents=None
    )
    soup = page(as_("animator").get(url("round", round)))
    links = {link["href"] for link in soup.select(".note-warning a")}
    assert links == {
        reverse("plans:activity-detail", args=["jette-belfaa", plans.jette.pk]),
        url("round-rules", round) + "#partners",
    }
    assert url("run", round) not in acts(soup)
    refused = page(as_("animator").post(url("run", round)), 409)
    assert "Something is missing" in text(refused)
    round.refresh_from_db()
    assert round.state == "open"


@pytest.mark.parametrize(("who", "may"), [("animator", True), ("programme_coordinator", True), ("donor", False),
                                          ("jette_coordinator", False), ("elected", False)])  # fmt: skip
def test_a_ready_round_is_run_by_who_leads(cast, as_, who, may):
    with_plans(cast)
    round = opened(cast)
    soup = page(as_(who).get(url("round", round)))
    assert "Ready to run" in text(soup)
    assert {url("run", round), url("close", round), url("forbid-pair", round)} & acts(soup) == (
        {url("run", round), url("close", round), url("forbid-pair", round)} if may else set()
    )
    assert as_(who).post(url("run", round)).status_code == (302 if may else 403)
    round.refresh_from_db()
    assert round.state == ("running" if may else "open")


def test_a_running_round_shows_its_progress_and_is_stopped(cast, as_):
    with_plans(cast)
    round = opened(cast)
    rules.start_run(by=cast.animator, round=round)
    jobs.claim()
    Job.objects.update(progress=42)
    soup = page(as_("animator").get(url("round", round)))
    assert soup.progress["value"] == "42"
    assert acts(soup) == {url("stop", round)}
    other = page(as_("jette_coordinator").get(url("round", round)))
    assert "being computed" in text(other)
    assert acts(other) == set()
    assert as_("jette_coordinator").post(url("stop", round)).status_code == 403
    assert as_("animator").post(url("stop", round)).url == url("round", round)
    round.refresh_from_db()
    assert round.state == "open"
    assert page(as_("animator").post(url("stop", round)), 409)


def test_a_failed_run_is_told_and_may_be_run_again(cast, as_):
    with_plans(cast)
    round = opened(cast)
    rules.start_run(by=cast.animator, round=round)
    Job.objects.update(state="failed", error="secret trace")
    soup = page(as_("animator").get(url("round", round)))
    assert soup.select_one(".note-error[role=alert]")
    assert "secret" not in text(soup)
    assert url("run", round) in acts(soup)


def test_a_proposed_round_tells_the_engines_figures(cast, as_, waiting):
    round, proposal = waiting
    soup = page(as_("animator").get(url("round", round)))
    figures = text(soup.select_one("dl.figures"))
    saving = proposal.alone_cents - proposal.cost_cents
    assert amount(saving).removesuffix(".00") in figures
    assert "proven: no plan does more, none as good costs less" in figures
    card = soup.select_one("section[aria-labelledby=p1]")
    assert queries.verdict(proposal)  # the sentence of the card, read in the reader's language
    assert "no group of you could do better by itself" in text(card)
    assert [text(c) for c in card.select("td[data-label=Share]")] == [
        amount(part.share_cents) for part in proposal.parts.order_by("body__slug")
    ]
    assert soup.select_one("figure.timeline svg")
    assert url("run", round) in acts(soup)
    assert "1 activity stays alone" in text(soup)


def test_a_round_without_any_proposal_says_what_may_help(cast, as_):
    with_plans(cast)
    round = run(cast, opened(cast, min_saving_cents=100_000_000))
    assert "Lower the least saving" in text(page(as_("animator").get(url("round", round))))


def test_a_closed_round_has_no_button(cast, as_, waiting):
    round, proposal = waiting
    agree(cast, proposal)
    assert as_("jette_coordinator").post(url("close", round)).status_code == 403
    assert as_("animator").post(url("close", round)).url == url("round", round)
    for who in ("animator", "jette_coordinator"):
        for name, more in [("round", []), ("proposal", [proposal.number]), ("round-activities", []), ("agreed", [])]:
            soup = page(as_(who).get(url(name, round, *more)))
            assert acts(soup) == set(), name
    soup = page(as_("animator").get(url("round-rules", round)))
    assert len(soup.select("main fieldset[disabled]")) == 4
    assert not soup.select("main button.btn-primary")
    assert "Closed" in facts(page(as_("animator").get(url("round", round))))


def test_everything_decided_is_told_with_who_and_why(cast, as_, waiting):
    round, proposal = waiting
    rules.refuse_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette), reason="Pas avant 2018")
    told = text(page(as_("donor").get(url("round", round))).select_one(".scroll-list"))
    assert "Coordination Jette refused its part" in told
    assert "Pas avant 2018" in told
    assert "The system found the best plan" in told
    assert "Animation Souss-Massa opened the round" in told


# --- Who may not, and what is not there ---


@pytest.mark.parametrize("who", OTHERS)
def test_others_read_nothing_of_a_round_and_change_nothing(cast, as_, waiting, who):
    round, proposal = waiting
    activity = part_of(proposal, cast.jette).activity_id
    trail = AuditEntry.objects.count()
    for name in ("round", "agreed", "round-rules", "round-activities"):
        assert as_(who).get(url(name, round)).status_code == _refusal(who), name
    assert as_(who).get(url("proposal", round, 1)).status_code == _refusal(who)
    for name in ("run", "stop", "close", "round-rules", "round-partners", "round-kinds", "round-hosts", "forbid-pair"):
        assert as_(who).post(url(name, round), {"reason": "x"}).status_code == _refusal(who), name
    for name in ("answer", "take-back", "pin-host", "fix-week", "release"):
        assert as_(who).post(url(name, round, 1), {"reason": "x"}).status_code == _refusal(who), name
    for name in ("opt-out", "opt-in"):
        assert as_(who).post(url(name, round, activity), {"reason": "x"}).status_code == _refusal(who), name
    assert AuditEntry.objects.count() == trail


def test_a_visitor_is_asked_to_sign_in(as_, waiting):
    round, _proposal = waiting
    for name, more in [("round", []), ("agreed", []), ("round-rules", []), ("round-activities", []), ("proposal", [1])]:
        assert as_(None).get(url(name, round, *more)).url.startswith(reverse("account_login"))
    assert as_(None).post(url("run", round)).url.startswith(reverse("account_login"))
    assert as_(None).post(url("answer", round, 1)).url.startswith(reverse("account_login"))


def test_what_is_not_there_is_not_found(as_, waiting):
    round, _proposal = waiting
    client = as_("programme_coordinator")
    for body in ("jette-belfaa", "nord", "nowhere"):
        assert client.get(url("round", round, body=body)).status_code == 404
        assert client.post(url("run", round, body=body)).status_code == 404
    assert client.get(url("proposal", round, 99)).status_code == 404
    assert client.post(url("answer", round, 99), {}).status_code == 404
    assert client.post(url("lift", round, round.pk)).status_code == 404

"""Pages of a proposal: who answers, what is decided, and the same amounts everywhere."""

import io

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories.rounds import run
from tests.pooling.pages import acts, agree, amount, facts, page, part_of, text, url
from tiwizi.pooling import queries, rules
from tiwizi.pooling.models import Condition, Proposal

# --- A proposal ---


@pytest.mark.parametrize(("who", "answers"), [("jette_coordinator", ["jette"]), ("animator", []),
                                              ("etterbeek_coordinator", ["etterbeek"]), ("donor", [])])  # fmt: skip
def test_each_answers_for_its_own_part_only(cast, as_, waiting, who, answers):
    round, proposal = waiting
    mine = [str(part_of(proposal, getattr(cast, name)).pk) for name in answers]
    for name, more in [("round", []), ("proposal", [1])]:
        soup = page(as_(who).get(url(name, round, *more)))
        forms = soup.select(f"form[action='{url('answer', round, 1)}']")
        assert [form.find("input", {"name": "part"})["value"] for form in forms] == mine
    leads = {url(name, round, 1) for name in ("pin-host", "fix-week", "release")}
    assert leads & acts(soup) == (leads if who == "animator" else set())


def test_who_accepts_is_told_and_may_take_it_back(cast, as_, waiting):
    round, proposal = waiting
    part, client = part_of(proposal, cast.jette), as_("jette_coordinator")
    values = {"part": part.pk, "share": part.share_cents, "answer": "accept", "reason": "D'accord"}
    soup = page(client.post(url("answer", round, 1), values, follow=True))
    assert "The other partners still have to answer" in text(soup)
    assert "D'accord" in text(soup)
    assert url("take-back", round, 1) in acts(soup)
    assert url("answer", round, 1) not in acts(soup)
    soup = page(client.post(url("take-back", round, 1), {"part": part.pk}, follow=True))
    assert url("answer", round, 1) in acts(soup)
    assert client.post(url("take-back", round, 1), {"part": part.pk}).status_code == 409
    assert client.post(url("take-back", round, 1), {"part": "?"}).status_code == 404


def test_the_last_to_accept_is_led_to_the_collective_activity(cast, as_, waiting):
    round, proposal = waiting
    rules.accept_part(by=cast.jette_coordinator, part=part_of(proposal, cast.jette))
    part = part_of(proposal, cast.etterbeek)
    values = {"part": part.pk, "share": part.share_cents, "answer": "accept"}
    soup = page(as_("etterbeek_coordinator").post(url("answer", round, 1), values, follow=True))
    proposal.refresh_from_db()
    assert "Agreed" in facts(soup)
    activity = reverse("plans:activity-detail", args=["souss-massa", proposal.collective_id])
    assert soup.select_one(f".note-success a[href='{activity}']")
    assert not {url("answer", round, 1), url("take-back", round, 1)} & acts(soup)
    leads = acts(page(as_("animator").get(url("proposal", round, 1))))
    assert {url(name, round, 1) for name in ("pin-host", "fix-week", "release")} & leads == {url("release", round, 1)}


def test_a_refusal_without_reason_returns_to_its_form(cast, as_, waiting):
    round, proposal = waiting
    part = part_of(proposal, cast.jette)
    values = {"part": part.pk, "share": part.share_cents, "answer": "refuse", "reason": " "}
    soup = page(as_("jette_coordinator").post(url("answer", round, 1), values), 422)
    box = soup.find(id=f"reason-{part.pk}")
    assert box["aria-invalid"] == "true"
    assert "Say why" in soup.find(id=box["aria-describedby"]).get_text()
    part.refresh_from_db()
    assert part.answer == "awaited"


def test_a_refused_proposal_shows_why_and_binds_the_next_run(cast, as_, waiting):
    round, proposal = waiting
    part = part_of(proposal, cast.jette)
    values = {"part": part.pk, "share": part.share_cents, "answer": "refuse", "reason": "Pas avant 2018"}
    soup = page(as_("jette_coordinator").post(url("answer", round, 1), values, follow=True))
    assert "Refused" in facts(soup)
    assert "Pas avant 2018" in text(soup.select_one("td[data-label=Answer]").find_parent("tbody"))
    assert acts(soup) == set()
    soup = page(as_("animator").get(url("round", round)))
    assert "Refused" in text(soup.select_one("section[aria-labelledby=p1] h4"))
    condition = Condition.objects.get()
    assert url("lift", round, condition.pk) in acts(soup)
    assert url("lift", round, condition.pk) not in acts(page(as_("jette_coordinator").get(url("round", round))))
    assert as_("jette_coordinator").post(url("lift", round, condition.pk)).status_code == 403
    assert as_("animator").post(url("lift", round, condition.pk)).url == (
        url("round", round) + f"?lifted={condition.pk}"
    )
    assert queries.conditions(round) == []


def test_an_answer_that_says_nothing_or_comes_late_is_refused(cast, as_, waiting):
    round, proposal = waiting
    part, client = part_of(proposal, cast.jette), as_("jette_coordinator")
    assert "Choose to accept" in text(page(client.post(url("answer", round, 1), {"part": part.pk}), 422))
    late = {"part": part.pk, "answer": "accept", "share": part.share_cents + 1}
    assert "no longer the one you saw" in text(page(client.post(url("answer", round, 1), late), 409))
    foreign = {"part": part_of(proposal, cast.etterbeek).pk, "answer": "accept"}
    assert client.post(url("answer", round, 1), foreign).status_code == 403
    assert not proposal.parts.exclude(answer="awaited").exists()


def test_an_answer_of_another_kind_is_refused_by_its_code(as_, waiting):
    round, _proposal = waiting
    answer = as_("jette_coordinator").post(url("answer", round, 1), {"answer": "perhaps"})
    assert answer.status_code == 422
    assert answer.context["refusal"].code == "answer-unreadable"


def test_a_part_of_another_proposal_is_not_found(cast, as_, waiting):
    round, first = waiting
    old = part_of(first, cast.jette)
    run(cast, round)  # the same proposal again, number 2; the first is replaced
    values = {"part": old.pk, "answer": "accept"}
    assert as_("jette_coordinator").post(url("answer", round, 2), values).status_code == 404
    soup = page(as_("jette_coordinator").get(url("proposal", round, 1)))
    assert "No longer proposed" in text(soup)
    assert acts(soup) == set()


def test_the_animator_pins_a_place_and_fixes_a_week(cast, as_, waiting):
    round, proposal = waiting
    client = as_("animator")
    other = next(place.organisation for place in queries.places(proposal) if not place.chosen)
    values = {"organisation": str(other.pk), "reason": "La salle est prête"}
    assert client.post(url("pin-host", round, 1), values).url == url("round", round)
    week = queries.possible_weeks(proposal)[-1][0]
    assert client.post(url("fix-week", round, 1), {"week": week, "reason": "Rentrée"}).url == url("round", round)
    binding = text(page(client.get(url("round", round))))
    assert f"is shared in {other} or not at all" in binding.replace(" ,", ",")
    assert f"in week {week + 1} of the round" in binding
    assert "La salle est prête" in binding
    again = run(cast, round).proposals.get(state="pending")
    assert (again.host, again.week) == (other, week)


@pytest.mark.parametrize(
    ("name", "field", "value"), [("pin-host", "organisation", "nowhere"), ("fix-week", "week", "77")]
)
def test_an_impossible_place_or_week_is_said_beside_it(cast, as_, waiting, name, field, value):
    round, _proposal = waiting
    soup = page(as_("animator").post(url(name, round, 1), {field: value, "reason": "Ma raison"}), 422)
    form = soup.find("form", action=url(name, round, 1))
    assert form.find(attrs={"name": field}).find_parent(class_="has-error").select_one(".field-error")
    assert form.find(attrs={"name": "reason"})["value"] == "Ma raison"
    assert not Condition.objects.exists()


def test_what_was_agreed_is_put_back_with_a_reason(cast, as_, waiting):
    round, proposal = waiting
    agree(cast, proposal)
    soup = page(as_("animator").post(url("release", round, 1), {"reason": ""}), 422)
    assert soup.find(id="release-reason")["aria-invalid"] == "true"
    assert as_("animator").post(url("release", round, 1), {"reason": "Fermé"}).url == url("round", round)
    proposal.refresh_from_db()
    assert (proposal.state, proposal.collective) == ("replaced", None)


def test_two_partners_are_kept_apart_with_a_reason(cast, as_, waiting):
    round, _proposal = waiting
    pair = {"body": cast.jette.pk, "other_body": cast.etterbeek.pk}
    soup = page(as_("animator").post(url("forbid-pair", round), pair | {"reason": ""}), 422)
    form = soup.find("form", action=url("forbid-pair", round))
    assert form.find_parent("details").has_attr("open")
    assert form.find(id="pair_reason").find_parent(class_="has-error").select_one(".field-error")
    assert form.select_one(f"#pair_other_body option[value='{cast.etterbeek.pk}']").has_attr("selected")
    twice = {"body": cast.jette.pk, "other_body": cast.jette.pk, "reason": "Calendriers"}
    form = page(as_("animator").post(url("forbid-pair", round), twice), 422).find(
        "form", action=url("forbid-pair", round)
    )
    assert "two different partners" in text(form.find(id="pair_other_body").find_parent(class_="has-error"))
    assert form.find(id="pair_reason")["value"] == "Calendriers"
    answer = as_("animator").post(url("forbid-pair", round), pair | {"reason": "Calendriers"})
    assert answer.url == url("round", round)
    soup = page(as_("animator").get(url("round", round)))
    assert "are kept apart" in text(soup)


# --- The same amounts everywhere ---


def test_amounts_are_the_same_on_every_page_and_in_the_workbook(cast, as_, waiting):
    round, proposal = waiting
    agree(cast, proposal)
    parts = list(proposal.parts.order_by("body__slug"))
    shares = [amount(part.share_cents) for part in parts]
    client = as_("jette_coordinator")
    card = page(client.get(url("round", round))).select_one("section[aria-labelledby=p1]")
    whole = page(client.get(url("proposal", round, 1))).select_one("main table")
    agreed = page(client.get(url("agreed", round)))
    for soup in (card, whole, agreed.select_one("main table")):
        assert [text(cell) for cell in soup.select("tbody td[data-label=Share]")] == shares
    assert text(agreed.select("main table")[0].select_one("tfoot td[data-label=Share]")) == amount(proposal.cost_cents)
    assert text(agreed.select("main table")[1].select_one("tfoot td[data-label=Share]")) == amount(proposal.cost_cents)
    book = client.get(reverse("interop:agreed-workbook", args=["souss-massa", round.pk]))
    sheets = load_workbook(io.BytesIO(book.content), data_only=True).worksheets
    assert round_cents(sheets[0]["H4"]) == proposal.cost_cents
    assert [round_cents(sheets[1][f"E{row}"]) for row in (4, 5)] == [part.share_cents for part in parts]
    assert [round_cents(sheets[1][f"D{row}"]) for row in (4, 5)] == [part.alone_cents for part in parts]


def round_cents(cell):
    return round(cell.value * 100)


def test_nothing_agreed_yet_is_said(as_, waiting):
    round, _proposal = waiting
    soup = page(as_("elected").get(url("agreed", round)))
    assert "Nothing agreed yet" in text(soup)
    assert not soup.select("main table")
    assert not Proposal.objects.filter(state="agreed").exists()

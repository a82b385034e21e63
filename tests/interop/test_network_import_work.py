"""What a network workbook ends, how one is reached, what is taken back as one act, and what a worker does."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError
from django.urls import reverse
from django.utils import timezone

from tests.interop.networks import NEW, apply, check, large, made, refused, told
from tiwizi.base import jobs
from tiwizi.base.jobs import run_next
from tiwizi.base.models import AuditEntry, Job
from tiwizi.indicators import tasks as renewing  # noqa: F401
from tiwizi.interop.faults import located
from tiwizi.network import histories, rules, tasks  # noqa: F401 (a worker knows its work)
from tiwizi.network.models import (
    Body,
    BodyKind,
    Contact,
    Grouping,
    Mandate,
    Membership,
    NetworkImport,
    Organisation,
    OrganisationKind,
)
from tiwizi.network.rules import imports

pytestmark = pytest.mark.django_db
END = date(2019, 6, 30)
JETTE = {"code": "jette-belfaa", "kind": "partnership"}
JETTE |= {f"name_{language}": "Jette–Belfaa" for language in ("fr", "nl", "en", "ar")}


def undo(cast, kept):
    return rules.undo_network(by=cast.programme_coordinator, kept=kept)


def everything():
    """All that an import may write, as it stands."""
    tables = (BodyKind, OrganisationKind, Organisation, Body, Grouping, Membership, Contact, Mandate)
    hidden = {"version"}  # a restored thing is a later version
    return {
        model.__name__: sorted(
            str({name: value for name, value in row.items() if name not in hidden}) for row in model.objects.values()
        )
        for model in tables
    }


# --- Ends ---


def test_a_body_is_closed_and_what_hangs_ends_with_it(cast):
    rows = {"bodies": [JETTE | {"end": END}]}
    kept = apply(cast, made(**rows))
    assert kept.changes[0]["fields"] == {"end": [None, "2019-06-30"]}
    cast.jette.refresh_from_db()
    assert cast.jette.end == END
    assert set(Grouping.objects.filter(body=cast.jette).values_list("end", flat=True)) == {END}
    assert set(Membership.objects.filter(body=cast.jette).values_list("end", flat=True)) == {END}
    assert set(Mandate.objects.filter(body=cast.jette).values_list("end", flat=True)) == {END}
    assert AuditEntry.objects.get(act="close-body").reason == "reseau.xlsx"
    rows |= {"groupings": [{"body": "jette-belfaa", "whole": "souss-massa"}]}  # as it was downloaded before
    assert {change["act"] for change in check(cast, made(**rows)).changes} == {"same"}


def test_a_closed_body_is_not_opened_again_by_a_workbook(cast):
    apply(cast, made(bodies=[JETTE | {"end": END}]))
    for end in (None, END + timedelta(days=1)):
        kept = check(cast, made(bodies=[JETTE | {"end": end}]))
        assert ("H2", "end-by-hand") in told(kept)


def test_nobody_is_left_alone(cast):
    group = {"code": "souss-massa", "kind": "regional-group", "name_fr": "Souss-Massa", "end": END}
    only = Grouping.objects.filter(body=cast.etterbeek).exclude(whole=cast.souss)
    only.delete()
    kept = check(cast, made(bodies=[group]))
    assert ("H2", "parts-alone") in told(kept)
    parts = [
        {"code": one.body.slug, "kind": one.body.kind_id, "name_fr": one.body.name["fr"], "end": END}
        for one in Grouping.objects.filter(whole=cast.souss).select_related("body")
    ]
    assert told(check(cast, made(bodies=[group, *parts]))) == set()
    apply(cast, made(bodies=[group, *parts]))  # the narrowest first
    assert set(Body.objects.filter(slug__in=["souss-massa", "jette-belfaa"]).values_list("end", flat=True)) == {END}


def test_what_begins_later_stands_in_the_way_of_closing(cast):
    later = END + timedelta(days=10)
    Membership.objects.create(body=cast.jette, organisation=cast.ait_baha, side="member", start=later)
    assert ("H2", "later-life") in told(check(cast, made(bodies=[JETTE | {"end": END}])))
    Membership.objects.filter(start=later).delete()
    Mandate.objects.create(user=cast.donor, body=cast.jette, role="donor", start=later)
    kept = check(cast, made(bodies=[JETTE | {"end": END}]))
    assert ("H2", "later-role") in told(kept)
    assert all(located(fault) for fault in kept.faults)


def test_a_tie_and_a_seat_stop_but_leave_nobody_without(cast):
    ends = [{"body": "jette-belfaa", "whole": tie.whole.slug, "end": END} for tie in cast.jette.groupings.all()]
    kept = check(cast, made(groupings=ends))
    assert {code for _cell, code in told(kept)} == {"home-lost"}
    assert told(check(cast, made(groupings=[*ends[:1], {"body": "jette-belfaa", "whole": "maroc"}]))) == set()
    seat = {"body": "jette-belfaa", "organisation": "belfaa", "side": "south", "end": END}
    assert ("E2", "side-lost") in told(check(cast, made(seats=[seat])))
    other = {"body": "jette-belfaa", "organisation": "ait-baha", "side": "south"}
    apply(cast, made(seats=[seat, other]))
    assert Membership.objects.get(body=cast.jette, organisation=cast.belfaa).end == END


# --- Contacts ---


def test_contacts_come_in_and_are_corrected(cast):
    rows = [
        {"body": "jette-belfaa", "office": "Secrétariat", "mail": "jette@example.org"},
        {"organisation": "Belfaa", "phone": "+212 528 00 00 00", "website": "https://belfaa.example"},
    ]
    kept = apply(cast, made(contacts=rows))
    assert [change["act"] for change in kept.changes] == ["new", "new"]
    contact = Contact.objects.get(body=cast.jette)
    assert (contact.office, contact.mail) == ("Secrétariat", "jette@example.org")
    assert histories.story(contact)
    apply(cast, made(contacts=[rows[0] | {"mail": "autre@example.org"}]))
    contact.refresh_from_db()
    assert (contact.mail, contact.version) == ("autre@example.org", 2)
    assert AuditEntry.objects.filter(act="set-contact").latest("pk").before == {"mail": "jette@example.org"}


@pytest.mark.parametrize(
    ("row", "cell", "code"),
    [
        ({"mail": "a@example.org"}, "A2", "contact-of-one"),
        ({"body": "jette-belfaa", "organisation": "belfaa", "mail": "a@example.org"}, "A2", "contact-of-one"),
        ({"body": "atlantide", "mail": "a@example.org"}, "A2", "not-known"),
        ({"organisation": "orphan", "mail": "a@example.org"}, "B2", "contact-unseated"),
        ({"body": "jette-belfaa", "mail": "secrétariat"}, "D2", "contact-mail"),
        ({"body": "jette-belfaa", "mail": "a@example.org", "phone": "demain"}, "E2", "contact-phone"),
        ({"body": "jette-belfaa", "mail": "a@example.org", "website": "javascript:alert(1)"}, "G2", "contact-website"),
        ({"body": "jette-belfaa", "mail": "a@example.org", "office": "x" * 130}, "C2", "text-too-long"),
    ],
)
def test_a_faulty_contact_is_told_at_its_cell(cast, row, cell, code):
    Organisation.objects.create(slug="orphan", kind_id="commune", name={"fr": "Seule"}, country="MA")
    kept = check(cast, made(contacts=[row]))
    assert (cell, code) in told(kept)
    assert all(located(fault) for fault in kept.faults)


def test_one_contact_stands_twice(cast):
    rows = [{"body": "jette-belfaa", "mail": "a@example.org"}, {"body": "Jette–Belfaa", "mail": "b@example.org"}]
    assert ("A3", "row-twice") in told(check(cast, made(contacts=rows)))


# --- Undo ---


def test_a_whole_import_is_taken_back_as_one_act(cast):
    Contact.objects.create(body=cast.etterbeek, mail="avant@example.org")
    before = everything()
    rows = NEW | {
        "bodies": [*NEW["bodies"], JETTE | {"end": END, "note": "Fermé"}],
        "contacts": [
            {"body": "etterbeek-ait-baha", "mail": "apres@example.org"},
            {"organisation": "Ixelles", "mail": "ixelles@example.org"},
        ],
        "seats": [*NEW["seats"], {"body": "etterbeek-ait-baha", "organisation": "belfaa", "side": "member"}],
        "groupings": [*NEW["groupings"], {"body": "jette-belfaa", "whole": "souss-massa"}],
    }
    kept = apply(cast, made(**rows))
    assert everything() != before
    kept = undo(cast, kept)
    assert (kept.state, kept.undone_at is not None) == ("undone", True)
    assert everything() == before
    assert AuditEntry.objects.filter(act="undo-network", object_type="network.networkimport").count() == 1
    assert AuditEntry.objects.filter(act="undo-network", object_type="network.body").count() >= 2
    assert histories.story(cast.jette)
    assert histories.story(kept)
    refused("import-state", rules.undo_network, by=cast.programme_coordinator, kept=kept)
    assert apply(cast, made(**rows)).state == "applied"  # the same workbook brings it again


@pytest.mark.parametrize("touch", ["correct", "use", "seat", "end", "reopen", "gone"])
def test_what_was_changed_or_used_since_stands_in_the_way(cast, touch):
    rows = NEW | {"bodies": [*NEW["bodies"], JETTE | {"end": END}]}
    kept = apply(cast, made(**rows))
    new = Body.objects.get(slug="ixelles-belfaa")
    if touch == "correct":
        Organisation.objects.filter(slug="ixelles").update(version=2)
    elif touch == "use":
        rules.grant_mandate(by=None, user=cast.donor, body=new, role="donor")
    elif touch == "seat":
        rules.seat_organisation(
            by=None, body=cast.souss, organisation=Organisation.objects.get(slug="ixelles"), side="member"
        )
    elif touch == "end":
        Membership.objects.filter(body=new, side="north").update(end=END)
    elif touch == "reopen":
        cast.jette.refresh_from_db()
        rules.reopen_body(by=cast.programme_coordinator, body=cast.jette, reason="Non")
    else:
        Membership.objects.filter(body=new).delete()
    stands = everything()
    refused("import-touched", rules.undo_network, by=cast.programme_coordinator, kept=kept)
    assert everything() == stands
    kept.refresh_from_db()
    assert kept.state == "applied"


def test_what_would_no_longer_fit_together_stands_in_the_way(cast):
    """A level goes down by a workbook, a body is founded below it, the level would come up again."""
    level = {"code": "thematic-group", "name_fr": "Groupe thématique", "rank": 1}
    kept = apply(cast, made(levels=[level]))
    group = {"kind": cast.theme.kind, "name": {"fr": "Au milieu"}, "slug": "milieu", "wholes": [cast.theme]}
    BodyKind.objects.create(code="middle", rank=1, name={"fr": "Milieu"})
    rules.found_body(by=None, **group | {"kind": BodyKind.objects.get(pk="middle")})
    refused("import-touched", rules.undo_network, by=cast.programme_coordinator, kept=kept)


def test_who_does_not_manage_the_programme_undoes_nothing(cast):
    kept = apply(cast, made(**NEW))
    for who in (cast.animator, cast.jette_coordinator, cast.stranger):
        refused("not-allowed", rules.undo_network, by=who, kept=kept)


# --- A worker ---


@pytest.fixture
def few(monkeypatch):
    """Ten rows are many."""
    monkeypatch.setattr(imports, "LARGE", 10)


def run_all():
    """Whatever waits: totals are renewed too when bodies change."""
    while run_next() is not None:
        pass


def started(cast):
    """A large import that waits for its worker to write it."""
    kept = check(cast, made(**NEW))
    assert kept.state == "checking"
    run_next()
    kept.refresh_from_db()
    kept = rules.apply_network(by=cast.programme_coordinator, kept=kept)
    assert kept.state == "applying"
    return kept


def test_a_worker_looks_writes_and_takes_back(cast, few):
    before = everything()
    kept = started(cast)
    assert everything() == before
    assert run_next().state == "done"
    kept.refresh_from_db()
    assert (kept.state, Body.objects.filter(slug="ixelles-belfaa").count()) == ("applied", 1)
    kept = undo(cast, kept)
    run_all()
    assert (kept.state, Job.objects.get(pk=kept.job).state) == ("undoing", "done")
    kept.refresh_from_db()
    assert (kept.state, everything()) == ("undone", before)


def test_a_worker_that_dies_leaves_nothing_and_the_next_does_it_once(cast, few, monkeypatch):
    kept, before = started(cast), everything()
    write = imports.write_rows

    def dies(*how):
        write(*how)
        raise KeyboardInterrupt  # as a signal does: no handler of the queue sees it

    monkeypatch.setattr(imports, "write_rows", dies)
    with pytest.raises(KeyboardInterrupt):
        run_next()
    assert everything() == before
    monkeypatch.setattr(imports, "write_rows", write)
    assert run_next() is None  # the first may still live
    Job.objects.filter(pk=kept.job).update(lease_until=timezone.now() - timedelta(seconds=1))
    late = jobs.Hold(Job.objects.get(pk=kept.job))
    assert run_next().state == "done"
    written = everything()
    assert AuditEntry.objects.filter(act="apply-network").count() == 1
    with pytest.raises(jobs.LostLease), late.completing():
        rules.work_on_import(by=cast.programme_coordinator, kept=kept, state="applying")
    assert everything() == written


def test_what_a_worker_was_refused_is_told_on_the_page(cast, few, signed_in):
    kept = started(cast)
    rules.add_level(by=cast.programme_coordinator, body=cast.programme, name_fr="Comité", rank=4)
    assert run_next().state == "done"
    kept.refresh_from_db()
    assert (kept.state, kept.refused) == ("checked", "import-outdated")
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    page = client.get(reverse("interop:network-import-detail", args=["programme", kept.pk])).text
    assert "The network has changed since" in page


def test_a_worker_asks_again_whether_one_may(cast, few):
    kept = started(cast)
    Mandate.objects.filter(user=cast.programme_coordinator).update(end=date(2015, 1, 1), start=None)
    run_next()
    kept.refresh_from_db()
    assert (kept.state, kept.refused) == ("checked", "not-allowed")


def test_an_import_whose_worker_gave_up_is_taken_up_again(cast, few):
    kept = started(cast)
    refused("import-state", rules.recover_network, by=cast.programme_coordinator, kept=kept)
    Job.objects.filter(pk=kept.job).update(state="failed")
    assert rules.recover_network(by=cast.programme_coordinator, kept=kept).state == "checked"
    again = check(cast, made(**NEW))
    Job.objects.filter(pk=again.job).update(state="failed")
    again = rules.recover_network(by=cast.programme_coordinator, kept=again)
    assert again.state == "checking"
    run_next()
    again.refresh_from_db()
    assert again.state == "checked"


def test_a_short_name_that_another_programme_took_at_that_instant(cast, monkeypatch):
    kept = check(cast, made(**NEW))

    def taken(*how):
        raise IntegrityError("slug")

    monkeypatch.setattr(imports, "write_rows", taken)
    refused("import-outdated", rules.apply_network, by=cast.programme_coordinator, kept=kept)


def test_a_large_workbook_on_pages(cast, few, signed_in):
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    address = reverse("interop:network-import", args=["programme"])
    answer = client.post(address, {"workbook": SimpleUploadedFile("reseau.xlsx", made(**NEW))}, follow=True)
    assert "Being looked at" in answer.text
    assert "Waiting for its turn" in answer.text
    assert "New rows" not in answer.text  # not known is not 0
    run_next()
    kept = NetworkImport.objects.get()
    act = reverse("interop:network-import-act", args=["programme", kept.pk, "apply"])
    assert "It is being done" in client.post(act, follow=True).text
    run_next()
    page = client.get(reverse("interop:network-import-detail", args=["programme", kept.pk])).text
    assert "Undo this import" in page
    client.post(act.replace("apply", "undo"))
    run_all()
    assert "Undone" in client.get(address).text


def test_many_rows_are_undone_in_few_queries_each(cast, django_assert_max_num_queries):
    parts = large(12)
    for tie in parts["groupings"]:
        tie["whole"] = tie["whole"].replace("thematique", cast.theme.slug)
    kept = apply(cast, made(**parts))
    with django_assert_max_num_queries(200 + 12 * 7 * 3):
        undo(cast, kept)

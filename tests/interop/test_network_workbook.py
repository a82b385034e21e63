"""The whole network as a workbook: out, in again, every fault by its cell, all rows or the sound ones, fast."""

import io
import time
from datetime import date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import load_workbook

from tests.factories.cast import person
from tests.interop.forging import plain as other_workbook
from tests.interop.networks import NEW, TOWN, apply, check, large, made, refused, saved, told
from tiwizi.base.dry_runs import summary as figures
from tiwizi.base.jobs import run_next
from tiwizi.base.models import AuditEntry
from tiwizi.indicators import tasks as renewing  # noqa: F401
from tiwizi.interop.faults import located
from tiwizi.interop.network_reader import read_network_workbook
from tiwizi.interop.network_template import network_workbook
from tiwizi.interop.network_words import HEADERS, SHEETS
from tiwizi.network import histories, rules, tasks  # noqa: F401 (a worker knows its work)
from tiwizi.network.models import Body, BodyKind, Contact, Grouping, Membership, NetworkImport, Organisation

pytestmark = pytest.mark.django_db


# --- Out and in again ---


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_out_and_in_again_is_nothing_to_change(cast, language):
    Membership.objects.filter(body=cast.jette, side="south").update(start=date(2015, 3, 2), end=date(2019, 5, 6))
    Organisation.objects.filter(pk=cast.belfaa.pk).update(population=0, lat=30.0312, lon=-9.5)
    for owner in ({"body": cast.jette}, {"organisation": cast.belfaa}):
        Contact.objects.create(
            **owner, office="Secrétariat", mail="secretariat@belfaa.example", phone="+212 5 28 00 00 00"
        )
    book = network_workbook(cast.programme, language, {cast.jette.pk})
    reading = read_network_workbook(book)
    assert (reading.faults, reading.warnings) == ([], [])
    assert {row["part"] for row in reading.rows} == set(HEADERS)
    kept = check(cast, book)
    assert told(kept) == set()
    assert {change["act"] for change in kept.changes} == {"same"}
    refused("import-nothing", rules.apply_network, by=cast.programme_coordinator, kept=kept)


def test_the_same_network_gives_the_same_bytes(cast):
    assert network_workbook(cast.programme, "fr") == network_workbook(cast.programme, "fr")
    Contact.objects.create(body=cast.jette, mail="secretariat@jette.example")
    parts = {row["part"] for row in read_network_workbook(network_workbook(cast.programme, "fr", {cast.souss.pk})).rows}
    assert "contacts" not in parts  # who may not read them gets none
    with pytest.raises(ValueError, match="de"):
        network_workbook(cast.programme, "de")


def test_a_whole_network_comes_in_by_its_names(cast):
    kept = apply(cast, made(**NEW))
    assert (kept.state, figures(kept).new) == ("applied", 11)
    body = Body.objects.get(slug="ixelles-belfaa")
    assert (body.kind_id, body.start, body.uncertain) == ("partnership", date(2018, 1, 1), True)
    assert {(s.organisation.slug, s.side) for s in body.memberships.all()} == {
        ("ixelles", "north"),
        ("belfaa", "south"),
    }
    tie = Grouping.objects.get(body=body)
    assert (tie.whole, tie.start, tie.end) == (cast.souss, date(2018, 1, 1), None)
    seat = Membership.objects.get(body__slug="comite-1")
    assert (seat.start, seat.end, seat.organisation.kind.name["ar"]) == (
        date(2018, 9, 1),
        date(2019, 12, 31),
        "تعاونية",
    )
    assert BodyKind.objects.get(pk="comite").rank == 4
    trail = AuditEntry.objects.filter(object_id__in=[str(body.pk), str(tie.pk)])
    assert {entry.act for entry in trail} == {"found-body", "group-body"}
    assert all((entry.actor, entry.reason) == (cast.programme_coordinator.pk, "reseau.xlsx") for entry in trail)
    assert all(histories.kind_of(thing) and histories.story(thing) for thing in (kept, seat, seat.organisation, body))
    assert {change["act"] for change in check(cast, made(**NEW)).changes} == {"same"}  # once more: nothing


def test_what_stands_is_corrected(cast):
    rules.seat_organisation(by=None, body=cast.jette, organisation=cast.ait_baha, side="south")
    book = load_workbook(io.BytesIO(network_workbook(cast.programme, "en")))
    sheet = {name: book[SHEETS[name]["en"]] for name in HEADERS}

    def cell(part, column, text):
        headers = [str(one.value).strip(" *") for one in sheet[part][1]]
        row = next(r for r in sheet[part].iter_rows(min_row=2) if text in [c.value for c in r])
        return row[headers.index(HEADERS[part][column]["en"])]

    cell("organisations", "province", "belfaa").value = "Chtouka Aït Baha"
    cell("bodies", "name_ar", "jette-belfaa").value = "جيت - بلفاع"
    cell("seats", "end", "Belfaa").value = datetime(2019, 12, 31)
    cell("levels", "name_nl", "country").value = "Landenplatform"
    kept = apply(cast, saved(book))
    changed = {change["part"]: change["fields"] for change in kept.changes if change["act"] == "changed"}
    assert changed["seats"] == {"end": [None, "2019-12-31"]}
    assert set(changed) == {"organisations", "bodies", "seats", "levels"}
    cast.belfaa.refresh_from_db()
    assert (cast.belfaa.province, cast.belfaa.version) == ("Chtouka Aït Baha", 2)
    assert Body.objects.get(pk=cast.jette.pk).name["ar"] == "جيت - بلفاع"
    assert Membership.objects.get(body=cast.jette, organisation=cast.belfaa).end == date(2019, 12, 31)


# --- Every fault, at its cell ---


def faulty(part, column, code, *rows, **also):
    """The last of these rows has this fault in this column."""
    names = list(HEADERS[part])
    place = f"{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[names.index(column)]}{len(rows) + 1}"
    return pytest.param({part: list(rows)} | also, part, place, code, id=f"{part}-{code}")


GROUP = {"code": "est", "kind": "regional-group", "name_fr": "Groupe de l'Est"}
EAST = {"body": "est", "whole": "maroc"}
FAULTY = [
    faulty("levels", "rank", "value-missing", {"name_fr": "Sans rang"}),
    faulty("levels", "rank", "rank-outside", {"name_fr": "Loin", "rank": 400}),
    faulty("levels", "rank", "not-whole", {"name_fr": "Entre deux", "rank": 1.5}),
    faulty("kinds", "name_fr", "name-missing", {"code": "vide"}),
    faulty("kinds", "code", "code-form", {"code": "Pas bon!", "name_fr": "X"}),
    faulty("kinds", "name_fr", "text-too-long", {"name_fr": "X" * 500}),
    faulty("kinds", "code", "row-twice", {"code": "x", "name_fr": "X"}, {"code": "x", "name_fr": "Y"}),
    faulty("organisations", "kind", "not-known", TOWN | {"kind": "Royaume"}),
    faulty("organisations", "country", "country-form", TOWN | {"country": "Maroc"}),
    faulty("organisations", "ref", "ref-half", TOWN | {"scheme": "HCP"}),
    faulty("organisations", "ref", "ref-used", TOWN | {"scheme": "HCP", "ref": "09.163.01.27"},
           TOWN | {"scheme": "HCP", "ref": "09.163.01.27", "name_fr": "Autre"}),
    faulty("organisations", "ref", "code-unknown", TOWN | {"scheme": "HCP", "ref": "09.163.01.28"}),
    faulty("organisations", "ref", "code-unknown", TOWN | {"scheme": "NIS", "ref": 2101, "country": "BE"}),
    faulty("organisations", "ref", "kbo-wrong", TOWN | {"scheme": "KBO", "ref": "0207.366.502", "country": "BE"}),
    faulty("organisations", "country", "code-country", TOWN | {"scheme": "NIS", "ref": 21009}),
    faulty("organisations", "lat", "half-point", TOWN | {"lat": 30.5}),
    faulty("organisations", "lat", "not-on-earth", TOWN | {"lat": 300.5, "lon": 2.5}),
    faulty("organisations", "lat", "not-a-number-cell", TOWN | {"lat": "au sud"}),
    faulty("organisations", "kind", "needs-other", TOWN | {"kind": "vide"}, kinds=[{"code": "vide"}]),
    faulty("bodies", "code", "belongs-nowhere", GROUP),
    faulty("bodies", "end", "ends-before", GROUP | {"start": "2018-01-01", "end": "2017-01-01"}, groupings=[EAST]),
    faulty("bodies", "start", "not-a-date-cell", GROUP | {"start": "au printemps"}, groupings=[EAST]),
    faulty("bodies", "uncertain", "not-yes-or-no-cell", GROUP | {"uncertain": "bof"}, groupings=[EAST]),
    faulty("bodies", "kind", "wider-level", {"code": "jette-belfaa", "kind": "programme", "name_fr": "Jette–Belfaa"}),
    faulty("bodies", "code", "one-side", GROUP, groupings=[EAST],
           seats=[{"body": "est", "organisation": "belfaa", "side": "south"}]),
    faulty("groupings", "body", "not-known", {"body": "Atlantide", "whole": "maroc"}),
    faulty("groupings", "whole", "value-missing", {"body": "jette-belfaa"}),
    faulty("groupings", "whole", "circle", {"body": "souss-massa", "whole": "souss-massa"}),
    faulty("groupings", "whole", "wider-level", {"body": "souss-massa", "whole": "jette-belfaa"}),
    faulty("groupings", "end", "ends-before",
           {"body": "jette-belfaa", "whole": "maroc", "start": "2018-01-01", "end": "2017-01-01"}),
    faulty("groupings", "start", "same-days", {"body": "jette-belfaa", "whole": "souss-massa", "start": "2018-01-01"}),
    faulty("groupings", "start", "outside", EAST | {"start": "2015-01-01"},
           bodies=[GROUP | {"start": "2018-01-01"}]),
    faulty("groupings", "body", "needs-other", EAST, bodies=[GROUP | {"name_fr": ""}]),
    faulty("seats", "side", "side-unread", {"body": "jette-belfaa", "organisation": "ait-baha", "side": "East"}),
    faulty("seats", "side", "value-missing", {"body": "jette-belfaa", "organisation": "ait-baha"}),
    faulty("seats", "start", "same-days",
           {"body": "jette-belfaa", "organisation": "belfaa", "side": "south", "start": "2018-01-01"}),
    faulty("seats", "side", "one-side", {"body": "souss-massa", "organisation": "belfaa", "side": "south"}),
]  # fmt: skip


@pytest.mark.parametrize(("parts", "part", "cell", "code"), FAULTY)
def test_a_fault_is_told_at_its_cell(cast, parts, part, cell, code):
    kept = check(cast, made(**parts))
    found = {(fault["sheet"], fault["cell"], fault["code"]) for fault in kept.faults}
    assert (SHEETS[part]["en"], cell, code) in found, found
    assert all(located(fault) for fault in kept.faults)
    refused("import-faulty", rules.apply_network, by=cast.programme_coordinator, kept=kept)


def test_a_wrong_code_names_the_nearest_places(cast):
    kept = check(cast, made(organisations=[TOWN | {"scheme": "HCP", "ref": "09.163.05.12"}]))
    (fault,) = kept.faults
    assert all(near in located(fault) for near in ("Sidi Bibi 09.163.01.27", "Belfaâ 09.163.05.11"))


def test_a_code_is_enough_for_an_organisation(cast):
    """The list gives name and place; a second time the row is the organisation that has the code."""
    rows = [
        {"kind": "commune", "scheme": "hcp", "ref": "01.511.01.01"},
        {"kind": "commune", "scheme": "NIS", "ref": 21009, "population": 7, "population_year": 2026},
        {"kind": "association", "scheme": "KBO", "ref": 207366501, "name_fr": "Brulocalis", "country": "BE"},
    ]
    apply(cast, made(organisations=rows, kinds=[{"code": "association", "name_fr": "Association"}]))
    assilah, ixelles = Organisation.objects.get(slug="assilah"), Organisation.objects.get(slug="ixelles")
    assert (assilah.country, assilah.name["ar"], assilah.lat) == ("MA", "أصيلة", 35.46522)
    assert (ixelles.country, ixelles.name["nl"], ixelles.population) == ("BE", "Elsene", 7)
    assert Organisation.objects.get(slug="brulocalis").ref == "0207.366.501"
    again = check(cast, made(organisations=rows))
    assert {change["act"] for change in again.changes} == {"same"}, again.changes


def test_a_circle_within_the_workbook(cast):
    groups = [{"code": code, "kind": "regional-group", "name_fr": code} for code in ("un", "deux")]
    ties = [{"body": "un", "whole": "maroc"}, {"body": "un", "whole": "deux"}, {"body": "deux", "whole": "un"}]
    assert ("B4", "circle") in told(check(cast, made(bodies=groups, groupings=ties)))


def test_two_of_one_name_are_told_by_their_short_name(cast):
    towns = [TOWN | {"code": "bibi-1"}, TOWN | {"code": "bibi-2"}]
    seat = {"body": "souss-massa", "organisation": "Sidi Bibi", "side": "member"}
    assert ("B2", "name-unclear") in told(check(cast, made(organisations=towns, seats=[seat])))
    assert told(check(cast, made(organisations=towns, seats=[seat | {"organisation": "bibi-2"}]))) == set()


def test_a_later_first_day_than_what_a_body_has(cast):
    Grouping.objects.filter(body=cast.jette).update(start=date(2016, 1, 1))
    body = {"code": "jette-belfaa", "kind": "partnership", "name_fr": "Jette–Belfaa", "start": "2017-01-01"}
    assert ("G2", "begins-later") in told(check(cast, made(bodies=[body])))


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "empty-file"),
        (b"bonjour", "not-a-workbook"),
        (other_workbook([["A1", "Atelier"]]), "no-network-sheet"),
        (made(levels=[]), "no-lines"),
    ],
)
def test_a_file_that_is_no_network(data, code):
    reading = read_network_workbook(data)
    assert [fault["code"] for fault in reading.faults] == [code]
    assert all(located(fault) for fault in reading.faults + reading.warnings)


def test_a_missing_column_stops_the_whole_file(cast):
    book = load_workbook(io.BytesIO(made(**NEW)))
    book[SHEETS["seats"]["en"]].delete_cols(3)
    kept = check(cast, saved(book))
    assert figures(kept).blocked
    assert "Side" in " ".join(located(fault) for fault in kept.faults)
    refused("import-faulty", rules.apply_network, by=cast.programme_coordinator, kept=kept, valid_rows_only=True)


# --- All or the sound rows; who may; meanwhile ---


def test_all_or_nothing_or_the_sound_rows(cast):
    parts = NEW | {"organisations": [*NEW["organisations"], TOWN | {"country": "Maroc"}]}
    kept = check(cast, made(**parts))
    refused("import-faulty", rules.apply_network, by=cast.programme_coordinator, kept=kept)
    assert not Organisation.objects.filter(slug="ixelles").exists()
    done = rules.apply_network(by=cast.programme_coordinator, kept=kept, valid_rows_only=True)
    assert (figures(done).new, figures(done).faulty) == (11, 1)
    assert not Organisation.objects.filter(slug="sidi-bibi").exists()
    refused("import-state", rules.apply_network, by=cast.programme_coordinator, kept=kept)


def test_who_does_not_manage_the_programme_imports_nothing(cast):
    kept = check(cast, made(**NEW))
    regional = person("regional", "Gestion régionale", "programme_coordinator", cast.souss)
    for who in (cast.animator, cast.jette_coordinator, cast.stranger, regional):
        how = {"by": who, "body": cast.programme, "filename": "x", "entries": [], "faults": [], "sha256": ""}
        refused("not-allowed", rules.check_network, **how)
        refused("not-allowed", rules.apply_network, by=who, kept=kept)
        refused("not-allowed", rules.discard_network, by=who, kept=kept)
        refused("not-allowed", rules.recover_network, by=who, kept=kept)


def test_another_programme_is_neither_seen_nor_changed(cast):
    other = Body.objects.create(slug="autre", kind=cast.programme.kind, name={"fr": "Programme secret"})
    rules.seat_organisation(by=None, body=other, organisation=cast.belfaa, side="member")
    assert b"secret" not in b"".join(str(row).encode() for row in read_network_workbook(
        network_workbook(cast.programme, "fr")).rows)  # fmt: skip
    kept = check(cast, made(
        bodies=[{"code": "autre", "kind": "programme", "name_fr": "Pris"}],
        organisations=[{"code": "belfaa", "kind": "commune", "name_fr": "Autre nom", "country": "MA"}],
        groupings=[{"body": "jette-belfaa", "whole": "Programme secret"}],
    ))  # fmt: skip
    assert {("A2", "code-used"), ("A2", "used-elsewhere"), ("B2", "not-known")} <= told(kept)


def test_what_changed_meanwhile_is_looked_at_again(cast):
    kept = check(cast, made(**NEW))
    rules.add_level(by=cast.programme_coordinator, body=cast.programme, name_fr="Comité", rank=4)
    assert BodyKind.objects.filter(pk="comite").exists()
    refused("import-outdated", rules.apply_network, by=cast.programme_coordinator, kept=kept)


def test_put_aside_and_taken_up_again(cast):
    kept = rules.discard_network(by=cast.programme_coordinator, kept=check(cast, made(**NEW)))
    refused("import-state", rules.apply_network, by=cast.programme_coordinator, kept=kept)
    kept = rules.recover_network(by=cast.programme_coordinator, kept=kept)
    assert rules.apply_network(by=cast.programme_coordinator, kept=kept).state == "applied"


# --- Pages ---


def test_from_upload_to_the_network(cast, signed_in):
    client = signed_in(cast.programme_coordinator)
    client.cookies["tiwizi_language"] = "en"
    address = reverse("interop:network-import", args=["programme"])
    bad = client.post(address, {"workbook": SimpleUploadedFile("x.xlsx", b"PK nothing")})
    assert bad.status_code == 422
    answer = client.post(address, {"workbook": SimpleUploadedFile("reseau.xlsx", made(**NEW))}, follow=True)
    kept = NetworkImport.objects.get()
    assert "Ixelles–Belfaa" in answer.text
    act = reverse("interop:network-import-act", args=["programme", kept.pk, "discard"])
    client.post(act)
    assert "reseau.xlsx" in client.get(reverse("network:archived", args=["programme"])).text
    client.post(act.replace("discard", "recover"))
    done = client.post(act.replace("discard", "apply"), follow=True)
    assert "The workbook is imported." in done.text
    assert "reseau.xlsx" in client.get(address).text
    again = client.post(act.replace("discard", "apply"), follow=True)
    assert "dealt with meanwhile" in again.text
    book = client.get(reverse("interop:network-template", args=["programme"]))
    assert book["Content-Disposition"] == 'attachment; filename="programme-network.xlsx"'
    assert load_workbook(io.BytesIO(book.content)).sheetnames[0] == "Levels"
    history = reverse("network:history", args=["programme", "network.networkimport", kept.pk])
    assert client.get(history).status_code == 200
    assert signed_in(cast.animator).get(history).status_code == 404


# --- Large ---


def test_checking_asks_as_much_of_many_rows(cast, django_assert_max_num_queries):
    parts = large(40)
    for tie in parts["groupings"]:
        tie["whole"] = tie["whole"].replace("thematique", cast.theme.slug)
    reading = read_network_workbook(made(**parts))
    with django_assert_max_num_queries(40):
        kept = rules.check_network(
            by=cast.programme_coordinator, body=cast.programme, filename="x", entries=reading.rows, faults=[], sha256=""
        )
    assert told(kept) == set()


@pytest.mark.slow
def test_three_hundred_bodies_come_in_in_seconds(cast):
    parts = large(300)
    for tie in parts["groupings"]:
        tie["whole"] = tie["whole"].replace("thematique", cast.theme.slug)
    data = made(**parts)
    began = time.monotonic()
    kept = check(cast, data)
    assert (kept.state, run_next().state) == ("checking", "done")
    kept.refresh_from_db()
    kept = rules.apply_network(by=cast.programme_coordinator, kept=kept)
    assert (kept.state, run_next().state) == ("applying", "done")
    kept.refresh_from_db()
    assert kept.state == "applied"
    seconds = time.monotonic() - began
    assert figures(kept).new == 300 * 7
    assert Membership.objects.filter(body__slug__startswith="p").count() >= 600
    assert seconds < 60, seconds
    print(f"{seconds:.1f} s")
    began = time.monotonic()
    kept = rules.undo_network(by=cast.programme_coordinator, kept=kept)
    while run_next() is not None:
        pass
    kept.refresh_from_db()
    assert (kept.state, Body.objects.filter(slug="p1").exists()) == ("undone", False)
    seconds = time.monotonic() - began
    assert seconds < 60, seconds
    print(f"undone in {seconds:.1f} s")

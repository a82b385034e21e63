"""Scores and lessons of a result's year, and remarks on a figure: who may, what is refused, what is traced."""

import pytest

from tiwizi.base.errors import Conflict, Refusal
from tiwizi.base.models import AuditEntry
from tiwizi.framework.models import Framework
from tiwizi.indicators import rules
from tiwizi.indicators.models import Period, Remark, Review
from tiwizi.indicators.queries import narrative
from tiwizi.indicators.queries.scope import around

pytestmark = pytest.mark.django_db


def write(cast, by=None, **changes):
    values = {"body": cast.jette, "result": cast.result, "year": 2018, "version": 0}
    about = {"score": "B", "justification": "Deux formations sur trois.", "lessons": "Commencer plus tôt."}
    return rules.write_review(by=by or cast.jette_coordinator, **(values | about | changes))


def refused(act, *args, **kwargs):
    with pytest.raises(Refusal) as caught:
        act(*args, **kwargs)
    return caught.value.code


def test_a_coordinator_writes_and_the_trail_knows(cast):
    review = write(cast)
    assert (review.score, review.version) == ("B", 1)
    entry = AuditEntry.objects.get(act="write-review")
    assert (entry.actor, entry.body) == (cast.jette_coordinator.pk, cast.jette.pk)
    assert entry.after["score"] == "B"
    assert write(cast, version=1).version == 1  # nothing changed: nothing written
    assert AuditEntry.objects.filter(act="write-review").count() == 1


@pytest.mark.parametrize("who", ["neighbour", "elected", "association", "donor", "stranger"])
def test_who_does_not_report_does_not_write(cast, who):
    assert refused(write, cast, by=getattr(cast, who)) == "not-allowed"
    assert not Review.objects.exists()


def test_nothing_typed_is_nothing_kept(cast):
    assert write(cast, score="", justification=" ", lessons="") is None
    assert not AuditEntry.objects.exists()


def test_refusals(cast):
    assert refused(write, cast, year=2016) == "review-year"
    assert refused(write, cast, score="E") == "review-score"
    assert refused(write, cast, justification="") == "review-unjustified"
    assert refused(write, cast, lessons="x" * 10_001) == "words-too-long"
    elsewhere = Framework.objects.create(
        body=cast.north, name={}, objective={}, start=cast.framework.start, end=cast.framework.end
    )
    other = elsewhere.results.create(number="X", name={}, position=1)
    assert refused(write, cast, result=other) == "review-elsewhere"


def test_the_second_writer_sees_the_first(cast):
    write(cast)
    with pytest.raises(Conflict) as caught:
        write(cast, score="C", justification="Autre raison", version=0)
    assert caught.value.code == "changed-meanwhile"
    clashes = {clash.name: (clash.theirs[clash.name], clash.mine[clash.name]) for clash in caught.value.merge.clashes}
    assert clashes["score"] == ("B", "C")
    assert Review.objects.get().score == "B"
    assert write(cast, score="C", justification="Autre raison", version=1).score == "C"


def test_the_donor_s_table_has_every_result_and_what_was_written_below(cast):
    write(cast)
    place = around(cast.programme, cast.framework)
    rows = [(row.body, row.review.score if row.review else None) for row in narrative.reviewed(place, 2018)]
    assert rows == [(cast.programme, None), (cast.jette, "B")]
    assert [row.review for row in narrative.reviewed(place, 2019)] == [None]
    assert list(narrative.reviews_of(cast.jette, cast.framework)) == ["RI 1"]


def remark(measured, by, text="Pourquoi si peu ?", **changes):
    values = {"body": measured.cast.jette, "indicator": measured.trained, "period": measured.first}
    return rules.add_remark(by=by, text=text, **(values | changes))


@pytest.mark.parametrize("who", ["jette_coordinator", "elected", "association", "animator", "donor"])
def test_whoever_holds_a_mandate_there_or_above_remarks(measured, who):
    by = getattr(measured.cast, who)
    assert remark(measured, by).author == by.pk


def test_others_do_not(measured):
    assert refused(remark, measured, measured.cast.neighbour) == "remark-mandate"
    assert refused(remark, measured, measured.cast.stranger) == "not-allowed"
    assert not Remark.objects.exists()


def test_refused_remarks(measured):
    by = measured.cast.jette_coordinator
    assert refused(remark, measured, by, text="  ") == "remark-empty"
    assert refused(remark, measured, by, text="x" * 10_001) == "words-too-long"
    first = measured.first
    foreign = Period.objects.create(body=measured.cast.north, code="x", start=first.start, end=first.end, due=first.due)
    assert refused(remark, measured, by, period=foreign) == "review-elsewhere"


def test_a_remark_is_put_away_by_its_author_or_who_validates(measured):
    cast = measured.cast
    said = remark(measured, cast.elected)
    assert refused(rules.archive_remark, by=cast.jette_coordinator, remark=said, reason="Non") == "not-allowed"
    assert refused(rules.archive_remark, by=cast.elected, remark=said, reason=" ") == "reason-missing"
    rules.archive_remark(by=cast.elected, remark=said, reason="Erreur")
    assert refused(rules.archive_remark, by=cast.animator, remark=said, reason="Erreur") == "remark-archived"
    other = remark(measured, cast.donor)
    assert rules.archive_remark(by=cast.animator, remark=other, reason="Répondu").archive_reason == "Répondu"
    assert AuditEntry.objects.filter(act="archive-remark").count() == 2

"""Maps, timelines, bars: every place and bar drawn, labels apart, read by those who do not see them."""

from datetime import date, timedelta

import pytest
from bs4 import BeautifulSoup
from django.template import Context, Template
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from tiwizi.base.pictures import Bar, Line, Map, Pair, Point, Row, Span, Timeline
from tiwizi.base.pictures import map as maps
from tiwizi.base.pictures import timeline as timelines

BELFAA = Point(30.04, -9.56, "Belfaa", size=3, href="/b/jette-belfaa/", note="3 activités")
AIT_BAHA = Point(30.07, -9.15, "Aït Baha", approximate=True)
AL_HOCEIMA = Point(35.25, -3.94, "Al Hoceïma")
JETTE = Point(50.88, 4.33, "Jette")
MONDAY = date(2017, 7, 3)


def drawn(tag: str, picture: object, language: str = "fr") -> BeautifulSoup:
    with override(language):
        return BeautifulSoup(Template(f"{{% {tag} picture %}}").render(Context({"picture": picture})), "html.parser")


# --- Maps ---


def _label_box(dot: maps.Dot) -> tuple[float, float, float, float]:
    width = 7.4 * len(dot.point.label)
    left = {"start": dot.label_x, "end": dot.label_x - width, "middle": dot.label_x - width / 2}[dot.anchor]
    return left, dot.label_y - 15, left + width, dot.label_y + 3


def _apart(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return a[2] <= b[0] + 0.2 or b[2] <= a[0] + 0.2 or a[3] <= b[1] + 0.2 or b[3] <= a[1] + 0.2


def _check_labels(drawing: maps.Drawing) -> None:
    boxes = [_label_box(dot) for dot in drawing.dots if dot.labelled]
    dots = [(d.x - d.r, d.y - d.r, d.x + d.r, d.y + d.r) for d in drawing.dots]
    for i, box in enumerate(boxes):
        assert box[0] >= -0.2
        assert box[2] <= drawing.width + 0.2
        assert box[1] >= -0.2
        assert box[3] <= drawing.height + 0.2
        assert all(_apart(box, other) for other in [*boxes[:i], *dots])


points = st.builds(
    Point,
    lat=st.floats(27, 51),
    lon=st.floats(-13, 6),
    label=st.sampled_from(["Jette", "Aït Youssef Ou Ali", "Al Hoceïma", "Sidi Bibi"]),
    size=st.floats(0, 50),
)


@given(st.lists(points, min_size=1, max_size=20))
def test_every_place_is_on_the_paper_and_labels_cover_nothing(places):
    drawing = Map(places).drawing()
    assert [dot.point for dot in drawing.dots] == places
    for dot in drawing.dots:
        assert dot.r <= dot.x <= drawing.width - dot.r
        assert dot.r <= dot.y <= drawing.height - dot.r
    _check_labels(drawing)


def test_north_is_up_east_is_right_and_distances_are_true():
    drawing = Map([BELFAA, AIT_BAHA, AL_HOCEIMA]).drawing()
    belfaa, ait_baha, al_hoceima = drawing.dots
    assert al_hoceima.y < belfaa.y
    assert belfaa.x < ait_baha.x < al_hoceima.x
    kilometres_per_pixel = drawing.scale_km / drawing.scale_width
    assert (belfaa.y - al_hoceima.y) * kilometres_per_pixel == pytest.approx(579, abs=5)


def test_a_single_place_and_many_at_one_spot_are_drawn():
    assert len(Map([JETTE]).drawing().dots) == 1
    drawing = Map([JETTE] * 12).drawing()
    assert len({(dot.x, dot.y) for dot in drawing.dots}) == 1
    assert 1 <= sum(dot.labelled for dot in drawing.dots) <= 4
    _check_labels(drawing)


def test_all_four_places_around_a_dot_may_hold_a_label():
    anchors = [(d.anchor, d.label_y > d.y) for d in Map([JETTE] * 12).drawing().dots if d.labelled]
    assert anchors == [("start", True), ("end", True), ("middle", False), ("middle", True)]


def test_the_largest_place_is_labelled_first():
    small, large = Point(30, -9, "Petit"), Point(30, -9.001, "Grand", size=100)
    crowd = [small] * 20 + [large]
    assert Map(crowd).drawing().dots[-1].labelled


def test_no_point_no_picture():
    assert Map([]).drawing() is None
    assert drawn("draw_map", Map([])).text.strip() == ""


def test_ties_join_their_points_and_rings_stand_around_theirs():
    drawing = Map([BELFAA, AIT_BAHA], lines=[Line(0, 1)], rings=[1]).drawing()
    belfaa, ait_baha = drawing.dots
    assert drawing.ties == [(belfaa.x, belfaa.y, ait_baha.x, ait_baha.y)]
    assert (belfaa.ring, ait_baha.ring) == (False, True)
    assert len(drawn("draw_map", Map([BELFAA, AIT_BAHA], rings=[1])).select("circle.ring")) == 1


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_map_is_read_without_being_seen(language):
    soup = drawn("draw_map", Map([BELFAA, AIT_BAHA], title="Où ?"), language)
    assert soup.svg["aria-label"] == "Où ?"
    assert soup.svg["direction"] == "ltr"
    assert [title.text for title in soup.select("circle title")] == ["Belfaa · 3 activités", "Aït Baha"]
    assert [" ".join(item.text.split()) for item in soup.select("details li")] == ["Belfaa · 3 activités", "Aït Baha"]
    assert soup.select_one("details a")["href"] == "/b/jette-belfaa/"
    assert len(soup.select("circle.dot")) == len(soup.select("circle.dot-approximate")) == 1
    assert soup.figcaption.text.count("Où ?") == 1


def test_a_map_with_links_is_no_image_for_who_listens():
    assert drawn("draw_map", Map([BELFAA])).svg["role"] == "group"
    assert drawn("draw_map", Map([AIT_BAHA])).svg["role"] == "img"


def test_coordinates_have_points_in_french():
    svg = str(drawn("draw_map", Map([BELFAA, AIT_BAHA, AL_HOCEIMA], lines=[Line(0, 2)])).svg)
    assert ',"' not in svg
    assert not [c for c in drawn("draw_map", Map([BELFAA, AL_HOCEIMA])).select("circle") if "," in c["cx"] + c["cy"]]


def test_outlines_only_when_the_administrator_wants_them(settings):
    settings.MAP_OUTLINES = "none"
    assert Map([BELFAA, JETTE]).drawing().land == []
    settings.MAP_OUTLINES = "countries"
    land = Map([BELFAA, JETTE]).drawing().land
    assert land
    assert all(path.startswith("M") and path.endswith("Z") for path in land)


# --- Timelines ---


def _bar(first: date, days: int, label: str = "Formation", **values: object) -> Bar:
    return Bar(first, first + timedelta(days=days - 1), label, **values)


def _timeline(*bars: Bar, weeks: int = 10, **values: object) -> Timeline:
    return Timeline(MONDAY, weeks, [Row("Jette–Belfaa", bars=list(bars))], **values)


def test_a_bar_covers_its_days_both_included():
    drawing = _timeline(_bar(MONDAY + timedelta(weeks=5), 7)).drawing()
    (box,) = drawing.bands[0].boxes
    week = (timelines.WIDTH - timelines.LABEL) / 10
    assert box.x == pytest.approx(timelines.LABEL + 5 * week, abs=0.1)
    assert box.width == pytest.approx(week, abs=0.1)


def test_time_runs_with_the_script():
    bars = [_bar(MONDAY, 7, "first"), _bar(MONDAY + timedelta(weeks=9), 7, "last")]
    with override("ar"):
        drawing = _timeline(*bars).drawing()
    first, last = drawing.bands[0].boxes
    assert first.x > last.x
    assert last.x == 0
    assert first.x + first.width == drawing.plot_right == timelines.WIDTH - timelines.LABEL
    assert drawing.label_x > drawing.plot_right


@given(st.lists(st.tuples(st.integers(-30, 100), st.integers(1, 60)), min_size=1, max_size=15))
def test_bars_of_a_row_never_cover_each_other_and_stay_on_the_paper(spans):
    bars = [_bar(MONDAY + timedelta(days=start), days) for start, days in spans]
    drawing = _timeline(*bars).drawing()
    band = drawing.bands[0]
    end = MONDAY + timedelta(weeks=10)
    assert len(band.boxes) == sum(bar.first < end and bar.last >= MONDAY for bar in bars)
    for i, box in enumerate(band.boxes):
        assert drawing.plot_left <= box.x
        assert box.x + box.width <= drawing.plot_right + 3
        assert band.y <= box.y
        assert box.y + box.height <= band.y + band.height
        for other in band.boxes[:i]:
            days_apart = box.bar.first > other.bar.last or other.bar.first > box.bar.last
            assert days_apart or box.y != other.y


def test_rows_follow_each_other_and_an_empty_row_has_its_place():
    drawing = Timeline(MONDAY, 10, [Row("Un", bars=[_bar(MONDAY, 7)] * 3), Row("Deux"), Row("Trois")]).drawing()
    tops = [band.y for band in drawing.bands]
    assert [round(b.y + b.height, 1) for b in drawing.bands[:-1]] == tops[1:]
    assert drawing.bands[0].height == 3 * drawing.bands[1].height - 2 * timelines.GAP
    assert drawing.height >= drawing.bands[-1].y + drawing.bands[-1].height


def test_nothing_to_draw():
    assert Timeline(MONDAY, 10, []).drawing() is None
    assert Timeline(MONDAY, 0, [Row("Un")]).drawing() is None


@pytest.mark.parametrize(("day", "shown"), [(MONDAY, True), (MONDAY - timedelta(days=1), False)])
def test_today_is_a_line_when_it_is_there(monkeypatch, day, shown):
    monkeypatch.setattr(timelines.timezone, "localdate", lambda: day)
    soup = drawn("draw_timeline", _timeline())
    assert bool(soup.select("line.today")) is shown


def test_holidays_are_shaded_and_named():
    spans = [
        Span(MONDAY, MONDAY + timedelta(days=13), "Ramadan"),
        Span(date(2019, 1, 1), date(2019, 2, 1), "Trop tard"),
    ]
    soup = drawn("draw_timeline", _timeline(shaded=spans))
    assert [rect.title.text for rect in soup.select("rect.shade")] == ["Ramadan"]


def test_eighteen_months_have_a_mark_each_and_years_are_said():
    drawing = _timeline(weeks=78).drawing()
    assert len(drawing.ticks) == 18
    assert [tick.under for tick in drawing.ticks if tick.under] == ["2017", "2018"]
    assert [t.x for t in drawing.ticks] == sorted(t.x for t in drawing.ticks)
    assert len({t.x for t in drawing.ticks}) == 18


@pytest.mark.parametrize("language", ["fr", "nl", "en", "ar"])
def test_no_two_months_are_marked_alike(language):
    with override(language):
        labels = [tick.label for tick in _timeline(weeks=51).drawing().ticks]
    assert len(set(labels)) == len(labels) == 12
    assert all(labels)
    assert not any(one.rstrip(".") in other for one in labels for other in labels if one != other)


def test_june_is_not_july_in_french():
    with override("fr"):
        june, july = [tick.label for tick in Timeline(date(2018, 6, 4), 8, [Row("Un")]).drawing().ticks]
    assert (june, july) == ("juin", "juil.")


@pytest.mark.parametrize(("weeks", "marks"), [(78, 39), (26, 26), (8, 8)])
@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_weekly_scale_is_wide_and_says_iso_weeks_and_days(weeks, marks, language):
    with override(language):
        drawing = _timeline(weeks=weeks, step="week").drawing()
        month = _timeline(weeks=weeks).drawing()
    assert len(drawing.ticks) == marks
    assert "27" in drawing.ticks[0].label
    assert "3" in drawing.ticks[0].under
    assert (drawing.plot_right - drawing.plot_left) / weeks >= timelines.WEEK
    assert all(tick.label for tick in drawing.ticks)
    assert drawing.label_chars >= 34 > month.label_chars


@given(st.integers(1, 260), st.sampled_from(["week", "month"]))
def test_no_mark_runs_into_the_next_or_off_the_paper(weeks, step):
    drawing = _timeline(weeks=weeks, step=step).drawing()
    written = [tick for tick in drawing.ticks if tick.label]
    ends = [tick.x + timelines.CHAR * max(len(tick.label), len(tick.under)) for tick in written]
    assert all(end <= after.x for end, after in zip(ends, written[1:], strict=False))
    assert all(end <= drawing.width for end in ends)


def test_the_wide_paper_scrolls_at_its_own_width():
    svg = drawn("draw_timeline", _timeline(weeks=78, step="week")).svg
    assert "by-week" in svg["class"]
    assert int(svg["width"]) > 2 * timelines.WIDTH


def test_what_is_agreed_lies_in_the_bar_on_its_line():
    week = MONDAY + timedelta(weeks=2)
    bar = _bar(MONDAY, 35, state="replaced", agreed=(week, week + timedelta(days=6)))
    drawing = _timeline(bar).drawing()
    (box,) = drawing.bands[0].boxes
    assert box.agreed == pytest.approx((box.x + box.width * 2 / 5, box.width / 5), abs=0.2)
    soup = drawn("draw_timeline", _timeline(bar))
    window, agreed = soup.select("rect.bar")
    assert (window["y"], "bar-replaced" in window["class"]) == (agreed["y"], True)
    assert "bar-shared" in agreed["class"]
    assert "17" in soup.select_one("details li").text


def test_the_legend_names_what_is_drawn_and_nothing_else(monkeypatch):
    def keys(picture):
        return {key["class"][1] for key in drawn("draw_timeline", picture).select(".legend .key")}

    assert keys(_timeline(_bar(MONDAY, 7))) == {"key-open"}
    agreed = (MONDAY, MONDAY + timedelta(days=6))
    assert keys(_timeline(_bar(MONDAY, 14, state="replaced", agreed=agreed))) == {"key-replaced", "key-shared"}
    assert keys(_timeline(_bar(MONDAY, 7, shared=True), shaded=[Span(MONDAY, MONDAY, "Fête")])) == {
        "key-shared", "key-shade",
    }  # fmt: skip
    monkeypatch.setattr(timelines.timezone, "localdate", lambda: MONDAY)
    assert keys(_timeline(_bar(MONDAY, 7))) == {"key-open", "key-today"}


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_a_timeline_is_read_without_being_seen(language):
    bars = [
        _bar(MONDAY, 7, "Formation <A>", href="/a/1/", shared=True),
        _bar(MONDAY, 14, "Diagnostic", state="replaced"),
    ]
    soup = drawn("draw_timeline", _timeline(*bars, title="Juillet"), language)
    assert soup.svg["aria-label"] == "Juillet"
    assert [title.text for title in soup.select("rect title")] == ["Formation <A>", "Diagnostic"]
    assert soup.select_one("svg a")["href"] == soup.select_one("details a")["href"] == "/a/1/"
    assert len(soup.select("rect.bar-shared")) == len(soup.select("rect.bar-replaced")) == 1
    items = [item.text for item in soup.select("details li")]
    assert len(items) == 2
    assert "2017" in items[0]
    assert soup.select_one(".timeline-wide")["tabindex"] == "0"  # scrolled by keyboard on a narrow screen


# --- Two bars ---


@pytest.mark.parametrize(
    ("alone", "together", "widths", "share"),
    [(400, 300, (300, 225), 0.25), (300, 400, (225, 300), -1 / 3), (0, 0, (0, 0), 0.0), (500, 0, (300, 0), 1.0)],
)
def test_two_bars_on_one_scale(alone, together, widths, share):
    pair = Pair(alone, together)
    assert (pair.alone_width, pair.together_width) == widths
    assert pair.saved == alone - together
    assert pair.saved_share == pytest.approx(share)


def test_two_bars_are_read_without_being_seen():
    with override("en"):
        html = Template('{% draw_pair 1234500 890050 "MAD" %}').render(Context())
    soup = BeautifulSoup(html, "html.parser")
    assert soup.svg["aria-label"].replace("\u00a0", " ") == "Alone 12,345 DH, together 8,900.50 DH"
    assert "€" not in html

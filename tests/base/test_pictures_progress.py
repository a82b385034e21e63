"""The bar of a figure on its way, and the line of its periods."""

from decimal import Decimal

from django.template import Context, Template
from django.utils import translation

from tiwizi.base.pictures import Moment, Progress, Spark
from tiwizi.base.pictures.progress import MARGIN, WIDTH


def test_own_part_first_then_what_is_not():
    drawing = Progress(Decimal(60), Decimal(100), own=Decimal(45)).drawing()
    inside = WIDTH - 2 * MARGIN
    assert (drawing.own.x, round(drawing.own.width)) == (MARGIN, round(inside * 0.45))
    assert (round(drawing.others.x), round(drawing.others.width)) == (
        round(MARGIN + inside * 0.45),
        round(inside * 0.15),
    )
    assert drawing.target_x == WIDTH - MARGIN
    assert (drawing.whole, drawing.baseline_x) == (None, None)


def test_all_own_nothing_own_and_not_told_apart():
    assert Progress(Decimal(5), own=Decimal(5)).drawing().others is None
    assert Progress(Decimal(5), own=Decimal(0)).drawing().own is None
    whole = Progress(Decimal(5)).drawing()
    assert (whole.own, whole.others) == (None, None)
    assert whole.whole is not None


def test_nothing_told_and_zero_differ():
    assert Progress(None).drawing() is None
    zero = Progress(Decimal(0), Decimal(10)).drawing()
    assert (zero.own, zero.others, zero.whole) == (None, None, None)
    assert Progress(None, Decimal(10)).drawing().target_x == WIDTH - MARGIN


def test_it_is_mirrored_where_one_reads_from_the_right():
    with translation.override("ar"):
        drawing = Progress(Decimal(25), Decimal(100), own=Decimal(25)).drawing()
    assert drawing.target_x == MARGIN
    assert drawing.own.x + drawing.own.width == WIDTH - MARGIN


def test_a_line_breaks_where_nothing_was_told():
    moments = [Moment(Decimal(1)), Moment(Decimal(2)), Moment(None, due=True), Moment(Decimal(4)), Moment(None)]
    drawing = Spark(moments).drawing()
    assert (len(drawing.lines), len(drawing.dots), len(drawing.gaps)) == (1, 3, 1)
    assert Spark([Moment(Decimal(1)), Moment(None)]).drawing() is None


def test_the_pictures_say_themselves():
    page = Template("{% draw_progress bar %}{% draw_spark line %}").render(
        Context(
            {
                "bar": Progress(Decimal(1), Decimal(2), Decimal(1), Decimal("0.5"), "Atteint 1"),
                "line": Spark([Moment(Decimal(1)), Moment(Decimal(2))], "2018: 1"),
            }
        )
    )
    assert page.count('role="img"') == 2
    for told in ('aria-label="Atteint 1"', 'aria-label="2018: 1"', "url(#hatch)", "way-baseline", "way-target"):
        assert told in page

"""The curve of what money buys."""

from django.template import Context, Template
from django.utils import translation

from tiwizi.base.pictures import Curve, Step

STEPS = [Step(100_000, 10, 6), Step(200_000, 18, 12), Step(300_000, 20, 20)]


def _points(text: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in text.split())]


def test_more_is_higher_and_money_runs_with_the_script():
    curve = Curve(STEPS, now=200_000, most=20)
    with translation.override("fr"):
        together, alone = _points(curve.drawing().together), _points(curve.drawing().alone)
        now = curve.drawing().now_x
    assert [x for x, _y in together] == sorted(x for x, _y in together)
    assert all(upper[1] <= lower[1] for upper, lower in zip(together, alone, strict=True))
    assert together[2] == alone[2]
    assert now == together[1][0]
    with translation.override("ar"):
        mirrored = _points(curve.drawing().together)
    assert [x for x, _y in mirrored] == sorted((x for x, _y in mirrored), reverse=True)


def test_one_point_is_no_curve_and_money_outside_is_not_marked():
    assert Curve(STEPS[:1], now=1, most=20).drawing() is None
    assert Curve(STEPS, now=400_000, most=20).drawing().now_x is None


def test_the_same_stands_as_a_table():
    template = Template("{% load tiwizi %}{% draw_curve curve %}")
    with translation.override("fr"):
        page = template.render(Context({"curve": Curve(STEPS, 200_000, 20, "Titre", ("avec", "sans"))}))
    assert page.count("<tr>") == 4
    assert '<td class="num"><bdi>18</bdi></td>' in page
    assert 'aria-label="Titre"' in page

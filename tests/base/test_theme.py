"""The theme's colours, computed from the sheet: text reads on everything it stands on, by day and by night."""

import re
from pathlib import Path

import pytest

SHEET = Path(__file__).resolve().parents[2] / "tiwizi/base/static/css/tiwizi.css"
NORMAL, GRAPHIC = 4.5, 3.0  # WCAG 2.2: text, and what is not text
TOKEN = re.compile(r"--([a-z0-9-]+):\s*(#[0-9a-f]{6})\b")


def _tokens() -> dict[str, dict[str, str]]:
    light, dark = SHEET.read_text().split("@media (prefers-color-scheme: dark)", 1)
    day = dict(TOKEN.findall(light))
    return {"day": day, "night": day | dict(TOKEN.findall(dark.split("\n}\n", 1)[0]))}


TOKENS = _tokens()


def _luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, from 1 to 21."""
    high, low = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def mixed(one: str, other: str, percent: int) -> str:
    """What `color-mix(in srgb, one percent, other)` gives."""
    pairs = [(int(one[i : i + 2], 16), int(other[i : i + 2], 16)) for i in (1, 3, 5)]
    return "#" + "".join(f"{round((a * percent + b * (100 - percent)) / 100):02x}" for a, b in pairs)


def test_the_ratio_is_the_standards():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert mixed("#ffffff", "#000000", 80) == "#cccccc"


GROUNDS = ["paper", "card", "wash"]
TEXTS = (
    [(text, ground) for text in ("ink", "ink-soft", "atlas", "argan", "clay") for ground in GROUNDS]
    + [("ink", f"{hue}-wash") for hue in ("argan", "saffron", "atlas", "clay")]
    + [("argan-deep", "argan-wash"), ("clay", "clay-wash"), ("atlas", "atlas-wash"), ("ink-soft", "atlas-wash")]
    + [("on-dark", "head"), ("on-dark", "button"), ("on-dark", "button-hover")]
)


@pytest.mark.parametrize("light", list(TOKENS))
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_reads_on_its_ground(light, text, ground):
    colours = TOKENS[light]
    assert contrast(colours[text], colours[ground]) >= NORMAL


@pytest.mark.parametrize("light", list(TOKENS))
def test_a_waiting_badge_reads(light):
    colours = TOKENS[light]
    assert "color-mix(in srgb, var(--saffron) 80%, var(--ink))" in SHEET.read_text()
    assert contrast(mixed(colours["saffron"], colours["ink"], 80), colours["saffron-wash"]) >= NORMAL


@pytest.mark.parametrize("light", list(TOKENS))
@pytest.mark.parametrize("mark", ["argan", "saffron", "clay", "atlas"])
@pytest.mark.parametrize("ground", GROUNDS)
def test_lines_dots_and_the_focus_ring_are_seen(light, mark, ground):
    assert contrast(TOKENS[light][mark], TOKENS[light][ground]) >= GRAPHIC


def test_the_one_thing_to_do_reads():
    rule = re.search(r"\.btn-do \{([^}]*)\}", SHEET.read_text())
    assert rule
    for ground in re.findall(r"-bg: (#[0-9a-f]{6})", rule[1]):
        assert contrast("#ffffff", ground) >= NORMAL
    assert "--bs-btn-color: #fff" in rule[1]


def test_every_colour_of_the_sheet_is_a_token_known_here():
    used = {ground for _text, ground in TEXTS} | {text for text, _ground in TEXTS} | {"saffron", "line"}
    assert set(TOKENS["day"]) == used
    assert set(TOKENS["night"]) - set(TOKENS["day"]) == {"bs-emphasis-color"}


def test_every_token_changes_at_night_but_what_stands_on_dark():
    same = {name for name, colour in TOKENS["day"].items() if TOKENS["night"][name] == colour}
    assert same == {"on-dark"}

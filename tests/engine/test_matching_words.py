"""Titles as plain words, and the glossary: what it understands, how it grows, what it refuses."""

import re
import textwrap
from pathlib import Path

import pytest

from tiwizi_engine.errors import EngineError
from tiwizi_engine.matching import Glossary
from tiwizi_engine.matching.glossary import GENERIC, SMALL, Reading
from tiwizi_engine.matching.words import MOST_CHARACTERS, as_written, words

OURS = Glossary({}).extended(
    """
:small
  fr  de, d, des, du, la, l, le
:generic
  fr  formation*, atelier

# schools
preschool
  fr  préscolair*, école maternelle, petite enfance
  ar  تعليم أولي
school
  fr  école*, scolair*
"""
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("École", "ecole"),
        ("L’ÉCOLE", "l'école"),
        ("e\u0301cole", "école"),
        ("écoles", "école"),
        ("cœur", "coeur"),
        ("الأُسْرَة", "أسره"),
        ("إدارة", "اداره"),
        ("مستشفى", "مستشفي"),
        ("تكـــوين", "تكوين"),
        ("والمدرسة", "مدرسة"),
        ("للنساء", "النساء"),
        ("٢٠٢٦ ۲۰۲۶", "2026 2026"),
        ("soft\u00adhyphen", "softhyphen"),
    ],
)
def test_spellings_of_one_word(one: str, other: str):
    assert words(one) == words(other) != ()


def test_tifinagh_is_left_alone():
    assert words("ⵜⵉⵡⵉⵣⵉ ⵜⴰⵎⴰⵣⵉⵖⵜ") == ("ⵜⵉⵡⵉⵣⵉ", "ⵜⴰⵎⴰⵣⵉⵖⵜ")


def test_short_words_keep_their_letters():
    assert words("bus accès ال و") == ("bus", "acce", "ال", "و")


def test_a_text_pasted_into_the_field_is_read_as_far_as_a_title_goes():
    assert len(" ".join(words("mot " * 10_000))) < MOST_CHARACTERS


def test_words_as_they_are_written():
    assert as_written("Écoles d’Été", {"ecole"}) == ("Écoles",)


def test_the_longest_expression_counts():
    assert OURS.read("Formation à l'école maternelle").concepts == ("preschool",)
    assert OURS.read("École de la petite enfance").concepts == ("school", "preschool")
    assert OURS.read("Le préscolaire").concepts == ("preschool",)
    assert OURS.read("التعليم الأولي").concepts == ("preschool",)


def test_a_reading_parts_the_words():
    found = OURS.read("Atelier de chant à l'école")
    assert found == Reading(("school",), ("ecole",), ("chant", "a"), ("atelier",))


def test_a_title_of_small_words_keeps_them():
    assert OURS.read("De la") == Reading((), (), ("de", "la"), ())
    assert OURS.read("!?") == Reading((), (), (), ())


def test_own_entries_add_to_a_concept_or_make_one():
    more = OURS.extended("preschool\n  ber  tinml*\nargan\n  fr  argan*, huile d'argan\n", "ours")
    assert more.read("tinmlt").concepts == ("preschool",)
    assert more.read("L'huile d'argan").concepts == ("argan",)
    assert OURS.read("huile d'argan").concepts == (), "the first glossary is as it was"


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("  fr  école", 1, "a concept has to stand above"),
        ("school\n  fr", 2, "expected a language"),
        ("school\n  french  école", 2, "expected a language"),
        ("School", 1, "expected the name of a concept"),
        (":rare\n  fr x", 1, "expected the name of a concept"),
        ("school\n  fr  cour\nschool\n", 3, "stands above already"),
        ("school\n  fr  ecole, , cour", 2, "holds no word"),
        ("school\n  fr  de la", 2, "holds no word"),
        ("school\n  fr  ec*", 2, "at least 3 letters before the star"),
        ("school\n  fr  un deux trois quatre cinq six", 2, "expected at most 5"),
        ("# remark\n\nplay\n  fr  École*", 4, "cannot mean play, it means school already"),
        ("school\n  -  préscolair*", 2, "cannot be taken away from school, it is not there"),
        ("play\n  fr  atelier", 2, "cannot mean play, it means :generic already"),
    ],
)
def test_a_bad_entry_is_refused_with_its_line(text: str, line: int, sentence: str):
    with pytest.raises(EngineError, match=sentence) as refused:
        OURS.extended(text, "ours.txt")
    assert refused.value.field == f"ours.txt, line {line}"


def test_an_expression_is_taken_away_and_given_another_meaning():
    more = OURS.extended("preschool\n  -  petite enfance\nchildhood\n  fr  petite enfance\n")
    assert more.read("petite enfance").concepts == ("childhood",)


def test_the_standard_glossary_is_read_and_speaks_four_languages():
    standard = Glossary.standard()
    assert {SMALL, GENERIC, "preschool"} < set(standard.concept_of.values())
    for title in ("Jardin d'enfants", "Kleuterschool", "Kindergarten", "روض الأطفال"):
        assert standard.read(title).concepts == ("preschool",), title


def test_the_entries_of_the_page_are_read():
    page = (Path(__file__).resolve().parents[2] / "docs/formats/glossary.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^(?: {4}.*)?\n)*^ {4}.+\n", page, re.MULTILINE)
    entries = [textwrap.dedent(block).strip() for block in blocks if "Glossary" not in block]
    assert len(entries) == 3
    more = Glossary.standard().extended("\n".join(entries), "page")
    assert more.read("Terrassements").concepts == ("terrace-farming",)
    assert more.read("Arganiers").concepts == ("argan",)
    assert more.read("Une classe enfantine").concepts == ("preschool",)
    assert more.read("Démarches").generic == ("demarche",)

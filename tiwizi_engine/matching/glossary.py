"""The glossary: which expressions, in whichever language, mean one thing. Data that people extend.

Its form, and how to add one's own: `docs/formats/glossary.md`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from tiwizi_engine.errors import EngineError
from tiwizi_engine.matching.words import plain, spelled, words

SMALL, GENERIC = ":small", ":generic"
MOST_WORDS = 5  # of an expression: no title is searched for longer ones
LEAST_STEM = 3  # letters before a star: fewer would catch words that have nothing in common

_NAME = re.compile(r":?[a-z][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}|-")
AWAY = "-"  # instead of a language
_PIECE = re.compile(r"[^\W_]+\*?")

Expression = tuple[str, ...]  # plain words; a star at the end of one stands for any ending


@dataclass(frozen=True)
class Reading:
    """A title as understood: its `concepts`; the words that said them; words of its own; words of every subject."""

    concepts: tuple[str, ...]
    explained: tuple[str, ...]
    own: tuple[str, ...]
    generic: tuple[str, ...]


@dataclass(frozen=True)
class Glossary:
    """Expressions and their concept. `:small` words are not read, `:generic` ones count little.

    `Glossary({})` knows nothing: titles are then compared by their letters alone.
    """

    concept_of: Mapping[Expression, str]

    @classmethod
    @cache
    def standard(cls) -> "Glossary":
        """The one that comes with the engine: French, Dutch, English and Arabic."""
        return cls({}).extended(_shipped(), "glossary.txt")

    def extended(self, text: str, name: str = "glossary") -> "Glossary":
        """This glossary and the entries of a text, in their order: expressions added, or taken away (a line with `-`).

        Raises `EngineError` whose `field` is `name` and the line: an entry that is not of the form, or an expression
        that already means another thing.
        """
        found = dict(self.concept_of)
        small = {expression[0] for expression, concept in found.items() if concept == SMALL}
        for where, concept, expression, taken_away in _entries(text, name, small):
            if taken_away:
                _take_away(found, concept, expression, where)
                continue
            already = found.setdefault(expression, concept)
            if already != concept:
                said = " ".join(expression)
                raise EngineError(where, f"“{said}” cannot mean {concept}, it means {already} already")
        return Glossary(found)

    def read(self, title: str) -> Reading:
        """What a title says. At each word the longest expression counts; a title of small words alone keeps them."""
        said = words(title)
        said = tuple(word for word in said if self._concept_at((word,), 0)[1] != SMALL) or said
        taken: dict[str, list[str]] = {}
        at = 0
        while at < len(said):
            length, concept = self._concept_at(said, at)
            taken.setdefault(concept, []).extend(said[at : at + length])
            at += length
        own, generic = taken.pop("", []) + taken.pop(SMALL, []), taken.pop(GENERIC, [])
        explained = [word for found in taken.values() for word in found]
        return Reading(tuple(taken), tuple(explained), tuple(own), tuple(generic))

    def _concept_at(self, said: Expression, at: int) -> tuple[int, str]:
        """How many words from a place on say one concept, and which; one word that says none ("")."""
        for expression, concept in self._starting(said[at]):
            rest = said[at + 1 : at + len(expression)]
            if len(rest) == len(expression) - 1 and all(map(_fits, expression[1:], rest)):
                return len(expression), concept
        return 1, ""

    def _starting(self, word: str) -> list[tuple[Expression, str]]:
        """The expressions that may begin with a word: more words first, then more letters, then without star."""
        known = self._starts.get(word)
        if known is None:
            stems = [word[:length] + "*" for length in range(LEAST_STEM, len(word) + 1)]
            found = [one for start in (word, *stems) for one in self._by_first.get(start, [])]
            known = sorted(found, key=lambda one: (-len(one[0]), -sum(map(len, one[0])), one[0]))
            self._starts[word] = known
        return known

    @cached_property
    def _starts(self) -> dict[str, list[tuple[Expression, str]]]:
        return {}

    @cached_property
    def _by_first(self) -> dict[str, list[tuple[Expression, str]]]:
        found: dict[str, list[tuple[Expression, str]]] = {}
        for expression, concept in self.concept_of.items():
            found.setdefault(expression[0], []).append((expression, concept))
        return found


def _fits(expected: str, word: str) -> bool:
    return word.startswith(expected[:-1]) if expected[-1] == "*" else word == expected


@cache
def _shipped() -> str:
    return (files("tiwizi_engine.matching") / "glossary.txt").read_text(encoding="utf-8")


def _entries(text: str, name: str, known_small: set[str]) -> Iterator[tuple[str, str, Expression, bool]]:
    """Place, concept, expression of each entry, and whether it is taken away.

    Small words inside expressions are left out, as in titles.
    """
    lines = list(_lines(text, name))
    added = [said for _, concept, language, said in lines if concept == SMALL and language != AWAY]
    small = known_small | {word for said in added for one in said for word in words(one)}
    for where, concept, language, said in lines:
        for one in said:
            expression = _expression(one, where, small if concept != SMALL else set())
            yield where, concept, expression, language == AWAY


def _take_away(found: dict[Expression, str], concept: str, expression: Expression, where: str) -> None:
    if found.get(expression) != concept:
        raise EngineError(where, f"“{' '.join(expression)}” cannot be taken away from {concept}, it is not there")
    del found[expression]


def _lines(text: str, name: str) -> Iterator[tuple[str, str, str, list[str]]]:
    """Place, concept, language and what is said of it, of each line that is neither empty nor a remark."""
    concept, begun = "", set[str]()
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{name}, line {number}"
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if not line[0].isspace():
            concept = line.strip()
            _refuse_concept(concept, begun, where)
            begun.add(concept)
            continue
        if not concept:
            raise EngineError(where, "a concept has to stand above its expressions, at the beginning of a line")
        language, _, said = line.strip().partition(" ")
        if not _LANGUAGE.fullmatch(language) or not said.strip():
            raise EngineError(where, f"expected a language (fr, nl, en, ar...) and expressions, got “{line.strip()}”")
        yield where, concept, language, said.split(",")


def _refuse_concept(concept: str, begun: set[str], where: str) -> None:
    if not _NAME.fullmatch(concept) or (concept[0] == ":" and concept not in (SMALL, GENERIC)):
        raise EngineError(where, f"expected the name of a concept in small letters, got “{concept}”")
    if concept in begun:
        raise EngineError(where, f"the concept {concept} stands above already: write its expressions there")


def _expression(said: str, where: str, small: set[str]) -> Expression:
    pieces = [_piece(piece) for piece in _PIECE.findall(spelled(said))]
    found = tuple(piece for piece in pieces if piece not in small)
    if not found:
        raise EngineError(where, f"“{said.strip()}” holds no word that is read")
    if len(found) > MOST_WORDS:
        raise EngineError(where, f"“{said.strip()}” has {len(found)} words, expected at most {MOST_WORDS}")
    if any(piece[-1] == "*" and len(piece) <= LEAST_STEM for piece in found):
        raise EngineError(where, f"“{said.strip()}”: expected at least {LEAST_STEM} letters before the star")
    return found


def _piece(piece: str) -> str:
    return plain(piece[:-1]) + "*" if piece[-1] == "*" else plain(piece)

"""Names that a workbook may use for what a plan's activities point to: written in one language, read in all four."""

from collections.abc import Mapping
from typing import Any

from django.utils import translation

from tiwizi.interop.words import LANGUAGE_NAMES, LANGUAGES, plain
from tiwizi.plans.queries import Vocabulary

# The fields whose cells hold one name, and those that hold a list of names.
NAMED = ["kind", "result", "main_target", "commune"]
LISTED = ["other_targets", "hosts", "avoid", "languages"]


def things(words: Vocabulary) -> dict[str, Mapping[str, Any]]:
    """What each field may name, by natural code."""
    return {
        "kind": words.kinds,
        "result": words.results,
        "main_target": words.targets,
        "other_targets": words.targets,
        "commune": words.communes,
        "hosts": words.hosts,
        "avoid": words.bodies,
        "languages": {code: _Language(code) for code in LANGUAGE_NAMES},
    }


class _Language:
    """A language of an activity, whose name is part of the file format."""

    def __init__(self, code: str) -> None:
        self.code = code

    def __str__(self) -> str:
        return LANGUAGE_NAMES[self.code][(translation.get_language() or "fr").split("-")[0]]


def labels(known: Mapping[str, Any], language: str) -> dict[str, str]:
    """Code to name in one language; a name that two things share carries its code."""
    with translation.override(language):
        names = {code: str(thing) or code for code, thing in known.items()}
    shared = [plain(name) for name in names.values()]
    return {code: f"{name} ({code})" if shared.count(plain(name)) > 1 else name for code, name in names.items()}


def codes(known: Mapping[str, Any]) -> dict[str, str]:
    """Every name, plainly written, to its code, in all languages; a name of two things is no one's."""
    found: dict[str, str] = {}
    unclear: set[str] = set()
    for language in LANGUAGES:
        for code, name in labels(known, language).items():
            said = _also(known[code], language)
            for typed in {plain(name), *said}:
                if found.setdefault(typed, code) != code:
                    unclear.add(typed)
    for typed in unclear:
        del found[typed]
    return found | {plain(code): code for code in known}


def _also(thing: Any, language: str) -> set[str]:
    """A result is found by its name without its number too."""
    if not hasattr(thing, "number"):
        return set()
    with translation.override(language):
        return {plain(str(thing.name))} - {""}

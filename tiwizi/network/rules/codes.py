"""Codes of organisations in public lists: what a code gives, and which code there is none of."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tiwizi.base.errors import Refusal
from tiwizi.base.merging import Values
from tiwizi.network import places

_LISTS = {places.HCP, places.NIS}


def fault_of(facts: Values) -> tuple[str, str, dict[str, Any]] | None:
    """What is wrong with an organisation's code: the field, a code of fault, and what it tells; None when nothing is.

    `near` names the places that may have been meant, each with its code.
    """
    scheme, ref = facts["scheme"], facts["ref"]
    if not ref:
        return None
    if scheme == places.KBO and not places.enterprise(ref):
        return "ref", "kbo-wrong", {"typed": ref}
    if scheme in _LISTS and places.place(scheme, ref) is None:
        names = [str(facts[name]) for name in facts if name.startswith("name_") and facts[name]]
        near = "; ".join(f"{one} {one.code}" for one in places.nearest(scheme, ref, names))
        return "ref", "code-unknown", {"typed": ref, "list": scheme, "near": near}
    country = places.COUNTRIES.get(scheme)
    if country and facts["country"] != country:
        return "country", "code-country", {"list": scheme, "country": country}
    return None


SENTENCES: dict[str, str | Promise] = {
    "kbo-wrong": _("“%(typed)s” is no enterprise number: its last two digits do not check the others."),
    "code-unknown": _("“%(typed)s” is not in the list %(list)s. Nearest: %(near)s."),
    "code-country": _("The list %(list)s is of the country %(country)s."),
}
_HINTS = {
    "kbo-wrong": _("Ten digits, as in 0207.366.501: look it up once more."),
    "code-country": _("Correct the country, or the list."),
    "code-unknown": _("Choose the place by its name: that gives its code."),
}


def check_code(facts: Values, was: Values | None = None) -> None:
    """Raise `code-unknown`, `kbo-wrong` or `code-country`. A code that stands already is not asked about again: lists
    change."""
    if was is not None and all(was[name] == facts[name] for name in ("scheme", "ref", "country")):
        return
    if found := fault_of(facts):
        name, code, told = found
        sentence, hint = str(SENTENCES[code]) % told, _HINTS[code]
        if code == "kbo-wrong":
            raise Refusal("kbo-wrong", sentence, hint, field=name)
        if code == "code-unknown":
            raise Refusal("code-unknown", sentence, hint, field=name)
        raise Refusal("code-country", sentence, hint, field=name)


def tidied(facts: Mapping[str, Any], scheme: str = "") -> dict[str, Any]:
    """Facts with their code as its list writes it; `scheme`: the list, where the facts do not name it."""
    told = dict(facts)
    if str(told.get("scheme") or "").upper() in places.COUNTRIES:
        told["scheme"] = str(told["scheme"]).upper()
    if told.get("ref"):
        told["ref"] = places.tidy(told.get("scheme", scheme), str(told["ref"]))
    return told


def completed(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Facts of a new organisation with what the list knows of its code, where nothing else was said: its name when
    none was, its place, its inhabitants."""
    told = tidied(facts)
    found = places.place(told.get("scheme") or "", told.get("ref") or "")
    if found is None:
        return told
    named = any(told.get(name) for name in told if name.startswith("name_"))
    wholes = [("lat", "lon"), ("population", "population_year"), ("province",), ("region",), ("country",)]
    wholes += [] if named else [(name,) for name in found.facts if name.startswith("name_")]
    for together in wholes:
        if all(told.get(name) in ("", None) for name in together):
            told |= {name: found.facts[name] for name in together}
    return told


def unsaid(typed: Mapping[str, Any], stands: Values) -> dict[str, Any]:
    """What was typed, without the empty fields where the list of its code says what stands already: who gave a code
    only, and gives it again, empties nothing."""
    found = places.place(typed.get("scheme") or "", typed.get("ref") or "")
    listed = found.facts if found else {}
    return {
        name: value
        for name, value in typed.items()
        if value not in ("", None) or name not in listed or stands.get(name) != listed[name]
    }


__all__ = ["SENTENCES", "check_code", "completed", "fault_of", "tidied", "unsaid"]

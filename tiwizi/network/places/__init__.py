"""Public lists of places and numbers: HCP's of Morocco, Statbel's NIS of Belgium, the numbers of Belgian enterprises.

The two lists are made by `scripts/places.py`; their sources and licences stand in `docs/credits.md`. Nothing here
reads or writes the database.
"""

import csv
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from django.utils.translation import gettext

from tiwizi.base.fields import Spoken
from tiwizi.network.places.spelling import alike, heard

HCP, NIS, KBO = "HCP", "NIS", "KBO"
COUNTRIES = {HCP: "MA", NIS: "BE", KBO: "BE"}
_OTHER = {HCP: "ar", NIS: "nl"}  # the language besides French in which a list names its places
_YEAR = {HCP: 2024, NIS: 2020}  # of the inhabitants
_NEAR = 4  # nearest places that a fault names
MOST = 12
_BRABANT = {"20001", "20002"}  # its two provinces
_PREFECTURE = re.compile(r"06\.141\.01\.[0-9]0")  # of arrondissements, in Casablanca


@dataclass(frozen=True)
class Place:
    """A place of a list. What the list does not know is None or empty."""

    scheme: str
    code: str
    name: Spoken
    population: int | None = None
    lat: float | None = None
    lon: float | None = None
    was: tuple[str, ...] = ()  # codes of what was merged into it
    province: Spoken = field(default_factory=Spoken)
    region: Spoken = field(default_factory=Spoken)

    def __str__(self) -> str:
        return str(self.name)

    @property
    def key(self) -> str:
        """As a button or an address names it."""
        return f"{self.scheme}:{self.code}"

    @property
    def level(self) -> str:
        """Region, province or commune, in the reader's language."""
        if self.scheme == NIS:
            wide, middle = self.code[0] == "0", self.code.endswith("000") or self.code in _BRABANT
        else:
            wide, middle = len(self.code) == 2, len(self.code) == 6 or bool(_PREFECTURE.fullmatch(self.code))
        return gettext("Region") if wide else gettext("Province") if middle else gettext("Commune")

    @property
    def around(self) -> str:
        """Province and region, in the reader's language."""
        return " · ".join(str(one) for one in (self.province, self.region) if str(one))

    @property
    def facts(self) -> dict[str, Any]:
        """What an organisation of this place says, under the names of its form."""
        return {f"name_{language}": name for language, name in self.name.items()} | {
            "country": COUNTRIES[self.scheme], "scheme": self.scheme, "ref": self.code,
            "province": self.province.get("fr", ""), "region": self.region.get("fr", ""),
            "lat": self.lat, "lon": self.lon, "population": self.population,
            "population_year": None if self.population is None else _YEAR[self.scheme],
        }  # fmt: skip


@cache
def _listed(scheme: str) -> dict[str, Place]:
    """A list by its codes, in their order."""
    with (Path(__file__).parent / f"{scheme.lower()}.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["code"]: row for row in csv.DictReader(file)}
    names = {code: Spoken({"fr": row["fr"], _OTHER[scheme]: row["other"]}) for code, row in rows.items()}
    above = _above_nis if scheme == NIS else _above_hcp
    found = {}
    for code, row in rows.items():
        province, region = (names.get(one, Spoken()) if one != code else Spoken() for one in above(code))
        found[code] = Place(
            scheme, code, names[code], _number(row["population"], int), _number(row["lat"], float),
            _number(row["lon"], float), tuple(row["was"].split()), province, region,
        )  # fmt: skip
    return found


def _number(text: str, kind: Any) -> Any:
    return kind(text) if text else None


def _above_hcp(code: str) -> tuple[str, str]:
    """Codes of the province and the region of a Moroccan place: its own begins with them."""
    return code[:6], code[:2]


def _above_nis(code: str) -> tuple[str, str]:
    """Codes of the province and the region of a Belgian place, by its arrondissement."""
    provinces = {"23": "20001", "24": "20001", "25": "20002", "20": code, "21": ""}
    province = "" if code[0] == "0" else provinces.get(code[:2], f"{code[0]}0000")
    flemish = province in {"10000", "20001", "30000", "40000", "70000"}
    return province, "04000" if code[:2] == "21" else "02000" if flemish else "03000" if province else code


def place(scheme: str, code: str) -> Place | None:
    """The place of a code; None where the list has none."""
    return _listed(scheme).get(code) if scheme in _OTHER else None


def place_of(key: str) -> Place | None:
    """The place of a button or an address ("HCP:09.163.05.11")."""
    scheme, _, code = key.partition(":")
    return place(scheme, code)


@cache
def _everywhere() -> list[tuple[Place, list[str], set[str]]]:
    """Every place with its names as they are compared, and as they are heard."""
    return [
        (one, [alike(name) for name in one.name.values()], {heard(name) for name in one.name.values()} - {""})
        for scheme in _OTHER
        for one in _listed(scheme).values()
    ]


@cache
def _by_sound() -> dict[str, list[Place]]:
    found: dict[str, list[Place]] = defaultdict(list)
    for one, _names, sounds in _everywhere():
        for sound in sounds:
            found[sound].append(one)
    return dict(found)


def search(text: str) -> list[Place]:
    """Places whose name or code begins with or holds a text, the likeliest first, whatever accents, capitals and
    spelling, in French, Dutch, Arabic or Tifinagh letters; when there is none, those that sound nearly like it."""
    wanted = alike(text)
    if not wanted:
        return []
    ranked = [(rank, one) for one, names, _sounds in _everywhere() if (rank := _rank(one, names, wanted)) is not None]
    found = [one for _rank, one in sorted(ranked, key=lambda pair: (pair[0], -(pair[1].population or 0), pair[1].key))]
    return found or sounding(text)


def _rank(one: Place, names: Iterable[str], wanted: str) -> int | None:
    """How well a place fits: 0 is it, None not at all."""
    if one.code == wanted or wanted in one.was:
        return 0
    ranks = [
        0 if name == wanted else 1 if name.startswith(wanted) else 2 if f" {wanted}" in name else 3
        for name in names
        if wanted in name
    ]
    return min([*ranks, *([1] if len(wanted) > 1 and one.code.startswith(wanted) else [])], default=None)


def sounding(text: str, most: int = MOST) -> list[Place]:
    """Places that sound like a text, or nearly."""
    sound, known = heard(text), _by_sound()
    if len(sound) < 2:
        return []
    near = [sound] if sound in known else get_close_matches(sound, known, n=most, cutoff=0.75)
    return list({one.key: one for match in near for one in known[match]}.values())[:most]


def nearest(scheme: str, code: str, names: Iterable[str] = ()) -> list[Place]:
    """The places that a code which its list does not have may mean: what it was merged into, what has one of these
    names, what is written nearly so, its neighbours."""
    listed = _listed(scheme)
    merged = [one for one in listed.values() if code in one.was]
    named = [one for name in names if name for one in _by_sound().get(heard(name), []) if one.scheme == scheme]
    slips = [listed[one] for one in _slips(code) if one in listed]
    codes = list(listed)
    at = bisect_left(codes, code)
    beside = [listed[one] for one in codes[max(at - 1, 0) : at + 1]] if not (merged or named or slips) else []
    return list({one.code: one for one in [*merged, *named, *slips, *beside]}.values())[:_NEAR]


def _slips(code: str) -> list[str]:
    """A code with one sign other, missing, too many, or two changed about."""
    cut = code[:20]
    others = [cut[:k] + sign + cut[k + 1 :] for k in range(len(cut)) for sign in "0123456789."]
    fewer = [cut[:k] + cut[k + 1 :] for k in range(len(cut))]
    more = [cut[:k] + sign + cut[k:] for k in range(len(cut) + 1) for sign in "0123456789."]
    changed = [cut[:k] + cut[k + 1] + cut[k] + cut[k + 2 :] for k in range(len(cut) - 1)]
    return sorted({*others, *fewer, *more, *changed})


_SEPARATORS = re.compile(r"[\s.\-/]")


def tidy(scheme: str, ref: str) -> str:
    """A code as its list writes it: an enterprise number as 0123.456.789, whatever was typed."""
    if scheme != KBO:
        return ref.strip()
    digits = _SEPARATORS.sub("", ref.upper()).removeprefix("BE")
    digits = digits.zfill(10) if len(digits) == 9 else digits
    whole = len(digits) == 10 and digits.isascii() and digits.isdigit()
    return f"{digits[:4]}.{digits[4:7]}.{digits[7:]}" if whole else ref.strip()


def enterprise(ref: str) -> bool:
    """Is it the number of a Belgian enterprise: ten digits, the last two of which check the others (97 minus the rest
    of the division by 97)?"""
    digits = ref.replace(".", "")
    if not re.fullmatch(r"[01][0-9]{9}", digits):
        return False
    return 97 - int(digits[:8]) % 97 == int(digits[8:])

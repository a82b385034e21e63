"""The bodies of the large programme, how they cross, and who holds which role in them."""

import tomllib
from datetime import date, timedelta
from pathlib import Path
from random import Random

from django.conf import settings

from tiwizi.accounts.demo import PASSWORD
from tiwizi.accounts.models import User
from tiwizi.interop.large.size import Size
from tiwizi.network import rules
from tiwizi.network.models import Body, BodyKind, Organisation, OrganisationKind

PROGRAMME = "large-programme"
START, END = date(2022, 1, 1), date(2026, 12, 31)
MOVES = date(2024, 7, 1)  # some partnerships change their region
COUNTRIES = ["MA", "SN", "BJ", "BI"]
KINDS = Path(settings.ROOT) / "examples" / "maroc-2017" / "programme.toml"
NAMES = {
    "country": {"fr": "Pays", "nl": "Land", "en": "Country", "ar": "بلد"},
    "region": {"fr": "Région", "nl": "Regio", "en": "Region", "ar": "جهة"},
    "theme": {"fr": "Thème", "nl": "Thema", "en": "Theme", "ar": "موضوع"},
    "network": {"fr": "Réseau", "nl": "Netwerk", "en": "Network", "ar": "شبكة"},
    "partnership": {"fr": "Partenariat", "nl": "Partnerschap", "en": "Partnership", "ar": "شراكة"},
    "commune": {"fr": "Commune", "nl": "Gemeente", "en": "Municipality", "ar": "جماعة"},
}


def named(what: str, number: int | str) -> dict[str, str]:
    """A name in four languages: a word and a number."""
    return {language: f"{word} {number}" for language, word in NAMES[what].items()}


class Network:
    """Groups first, then the partnerships in them; `by_slug` holds all."""

    def __init__(self, size: Size, luck: Random) -> None:
        self.size, self.luck = size, luck
        self.by_slug: dict[str, Body] = {}
        self.partnerships: list[Body] = []
        self.regions: list[Body] = []
        self.home: dict[str, Body] = {}  # the region of each partnership at first, by slug
        self.communes: dict[str, Organisation] = {}
        self.people: dict[tuple[str, str], User] = {}  # by body and role

    def found(self) -> int:
        """Every body with its groupings and seats."""
        data = tomllib.loads(KINDS.read_text(encoding="utf-8"))
        for kind in data["body_kinds"]:
            rules.define_body_kind(**kind)
        for kind in data["organisation_kinds"]:
            rules.define_organisation_kind(**kind)
        self.kinds = BodyKind.objects.in_bulk()
        self.commune = OrganisationKind.objects.get(code="commune")
        self._groups()
        for number in range(1, self.size.plans + 1):
            self._partnership(number)
        return len(self.by_slug)

    def _body(self, slug: str, kind: str, name: dict[str, str], wholes: list[Body], **life: date | None) -> Body:
        body = rules.found_body(by=None, slug=slug, kind=self.kinds[kind], name=name, wholes=wholes, **life)  # type: ignore[arg-type]
        self.by_slug[slug] = body
        return body

    def _groups(self) -> None:
        title = {"fr": "Grand programme", "nl": "Groot programma", "en": "Large programme", "ar": "برنامج كبير"}
        self.programme = self._body(PROGRAMME, "programme", title, [], start=START, end=END)
        countries = [
            self._body(f"large-country-{k}", "country", named("country", k), [self.programme])
            for k in range(1, self.size.countries + 1)
        ]
        self.regions = [
            self._body(
                f"large-region-{k:02}", "regional-group", named("region", k), [countries[k % self.size.countries]]
            )
            for k in range(1, self.size.regions + 1)
        ]
        networks = [
            self._body(f"large-network-{k}", "thematic-group", named("network", k), [self.programme])
            for k in range(1, self.size.networks + 1)
        ]
        self.themes = [
            self._body(f"large-theme-{k}", "thematic-group", named("theme", k), [networks[k % self.size.networks]])
            for k in range(1, self.size.themes + 1)
        ]

    def _partnership(self, number: int) -> None:
        """In a region (some move to another), in one or two themes; a few begin late or end early."""
        luck, slug = self.luck, f"large-partnership-{number:03}"
        region, other = luck.sample(self.regions, 2)
        life: dict[str, date | None] = {"start": None, "end": None}
        if number % 40 == 7:
            life["start"] = date(2023, 1, 1)
        if number % 40 == 19:
            life["end"] = date(2025, 6, 30)
        themes = luck.sample(self.themes, luck.choice([1, 1, 2]))
        body = self._body(slug, "partnership", named("partnership", number), themes, **life)
        moves = number % 20 == 5
        rules.group_body(by=None, body=body, whole=region, end=MOVES - timedelta(days=1) if moves else None)
        if moves:
            rules.group_body(by=None, body=body, whole=other, start=MOVES)
        self.home[slug] = region
        for side, country in (("north", "BE"), ("south", COUNTRIES[self.regions.index(region) % len(COUNTRIES)])):
            self.communes[slug] = self._commune(number, side, country)  # in the end the one in the South
            rules.seat_organisation(by=None, body=body, organisation=self.communes[slug], side=side)
        self.partnerships.append(body)

    def _commune(self, number: int, side: str, country: str) -> Organisation:
        slug = f"large-commune-{number:03}-{side}"
        name = named("commune", f"{number}{side[0].upper()}")
        return rules.add_organisation(slug=slug, kind=self.commune, name=name, country=country)

    def staff(self) -> int:
        """People of every role. Where the demo runs, one of each role signs in with its password; others cannot."""
        with_password: set[str] = set()
        for slug, role in self._roles():
            email = f"{role.replace('_', '-')}.{slug.removeprefix('large-')}@large.tiwizi.example"
            password = PASSWORD if settings.DEMO and role not in with_password else None
            with_password.add(role)
            user = User.objects.create_user(email, password, name=f"{role.replace('_', ' ')}, {slug}")
            rules.grant_mandate(by=None, user=user, body=self.by_slug[slug], role=role)
            self.people[slug, role] = user
        return len(self.people)

    def _roles(self) -> list[tuple[str, str]]:
        roles = [(PROGRAMME, role) for role in ("programme_coordinator", "donor", "auditor")]
        roles += [(slug, "animator") for slug, body in self.by_slug.items() if body.kind_id not in _NO_ANIMATOR]
        for k, body in enumerate(self.partnerships):
            roles += [(body.slug, "coordinator_north"), (body.slug, "coordinator_south")]
            roles += [(body.slug, role) for role in ("elected", "association") if k % 10 == 0]
        return roles


_NO_ANIMATOR = {"programme", "partnership"}

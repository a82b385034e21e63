"""The cast of every test: two neighbouring partnerships of one regional group, a third elsewhere, and the people.

Souss-Massa holds Jette-Belfaa and Etterbeek-Aït Baha (and, in the far north, Schaerbeek-Al Hoceïma sits in
another group). The thematic group crosses both. Names of people are functions, never persons.
"""

from dataclasses import dataclass
from datetime import date

from tiwizi.accounts.models import User
from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.network.models import Body, BodyKind, Grouping, Mandate, Membership, Organisation, OrganisationKind
from tiwizi.plans.models import Activity, ActivityKind, Plan

START, END = date(2017, 7, 3), date(2018, 12, 30)  # 78 weeks
PASSWORD = "tiwizi-demo-2017"


@dataclass
class Cast:
    """Who and what every test may count on."""

    programme: Body
    country: Body
    souss: Body
    north: Body
    theme: Body
    jette: Body
    etterbeek: Body
    schaerbeek: Body
    belfaa: Organisation
    ait_baha: Organisation
    al_hoceima: Organisation
    framework: Framework
    result: Result
    officials: TargetGroup
    youth: TargetGroup
    training: ActivityKind
    diagnosis: ActivityKind
    plan_jette: Plan
    plan_etterbeek: Plan
    plan_schaerbeek: Plan
    programme_coordinator: User
    animator: User
    jette_coordinator: User
    etterbeek_coordinator: User
    neighbour: User  # coordinates Schaerbeek-Al Hoceïma: same programme, another group
    elected: User
    association: User
    donor: User
    stranger: User  # an account without any mandate

    def activity(self, plan: Plan, reference: str = "A1", **fields: object) -> Activity:
        """An activity of a plan, poolable with its neighbours' unless told otherwise."""
        values: dict[str, object] = {
            "title": "Formation des éducatrices du préscolaire",
            "kind": self.training,
            "result": self.result,
            "main_target": self.officials,
            "commune": plan.body.organisations.filter(memberships__side="south").first(),
            "window_start": date(2017, 9, 4),
            "window_end": date(2017, 12, 31),
            "participants": 12,
            "languages": ["fr", "ar"],
            "cost_cents": 420_000,
            "cost_basis": "Devis 2016, illustratif",
        }
        return Activity.objects.create(plan=plan, reference=reference, **(values | fields))


def _names(text: str) -> dict[str, str]:
    return {"fr": text, "nl": text, "en": text, "ar": text}


def _body(slug: str, kind: BodyKind, name: str, *wholes: Body) -> Body:
    body = Body.objects.create(slug=slug, kind=kind, name=_names(name))
    for whole in wholes:
        Grouping.objects.create(body=body, whole=whole)
    return body


def _partnership(slug: str, kind: BodyKind, name: str, seats: list[Organisation], *wholes: Body) -> Body:
    body = _body(slug, kind, name, *wholes)
    for organisation, side in zip(seats, ["north", "south"], strict=True):
        Membership.objects.create(body=body, organisation=organisation, side=side)
    return body


def person(email: str, name: str, role: str | None = None, body: Body | None = None) -> User:
    """A user with one open mandate, or none."""
    user = User.objects.create_user(f"{email}@test.example", PASSWORD, name=name)
    if role and body:
        Mandate.objects.create(user=user, body=body, role=role)
    return user


def make_cast() -> Cast:
    """Write the whole cast to the database."""
    commune = OrganisationKind.objects.create(code="commune", name=_names("Commune"))
    kinds = {
        code: BodyKind.objects.create(code=code, rank=rank, name=_names(code))
        for code, rank in [
            ("programme", 0),
            ("country", 1),
            ("regional-group", 2),
            ("thematic-group", 2),
            ("partnership", 3),
        ]
    }

    def town(slug: str, name: str, country: str, lat: float, lon: float) -> Organisation:
        return Organisation.objects.create(
            slug=slug, kind=commune, name=_names(name), country=country, lat=lat, lon=lon
        )

    programme = _body("programme", kinds["programme"], "Programme")
    country = _body("maroc", kinds["country"], "Maroc", programme)
    souss = _body("souss-massa", kinds["regional-group"], "Souss-Massa", country)
    north = _body("nord", kinds["regional-group"], "Nord", country)
    theme = _body("petite-enfance", kinds["thematic-group"], "Petite enfance", country)
    belfaa, ait_baha = town("belfaa", "Belfaa", "MA", 30.04, -9.56), town("ait-baha", "Aït Baha", "MA", 30.07, -9.15)
    al_hoceima = town("al-hoceima", "Al Hoceïma", "MA", 35.25, -3.94)
    level = kinds["partnership"]
    jette = _partnership(
        "jette-belfaa", level, "Jette–Belfaa", [town("jette", "Jette", "BE", 50.88, 4.33), belfaa], souss, theme
    )
    etterbeek = _partnership(
        "etterbeek-ait-baha",
        level,
        "Etterbeek–Aït Baha",
        [town("etterbeek", "Etterbeek", "BE", 50.84, 4.39), ait_baha],
        souss,
    )
    schaerbeek = _partnership(
        "schaerbeek-al-hoceima", level, "Schaerbeek–Al Hoceïma",
        [town("schaerbeek", "Schaerbeek", "BE", 50.87, 4.38), al_hoceima], north, theme,
    )  # fmt: skip
    framework = Framework.objects.create(
        body=programme,
        name=_names("Plan stratégique"),
        objective=_names("Objectif"),
        start=date(2017, 1, 1),
        end=date(2021, 12, 31),
    )
    result = Result.objects.create(framework=framework, number="RI 1", name=_names("Résultat"), position=1)
    officials, youth = (
        TargetGroup.objects.create(framework=framework, code=code, name=_names(code), position=position)
        for position, code in enumerate(["officials", "youth"])
    )
    training, diagnosis = (
        ActivityKind.objects.create(
            framework=framework, code=code, name=_names(code), fixed_cents=250_000, per_head_cents=5_000,
            travel_rate_cents=1_000, pool_min=10, pool_max=60,
        )
        for code in ["preschool-training", "social-diagnosis"]
    )  # fmt: skip
    plans = [
        Plan.objects.create(body=body, framework=framework, title="Plan 18 mois", start=START, end=END)
        for body in (jette, etterbeek, schaerbeek)
    ]
    return Cast(
        programme, country, souss, north, theme, jette, etterbeek, schaerbeek, belfaa, ait_baha, al_hoceima,
        framework, result, officials, youth, training, diagnosis, *plans,
        programme_coordinator=person("programme", "Coordination du programme", "programme_coordinator", programme),
        animator=person("animation", "Animation Souss-Massa", "animator", souss),
        jette_coordinator=person("jette", "Coordination Jette", "coordinator_north", jette),
        etterbeek_coordinator=person("aitbaha", "Coordination Aït Baha", "coordinator_south", etterbeek),
        neighbour=person("schaerbeek", "Coordination Schaerbeek", "coordinator_north", schaerbeek),
        elected=person("elue", "Élue de Belfaa", "elected", jette),
        association=person("association", "Association", "association", jette),
        donor=person("bailleur", "Bailleur", "donor", programme),
        stranger=person("inconnu", "Sans mandat"),
    )  # fmt: skip

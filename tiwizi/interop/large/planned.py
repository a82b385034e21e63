"""The strategic plan and the operational plans of the large programme, and what some of them do together."""

from datetime import date, timedelta

from tiwizi.framework import rules as framework_rules
from tiwizi.framework.models import Framework, Result, TargetGroup
from tiwizi.interop.large.network import END, START, Network
from tiwizi.network.models import Organisation
from tiwizi.plans import rules
from tiwizi.plans.models import Activity, Plan

PLAN = date(2022, 1, 3), date(2026, 12, 27)  # whole weeks
ACTIVITIES = 3  # of each plan; the first of some is done together
TOGETHER = 3  # partners of a collective activity
GROUPS = [
    ("youth", "Jeunes", "Jongeren", "Young people", "الشباب"),
    ("women", "Femmes", "Vrouwen", "Women", "النساء"),
    ("specific-needs", "Besoins spécifiques", "Specifieke noden", "Specific needs", "ذوو الاحتياجات الخاصة"),
    ("officials", "Fonctionnaires", "Ambtenaren", "Officials", "الموظفون"),
]
TRAINING = {"fr": "Formation", "nl": "Opleiding", "en": "Training", "ar": "تكوين"}
RESULT = {"fr": "Résultat", "nl": "Resultaat", "en": "Result", "ar": "نتيجة"}


class Planned:
    """`own`: each partnership's activities that it does alone; `together`: each region's collective ones."""

    def __init__(self, network: Network) -> None:
        self.network = network
        self.own: dict[str, list[Activity]] = {}
        self.together: dict[str, list[Activity]] = {}
        self.results: list[Result] = []

    def adopt(self) -> int:
        """The framework with its results, target groups and one kind of activity."""
        name = {"fr": "Plan stratégique", "nl": "Strategisch plan", "en": "Strategic plan", "ar": "مخطط استراتيجي"}
        self.framework: Framework = framework_rules.adopt_framework(
            by=None, body=self.network.programme, name=name, objective=name, start=START, end=END
        )
        for number in range(1, self.network.size.results + 1):
            told = {language: f"{word} {number}" for language, word in RESULT.items()}
            self.results.append(
                framework_rules.add_result(
                    by=None, framework=self.framework, number=f"RI {number}", name=told, illustrative=True
                )
            )
        for code, *names in GROUPS:
            told = dict(zip(("fr", "nl", "en", "ar"), names, strict=True))
            framework_rules.add_target_group(by=None, framework=self.framework, code=code, name=told)
        self.kind = rules.define_kind(
            by=None, framework=self.framework, code="training", name=TRAINING, fixed_cents=200_000,
            per_head_cents=8_000, travel_rate_cents=1_500, pool_min=5, pool_max=200, radius_km=None,
        )  # fmt: skip
        return len(self.results)

    def plan(self) -> int:
        """A plan of each partnership, with a few activities."""
        self.targets = list(TargetGroup.objects.filter(framework=self.framework))
        for body in self.network.partnerships:
            plan = rules.open_plan(
                by=None, body=body, framework=self.framework, title=f"Plan {body.slug}", start=PLAN[0], end=PLAN[1],
                illustrative=True,
            )  # fmt: skip
            south = self.network.communes[body.slug]
            made = [self._activity(plan, south, k) for k in range(ACTIVITIES)]
            self.own[body.slug] = rules.plant_activities(plan=plan, activities=made)
        return sum(map(len, self.own.values()))

    def _activity(self, plan: Plan, south: Organisation, k: int) -> Activity:
        luck = self.network.luck
        return Activity(
            plan=plan, reference=f"A{k + 1}", title=f"{TRAINING['fr']} {k + 1}", kind=self.kind,
            result=luck.choice(self.results), main_target=luck.choice(self.targets), commune=south,
            window_start=PLAN[0] + timedelta(weeks=52 * k),
            window_end=PLAN[0] + timedelta(weeks=52 * k + 40, days=6),
            participants=luck.randint(8, 40), languages=["fr"], cost_cents=100 * luck.randint(2000, 6000),
        )  # fmt: skip

    def pool(self) -> int:
        """In each region, some partnerships do their first activity together: one collective activity each."""
        by_region: dict[str, list[str]] = {}
        for slug, region in self.network.home.items():
            by_region.setdefault(region.slug, []).append(slug)
        for group, slugs in sorted(by_region.items()):
            most = max(len(slugs) // 2, TOGETHER)
            for at in range(0, most - TOGETHER + 1, TOGETHER):
                if at + TOGETHER <= len(slugs):
                    self._together(group, slugs[at : at + TOGETHER])
        return sum(map(len, self.together.values()))

    def _together(self, region: str, slugs: list[str]) -> None:
        firsts = [self.own[slug].pop(0) for slug in slugs]
        alone = [activity.cost_cents or 0 for activity in firsts]
        shares = [cost * 3 // 4 for cost in alone]
        host = firsts[0].commune
        assert host is not None  # noqa: S101 (each activity has its commune)
        made = rules.create_collective_activity(
            by=self.network.people[region, "animator"], body=self.network.by_slug[region], kind=self.kind,
            title=f"{TRAINING['fr']} {slugs[0]}", host=host, week=PLAN[0] + timedelta(weeks=20), language="fr",
            parts=list(zip(firsts, alone, shares, strict=True)), cost_cents=sum(shares),
        )  # fmt: skip
        self.together.setdefault(region, []).append(made)

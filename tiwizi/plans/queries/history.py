"""The words for what happens to plans and activities, and their values in the reader's words."""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from tiwizi.base import wording
from tiwizi.plans.models import Plan
from tiwizi.plans.queries.vocabulary import LANGUAGES, Vocabulary

ACTIVITY_ACTS: dict[str, str | Promise] = {
    "add-activity": gettext_lazy("added the activity"),
    "import-activity": gettext_lazy("imported the activity"),
    "change-activity": gettext_lazy("changed the activity"),
    "archive-activity": gettext_lazy("archived the activity"),
    "restore-activity": gettext_lazy("restored the activity"),
    "create-collective": gettext_lazy("wrote the collective activity that the partners agreed on"),
    "dissolve-collective": gettext_lazy("dissolved the collective activity"),
    "join-collective": gettext_lazy("made this activity part of a collective one"),
    "opt-out": gettext_lazy("kept this activity out of a pooling round"),
    "opt-in": gettext_lazy("let this activity take part in a pooling round again"),
    "leave-collective": gettext_lazy("gave this activity back to its own plan"),
    "put-back-activity": gettext_lazy("put an earlier state of the activity back"),
    "undo-import": gettext_lazy("undid an import"),
}
PLAN_ACTS: dict[str, str | Promise] = {
    "open-plan": gettext_lazy("opened the plan"),
    "set-budget": gettext_lazy("changed the money for pooling"),
    "submit-plan": gettext_lazy("handed the plan in"),
    "return-plan": gettext_lazy("returned the plan"),
    "validate-plan": gettext_lazy("validated the plan"),
    "amend-plan": gettext_lazy("amended the validated plan"),
    "check-import": gettext_lazy("read a workbook"),
    "apply-import": gettext_lazy("imported a workbook"),
    "undo-import": gettext_lazy("undid an import"),
    "discard-import": gettext_lazy("put an import aside"),
    "recover-import": gettext_lazy("took an import up again"),
    "sign-plan": gettext_lazy("signed the plan"),
    "take-signature-back": gettext_lazy("took the signature back"),
    "rename-plan": gettext_lazy("gave the plan another title"),
    "put-back-plan": gettext_lazy("put an earlier state of the plan back"),
}
ACTS = ACTIVITY_ACTS | PLAN_ACTS
LABELS: dict[str, Any] = {
    "reference": gettext_lazy("Reference"),
    "title": gettext_lazy("Title"),
    "kind": gettext_lazy("Kind"),
    "result": gettext_lazy("Intermediate result"),
    "main_target": gettext_lazy("Main target group"),
    "other_targets": gettext_lazy("Also for"),
    "commune": gettext_lazy("Commune"),
    "window_start": gettext_lazy("From"),
    "window_end": gettext_lazy("Until"),
    "participants": gettext_lazy("Participants"),
    "languages": gettext_lazy("Languages"),
    "cost_cents": gettext_lazy("Cost if done alone"),
    "cost_basis": gettext_lazy("How the cost was estimated"),
    "priority": gettext_lazy("Priority"),
    "mandatory": gettext_lazy("Must be done"),
    "poolable": gettext_lazy("May be done together"),
    "hosts": gettext_lazy("Places accepted"),
    "avoid": gettext_lazy("Not together with"),
    "note": gettext_lazy("Note"),
    "pooling_budget_cents": gettext_lazy("Money for pooling"),
    "state": gettext_lazy("State"),
    "share_cents": gettext_lazy("Agreed share"),
    "alone_cents": gettext_lazy("Cost if done alone"),
    "collective": gettext_lazy("Collective activity"),
    "start": gettext_lazy("First day"),
    "end": gettext_lazy("Last day"),
    "host": gettext_lazy("Place"),
    "week": gettext_lazy("Week of"),
    "round": gettext_lazy("Pooling round"),
    "file": gettext_lazy("Workbook"),
    "new": gettext_lazy("New activities"),
    "changed": gettext_lazy("Changed activities"),
    "faults": gettext_lazy("Faults"),
}
STATES: dict[str, str | Promise] = {
    Plan.State.DRAFT: gettext_lazy("Draft"),
    Plan.State.SUBMITTED: gettext_lazy("Handed in"),
    Plan.State.RETURNED: gettext_lazy("Returned"),
    Plan.State.VALIDATED: gettext_lazy("Validated"),
    Plan.State.AMENDED: gettext_lazy("Amended"),
}


class Teller:
    """Says an activity's values in the reader's words; takes natural codes, or what the trail kept of them."""

    def __init__(self, words: Vocabulary) -> None:
        self.words = words
        self._ways: dict[str, Callable[[Any], str]] = {
            "window_start": _day, "window_end": _day, "start": _day, "end": _day, "week": _day,
            "fixed_cents": _money, "per_head_cents": _money, "travel_rate_cents": _money, "cost_cents": _money,
            "pooling_budget_cents": _money, "share_cents": _money, "alone_cents": _money,
            "mandatory": _yes_or_no, "poolable": _yes_or_no,
            "state": lambda code: str(STATES.get(code, code)),
            "kind": lambda code: str(words.kinds.get(code, code)),
            "result": lambda number: str(words.results.get(number, number)),
            "main_target": lambda code: str(words.targets.get(code, code)),
            "other_targets": lambda codes: _list(words.targets.get(code, code) for code in codes),
            "host": lambda slug: str(words.hosts.get(slug, slug)),
            "commune": lambda slug: str(words.hosts.get(slug, slug)),
            "hosts": lambda slugs: _list(words.hosts.get(slug, slug) for slug in slugs),
            "avoid": lambda slugs: _list(words.bodies.get(slug, slug) for slug in slugs),
            "languages": lambda codes: _list(LANGUAGES.get(code, code) for code in codes),
        }  # fmt: skip

    def tell(self, name: str, value: Any) -> str:
        """One value in words; what is not known or empty is empty text."""
        if value is None or value in ("", []):
            return ""
        return self._ways.get(name, str)(value)


def _day(value: Any) -> str:
    day = parse_date(value) if isinstance(value, str) else value
    return wording.day(day) if isinstance(day, date) else str(value)


def _money(cents: int) -> str:
    return wording.amount(cents, whole=True)


def _yes_or_no(value: Any) -> str:
    return gettext("yes") if value else gettext("no")


def _list(names: Any) -> str:
    return ", ".join(str(name) for name in names)
